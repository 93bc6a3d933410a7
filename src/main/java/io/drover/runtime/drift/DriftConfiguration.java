package io.drover.runtime.drift;

import io.drover.execution.Artifacts;
import io.drover.execution.LedgerClock;
import io.drover.runtime.chargeback.InventoryProperties;
import io.drover.runtime.servicenow.ServiceNowSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The blocks by the names that the route uses. */
@Configuration(proxyBeanMethods = false)
class DriftConfiguration {

  @Bean
  DriftFiles driftFiles(Artifacts artifacts) {
    return new DriftFiles(artifacts);
  }

  @Bean
  DriftBlocks drift(
      InventoryProperties inventory,
      ServiceNowSettings settings,
      LedgerClock clock,
      DriftFiles files) {
    return new DriftBlocks(inventory, settings.cmdb(), clock, files);
  }

  @Bean
  DriftReports driftReports(DriftFiles files) {
    return new DriftReports(files);
  }
}
