package io.drover.runtime.chargeback;

import io.drover.execution.Artifacts;
import io.drover.execution.Executions;
import io.drover.execution.LedgerClock;
import io.drover.runtime.inventory.InventoryProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The blocks by the names that the route uses. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ChargebackProperties.class)
class ChargebackConfiguration {

  @Bean
  ChargebackBlocks chargeback(
      ChargebackProperties settings,
      InventoryProperties inventory,
      LedgerClock clock,
      Artifacts artifacts) {
    return new ChargebackBlocks(settings, inventory, clock, artifacts);
  }

  @Bean
  ChargebackReports chargebackReports(Artifacts artifacts, Executions executions) {
    return new ChargebackReports(artifacts, executions);
  }
}
