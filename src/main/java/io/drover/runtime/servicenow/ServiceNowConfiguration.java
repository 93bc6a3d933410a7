package io.drover.runtime.servicenow;

import io.drover.execution.Journal;
import io.drover.prism.Timeline;
import io.drover.runtime.OutboxBlock;
import io.drover.runtime.Workers;
import io.drover.runtime.prism.BoundedAnswer;
import java.io.IOException;
import java.time.Clock;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the door to ServiceNow together; the names of its parts are those in the route file. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ServiceNowSettings.class)
class ServiceNowConfiguration {

  @Bean
  ServiceNowBlocks servicenowBlocks() {
    return new ServiceNowBlocks();
  }

  @Bean
  ServiceNowCalls servicenowCalls(
      ServiceNowSettings settings, CamelContext context, Timeline timeline, Workers workers) {
    Clock clock = Clock.systemUTC();
    return new ServiceNowCalls(
        settings,
        new ServiceNowWire(context),
        new ServiceNowLogin(settings, clock),
        timeline,
        workers,
        clock);
  }

  @Bean
  ServiceNowLists servicenowLists(ServiceNowCalls calls, ServiceNowSettings settings) {
    return new ServiceNowLists(calls, settings.pageSize());
  }

  @Bean
  ServiceNowIncidents servicenowIncidents(
      ServiceNowSettings settings, ServiceNowLists lists, ServiceNowCalls calls) {
    return new ServiceNowIncidents(settings, lists, calls);
  }

  @Bean
  Processor servicenowListAll(ServiceNowLists lists) {
    return lists::all;
  }

  @Bean
  Processor servicenowListOneByOne(ServiceNowLists lists) {
    return lists::oneByOne;
  }

  @Bean
  Processor servicenowFindIncident(ServiceNowIncidents incidents) {
    return incidents::find;
  }

  @Bean
  Processor servicenowOpenIncident(ServiceNowIncidents incidents) {
    return incidents::open;
  }

  @Bean
  Processor servicenowUpdateIncident(ServiceNowIncidents incidents) {
    return incidents::update;
  }

  @Bean
  OutboxBlock queueIncident(Journal journal) {
    return new OutboxBlock(journal, "servicenow");
  }

  @Bean
  HeaderFilterStrategy servicenowHeaders() {
    return new ServiceNowHeaders();
  }

  @Bean
  Client servicenowClient(ServiceNowSettings settings) {
    return new Client(settings);
  }

  /** Camel finds clients in its registry, so it is put there before the routes load. */
  static final class Client implements CamelContextConfiguration, DisposableBean {
    private final CloseableHttpClient http;

    Client(ServiceNowSettings settings) {
      http = http(settings);
    }

    @Override
    public void beforeApplicationStart(CamelContext context) {
      context.getRegistry().bind("servicenow-client", http);
    }

    @Override
    public void afterApplicationStart(CamelContext context) {
      // Nothing: it connects when it is used.
    }

    @Override
    public void destroy() throws IOException {
      http.close();
    }

    /** It does exactly what it is told, by the JVM's proxy and trust settings. */
    private static CloseableHttpClient http(ServiceNowSettings settings) {
      return HttpClients.custom()
          .useSystemProperties()
          .setConnectionManager(
              PoolingHttpClientConnectionManagerBuilder.create()
                  .useSystemProperties()
                  .setDefaultConnectionConfig(
                      ConnectionConfig.custom()
                          .setConnectTimeout(Timeout.of(settings.connect()))
                          .setSocketTimeout(Timeout.of(settings.answer()))
                          // A connection closed meanwhile would lose an answer.
                          .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                          .setTimeToLive(TimeValue.ofMinutes(5))
                          .build())
                  .build())
          .setDefaultRequestConfig(
              RequestConfig.custom()
                  .setResponseTimeout(Timeout.of(settings.answer()))
                  .setConnectionRequestTimeout(Timeout.of(settings.answer()))
                  .build())
          .addExecInterceptorLast("bounded", BoundedAnswer::bounded)
          .disableAutomaticRetries()
          .disableRedirectHandling()
          .disableCookieManagement()
          .disableAuthCaching()
          .disableContentCompression()
          .build();
    }
  }
}
