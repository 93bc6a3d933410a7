package io.drover.runtime.inventory;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The blocks by the names that the routes use. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(InventoryProperties.class)
class InventoryConfiguration {

  @Bean
  InventoryBlocks inventory(InventoryProperties settings) {
    return new InventoryBlocks(settings.keys());
  }

  @Bean
  LatestPass latestPass() {
    return new LatestPass();
  }
}
