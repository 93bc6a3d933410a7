package io.drover.runtime.guest;

import io.drover.execution.HostKeys;
import io.drover.execution.LedgerClock;
import io.drover.runtime.CallFailure;
import io.drover.runtime.Milestones;
import io.drover.runtime.MutatingCalls;
import io.drover.runtime.Waits;
import io.drover.runtime.Workers;
import io.drover.runtime.doctor.SystemCheck;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the door to guests together; the names of its parts are those in the route file. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({GuestProperties.class, CommandProperties.class})
class GuestConfiguration {
  /** Whether the guest is still to be looked at. */
  static final String OPEN = "guestOpen";

  private static final String WORK = "guestWork";

  @Bean(destroyMethod = "close")
  GuestSsh guestSsh(GuestProperties settings, HostKeys accepted, Workers workers) {
    String file = settings.knownHosts();
    HostKeyRules rules =
        new HostKeyRules(accepted, file == null ? null : Path.of(file), settings.port());
    return new GuestSsh(settings, rules, workers);
  }

  @Bean
  SystemCheck guestCheck(GuestProperties settings, HostKeys accepted) {
    return new GuestCheck(settings, accepted);
  }

  @Bean
  GuestBlocks guestBlocks(
      GuestSsh ssh,
      GuestProperties settings,
      CommandProperties commands,
      MutatingCalls calls,
      Milestones milestones,
      LedgerClock clock,
      Workers workers) {
    HttpClient http =
        HttpClient.newBuilder()
            .executor(workers.pool())
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.connectTimeout())
            .build();
    return new GuestBlocks(
        new GuestShell(ssh, settings, workers),
        new GuestAddress(settings.subnets()),
        commands.all(),
        calls,
        milestones,
        clock,
        http,
        workers.pool());
  }

  @Bean
  Processor guestBegin() {
    return exchange -> {
      exchange.setProperty(WORK, exchange.getMessage().getMandatoryBody(GuestWork.class));
      exchange.setProperty(OPEN, true);
    };
  }

  @Bean
  Processor guestLook() {
    return new Waits(GuestConfiguration::look, GuestConfiguration::asCallFailure);
  }

  private static CompletableFuture<?> look(Exchange exchange) {
    return exchange
        .getProperty(WORK, GuestWork.class)
        .look(exchange)
        .thenAccept(
            look -> {
              exchange.setProperty(OPEN, look.more());
              if (!look.more()) {
                exchange.getMessage().setBody(look.result());
              }
            });
  }

  private static Throwable asCallFailure(Throwable error) {
    Throwable inner = GuestShell.unwrap(error);
    return inner instanceof IllegalArgumentException bad
        ? new CallFailure(
            CallFailure.Verdict.REFUSED, "invalid-input", String.valueOf(bad.getMessage()), bad)
        : inner;
  }
}
