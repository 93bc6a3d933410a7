package io.drover.runtime.dr;

import io.drover.approval.Approvals;
import io.drover.dr.Protections;
import io.drover.execution.Artifacts;
import io.drover.execution.Executions;
import io.drover.execution.LedgerClock;
import io.drover.prism.PrismSettings;
import io.drover.runtime.CallFailure;
import io.drover.runtime.MutatingCalls;
import io.drover.runtime.StartCheck;
import io.drover.runtime.Waits;
import io.drover.runtime.Workers;
import io.drover.runtime.prism.ConfiguredPrisms;
import io.drover.runtime.prism.OwnPoints;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
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
      Drills plans,
      LedgerClock clock) {
    return new ReplicationBlocks(settings, protections, executions, artifacts, plans, clock);
  }

  @Bean
  ProtectGroupBlocks protectGroup(Protections protections, LedgerClock clock) {
    return new ProtectGroupBlocks(protections, clock);
  }

  @Bean
  RoutingBlocks routing(DrProperties settings, MutatingCalls calls) {
    return new RoutingBlocks(settings, calls);
  }

  @Bean
  Drills drills(Executions executions, Artifacts artifacts) {
    return new Drills(executions, artifacts);
  }

  @Bean
  DrillBlocks drill(
      Protections protections,
      Executions executions,
      Drills plans,
      RoutingBlocks routing,
      LedgerClock clock) {
    return new DrillBlocks(protections, executions, plans, routing, clock);
  }

  @Bean
  DrillCleanup drillCleanup(Drills plans, Executions executions) {
    return new DrillCleanup(plans, executions);
  }

  @Bean
  FailBackBlocks failBack(
      Drills plans, Executions executions, RoutingBlocks routing, LedgerClock clock) {
    return new FailBackBlocks(plans, executions, routing, clock);
  }

  @Bean
  VerifyBlocks drVerify(LedgerClock clock) {
    return new VerifyBlocks(clock);
  }

  @Bean
  HousekeepingBlocks housekeeping(
      OwnPoints points,
      Executions executions,
      Protections protections,
      Approvals approvals,
      Artifacts artifacts,
      LedgerClock clock) {
    return new HousekeepingBlocks(points, executions, protections, approvals, artifacts, clock);
  }

  @Bean
  DrillReports drillReports(Drills plans, Executions executions, Artifacts artifacts) {
    return new DrillReports(plans, executions, artifacts);
  }

  @Bean
  Processor routingOpen(RoutingBlocks routing) {
    return new Waits(
        exchange ->
            routing.open(
                exchange,
                exchange.getProperty("routingHook", String.class),
                exchange.getProperty("routingUndo", false, Boolean.class)),
        error -> error);
  }

  @Bean
  Processor routingJudge(RoutingBlocks routing) {
    return new Waits(routing::judge, error -> error);
  }

  @Bean
  Processor routingLost() {
    return exchange -> {
      Throwable error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
      throw new CallFailure(
          CallFailure.Verdict.UNKNOWN,
          "connection",
          "The routing call was not answered: "
              + (error == null ? "" : error.getClass().getSimpleName()));
    };
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
  StartCheck drillCheck(DrStartChecks checks) {
    return checks.drill();
  }

  @Bean
  ProtectionMetrics protectionMetrics(
      MeterRegistry registry, Protections protections, LedgerClock clock, Workers workers) {
    return new ProtectionMetrics(registry, protections, clock, workers);
  }
}
