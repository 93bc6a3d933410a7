package io.drover.runtime.servicenow;

import io.drover.execution.Journal;
import io.drover.runtime.BlockInput;
import io.drover.runtime.OutboxBlock;
import io.drover.runtime.StepContext;
import io.drover.runtime.Workers;
import io.drover.runtime.doctor.HttpCheck;
import io.drover.runtime.doctor.Named;
import io.drover.runtime.doctor.SystemChecks;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the door to ServiceNow together; the names of its parts are those in the route file. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ServiceNowProperties.class)
class ServiceNowConfiguration {
  private static final int MOST = 32 * 1024 * 1024;

  @Bean
  ServiceNowCalls serviceNowCalls(
      CamelContext context, ServiceNowProperties settings, Workers workers) {
    return new ServiceNowCalls(context, settings, workers);
  }

  @Bean
  SystemChecks serviceNowCheck(ServiceNowCalls calls, ServiceNowProperties settings) {
    URI url = settings.url();
    return new SystemChecks(
        url == null
            ? List.of()
            : List.of(
                new Named(
                    "servicenow",
                    report -> {
                      if (HttpCheck.answers(report, url)) {
                        calls.probe(settings.cmdb().table());
                        report.ok("credentials", "accepted");
                        calls.probe(IncidentDoor.TABLE);
                        report.ok(
                            "rights",
                            "may read " + settings.cmdb().table() + " and " + IncidentDoor.TABLE);
                      }
                    })));
  }

  @Bean
  Cmdb cmdb(ServiceNowCalls calls, ServiceNowProperties settings) {
    return new Cmdb(calls, settings);
  }

  @Bean
  Processor serviceNowIncident(ServiceNowCalls calls, ServiceNowProperties settings) {
    return new IncidentDoor(calls, settings)::deliver;
  }

  /** Takes the body in while the connection is there; one without end is refused. */
  @Bean
  Processor serviceNowBody() {
    return exchange -> {
      try (InputStream in = exchange.getMessage().getBody(InputStream.class)) {
        exchange.getMessage().setBody(in == null ? null : bounded(in));
      }
    };
  }

  private static byte[] bounded(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST + 1);
    if (bytes.length > MOST) {
      throw new IOException("The answer is larger than " + MOST + " bytes");
    }
    return bytes;
  }

  /** Puts what is to be told into the outbox; the body is the incident's. */
  @Bean
  Processor reportIncident(Journal journal) {
    return new OutboxBlock(journal, "servicenow");
  }

  @Bean
  Processor cmdbRead(Cmdb cmdb) {
    return (Exchange exchange) -> {
      StepContext step = StepContext.find(exchange);
      exchange
          .getMessage()
          .setBody(
              cmdb.read(
                  new BlockInput(exchange).text("system"),
                  step == null ? () -> {} : step::ensureLive));
    };
  }
}
