package io.drover.runtime.drift;

import io.drover.execution.Artifacts;
import io.drover.runtime.inventory.InventoryProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The blocks by the names that the route uses. */
@Configuration(proxyBeanMethods = false)
class DriftConfiguration {

  @Bean
  DriftBlocks drift(InventoryProperties inventory, Artifacts artifacts) {
    return new DriftBlocks(inventory.keys(), artifacts);
  }
}
