package io.drover.runtime.dr;

import io.drover.dr.Protections;
import io.drover.execution.Artifacts;
import io.drover.execution.Executions;
import io.drover.execution.LedgerClock;
import io.drover.prism.PrismSettings;
import io.drover.runtime.StartCheck;
import io.drover.runtime.Workers;
import io.drover.runtime.prism.ConfiguredPrisms;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The blocks of disaster recovery by the names that the routes use. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DrProperties.class)
class DrConfiguration {

  @Bean
  ReplicationBlocks replication(
      DrProperties settings,
      Protections protections,
      Executions executions,
      Artifacts artifacts,
      LedgerClock clock) {
    return new ReplicationBlocks(settings, protections, executions, artifacts, clock);
  }

  @Bean
  DrStartChecks drStartChecks(ConfiguredPrisms systems, DrProperties settings) {
    Map<String, PrismSettings> byName = systems.settings();
    return new DrStartChecks(byName, settings);
  }

  @Bean
  StartCheck replicationCheck(DrStartChecks checks) {
    return checks.replication();
  }

  @Bean
  ProtectionMetrics protectionMetrics(
      MeterRegistry registry, Protections protections, LedgerClock clock, Workers workers) {
    return new ProtectionMetrics(registry, protections, clock, workers);
  }
}
