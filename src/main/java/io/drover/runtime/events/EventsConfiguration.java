package io.drover.runtime.events;

import io.drover.execution.LedgerClock;
import org.apache.camel.Processor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the door to Kafka together; the names of its parts are those in the route file. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EventsProperties.class)
class EventsConfiguration {

  @Bean
  ExecutionEvents executionEvents(EventsProperties settings, LedgerClock clock) {
    return new ExecutionEvents(settings, clock);
  }

  @Bean
  EventsDoor eventsDoor(EventsProperties settings) {
    return new EventsDoor(settings);
  }

  @Bean
  Processor eventsAddress(EventsDoor door) {
    return door::address;
  }

  @Bean
  Processor eventsFailed(EventsDoor door) {
    return door::failed;
  }
}
