package io.drover.access;

import io.drover.execution.ApiTokens;
import io.drover.execution.LedgerClock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who there is: known also where Drover serves no HTTP. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccessProperties.class)
class PeopleConfiguration {

  @Bean
  Users users(AccessProperties properties) {
    return new Users(properties);
  }

  @Bean
  People people(Users users) {
    return new People(users);
  }

  @Bean
  Tokens tokens(ApiTokens store, Users users, LedgerClock clock) {
    return new Tokens(store, users, clock);
  }
}
