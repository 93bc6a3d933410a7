package io.drover.runtime.migration;

import io.drover.execution.Artifacts;
import io.drover.execution.Executions;
import io.drover.execution.LedgerClock;
import io.drover.prism.PrismSettings;
import io.drover.runtime.BlockInput;
import io.drover.runtime.Milestones;
import io.drover.runtime.MutatingCalls;
import io.drover.runtime.Secret;
import io.drover.runtime.StartCheck;
import io.drover.runtime.Waits;
import io.drover.runtime.Workers;
import io.drover.runtime.doctor.SystemChecks;
import io.drover.runtime.prism.ConfiguredPrisms;
import io.drover.runtime.prism.PrismClients;
import io.drover.wave.Waves;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Puts the doors to vCenter and Move together, and what waves decide; the names are those in the
 * route files and Kamelets.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({MigrationProperties.class, WaveProperties.class})
class MigrationConfiguration {
  private static final int CONNECTIONS = 64;

  /** The HTTP clients, in Camel's registry before any route is. */
  static final class Clients implements CamelContextConfiguration, DisposableBean {
    private final Map<String, CloseableHttpClient> byName = new LinkedHashMap<>();

    Clients(MigrationProperties settings) {
      settings.vcenters().forEach((name, system) -> add("vcenter", name, system));
      settings.moves().forEach((name, system) -> add("move", name, system));
      settings
          .ansibles()
          .forEach(
              (name, system) -> {
                if (system.url() != null) {
                  add("ansible", name, system.base(), system.tls(), system.timeout());
                }
              });
    }

    private void add(String kind, String name, RemoteSystem system) {
      add(kind, name, system.base(), system.tls(), system.timeout());
    }

    private void add(
        String kind,
        String name,
        String base,
        PrismSettings.@Nullable Tls tls,
        @Nullable Duration timeout) {
      if (tls == null) {
        throw new IllegalStateException("Settings fill in what is left out");
      }
      byName.put(
          MigrationSystems.client(kind, name),
          PrismClients.of(
              "drover.systems." + kind + "." + name,
              base,
              tls,
              Duration.ofSeconds(10),
              timeout,
              CONNECTIONS));
    }

    @Override
    public void beforeApplicationStart(CamelContext context) {
      byName.forEach((name, client) -> context.getRegistry().bind(name, client));
    }

    @Override
    public void afterApplicationStart(CamelContext context) {
      // Nothing: the clients connect when they are used.
    }

    @Override
    public void destroy() throws IOException {
      for (CloseableHttpClient client : byName.values()) {
        client.close();
      }
    }
  }

  @Bean
  Clients migrationClients(MigrationProperties settings) {
    return new Clients(settings);
  }

  @Bean
  HeaderFilterStrategy remoteHeaders() {
    return new HttpHeaderFilterStrategy();
  }

  @Bean
  MigrationSystems migrationSystems(
      CamelContext context, MigrationProperties settings, WaveProperties waves, Workers workers) {
    return new MigrationSystems(context, settings, waves, workers);
  }

  @Bean
  DesiredState migrationChanges(
      MutatingCalls effects,
      Milestones milestones,
      Workers workers,
      LedgerClock clock,
      WaveProperties settings) {
    return new DesiredState(effects, milestones, workers, clock, settings.settling());
  }

  @Bean
  VCenterBlocks vcenterBlocks(
      MigrationSystems systems, DesiredState changes, Workers workers, WaveProperties settings) {
    return new VCenterBlocks(systems, changes, workers, settings.pause());
  }

  @Bean
  MoveBlocks moveBlocks(
      MigrationSystems systems, DesiredState changes, Workers workers, WaveProperties settings) {
    return new MoveBlocks(systems, changes, workers, settings);
  }

  @Bean
  LocalPlaybooks localPlaybooks() {
    return new LocalPlaybooks();
  }

  @Bean
  AnsibleBlocks ansibleBlocks(
      CamelContext context,
      MigrationProperties settings,
      WaveProperties waves,
      LocalPlaybooks local,
      DesiredState changes,
      Workers workers) {
    Map<String, AwxClient> remote = new LinkedHashMap<>();
    settings
        .ansibles()
        .forEach(
            (name, system) -> {
              if (system.url() != null) {
                String client = MigrationSystems.client("ansible", name);
                RemoteWire wire =
                    new RemoteWire(
                        context, "direct:ansible-http", client, system.base(), "AWX " + name);
                remote.put(name, new AwxClient(wire, system, workers));
              }
            });
    return new AnsibleBlocks(settings.ansibles(), remote, local, changes, waves.pause());
  }

  @Bean
  SystemChecks migrationSystemChecks(
      CamelContext context,
      MigrationSystems systems,
      MigrationProperties settings,
      AnsibleBlocks ansible) {
    return new SystemChecks(
        new MigrationChecks(
                systems,
                name -> context.getRegistry().lookupByNameAndType(name, CloseableHttpClient.class))
            .all(settings, ansible));
  }

  @Bean
  Processor ansibleRun(AnsibleBlocks ansible) {
    return waits(exchange -> ansible.run(exchange, patience(exchange)));
  }

  @Bean
  WavePlans wavePlans(Artifacts artifacts) {
    return new WavePlans(artifacts);
  }

  @Bean
  WaveBlocks wave(
      WaveProperties settings,
      WavePlans plans,
      Waves waves,
      Executions executions,
      Artifacts artifacts,
      LedgerClock clock) {
    return new WaveBlocks(settings, plans, waves, executions, artifacts, clock);
  }

  @Bean
  CutoverBlocks cutover(Waves waves, LedgerClock clock) {
    return new CutoverBlocks(waves, clock);
  }

  @Bean
  WaveRequests waveMove(Waves waves, @Value("${drover.waves.retries:20}") int retries) {
    return new WaveRequests(waves, retries);
  }

  @Bean
  StartCheck waveCheck(MigrationProperties settings, ConfiguredPrisms prisms) {
    return new WaveStartCheck(settings, prisms.settings());
  }

  private static Processor waits(Function<Exchange, CompletableFuture<?>> work) {
    return new Waits(work, error -> error);
  }

  /** As the Kamelet was given it. */
  private static Duration patience(Exchange exchange) {
    return BlockInput.duration("patience", String.valueOf(exchange.getProperty("patience")));
  }

  @Bean
  Processor vcenterInventory(VCenterBlocks vcenter) {
    return waits(vcenter::inventory);
  }

  @Bean
  Processor vcenterVm(VCenterBlocks vcenter) {
    return waits(vcenter::vm);
  }

  @Bean
  Processor vcenterConnect(VCenterBlocks vcenter) {
    return waits(vcenter::connect);
  }

  @Bean
  Processor vcenterPowerOn(VCenterBlocks vcenter) {
    return waits(vcenter::powerOn);
  }

  @Bean
  Processor vcenterDelete(VCenterBlocks vcenter) {
    return waits(vcenter::delete);
  }

  @Bean
  Processor moveSourceProvider(MoveBlocks move, MigrationSystems systems) {
    return waits(
        exchange -> {
          String name = new BlockInput(exchange).text("vcenter");
          RemoteSystem vcenter = systems.vcenterSettings(name);
          int port = vcenter.url().getPort();
          return move.ensureProvider(
              exchange,
              new MoveBlocks.Provider(
                  "drover-" + name,
                  vcenter.url().getHost() + (port < 0 || port == 443 ? "" : ":" + port),
                  true,
                  vcenter.username(),
                  () -> new Secret(vcenter.password()).read()),
              patience(exchange));
        });
  }

  @Bean
  Processor moveTargetProvider(MoveBlocks move, ConfiguredPrisms prisms) {
    return waits(
        exchange -> {
          String name = new BlockInput(exchange).text("system");
          PrismSettings prism = prisms.settings().get(name);
          String username = prism == null ? null : prism.username();
          String password = prism == null ? null : prism.password();
          if (prism == null || username == null || password == null) {
            throw BlockInput.wrong(
                "system", name, "a Prism Central with username and password: Move takes no key");
          }
          int port = prism.url().getPort();
          return move.ensureProvider(
              exchange,
              new MoveBlocks.Provider(
                  "drover-" + name,
                  prism.url().getHost() + (port < 0 || port == 9440 ? "" : ":" + port),
                  false,
                  username,
                  () -> new Secret(password).read()),
              patience(exchange));
        });
  }

  @Bean
  Processor moveInventory(MoveBlocks move) {
    return waits(move::inventory);
  }

  @Bean
  Processor moveCreatePlan(MoveBlocks move) {
    return waits(exchange -> move.createPlan(exchange, patience(exchange)));
  }

  @Bean
  Processor movePreparePlan(MoveBlocks move) {
    return waits(exchange -> move.prepare(exchange, patience(exchange)));
  }

  @Bean
  Processor moveReadiness(MoveBlocks move) {
    return waits(move::readiness);
  }

  @Bean
  Processor moveStartPlan(MoveBlocks move) {
    return waits(exchange -> move.start(exchange, patience(exchange)));
  }

  @Bean
  Processor moveDeletePlan(MoveBlocks move) {
    return waits(exchange -> move.delete(exchange, patience(exchange)));
  }

  @Bean
  Processor moveAwaitReady(MoveBlocks move, WaveBlocks wave) {
    return waits(exchange -> move.awaitReady(exchange, patience(exchange), wave.watcher(exchange)));
  }

  @Bean
  Processor moveWorkloads(MoveBlocks move) {
    return waits(
        exchange ->
            move.workloads(exchange)
                .thenAccept(all -> exchange.getMessage().setBody(WaveBlocks.rows(all))));
  }

  @Bean
  Processor moveCutOver(MoveBlocks move) {
    return waits(
        exchange ->
            move.act(
                exchange, "cut-over-workload", "cutover", patience(exchange), MoveBlocks::cutover));
  }

  @Bean
  Processor moveEndCutover(MoveBlocks move) {
    return waits(
        exchange -> {
          Duration patience = patience(exchange);
          long grace = System.nanoTime() + patience.dividedBy(2).toNanos();
          return move.act(exchange, "end-workload", "abort", patience, MoveBlocks.ended(grace));
        });
  }

  @Bean
  Processor moveTest(MoveBlocks move) {
    return waits(
        exchange ->
            move.act(exchange, "test-workload", "test", patience(exchange), MoveBlocks::tested));
  }

  @Bean
  Processor moveUndoTest(MoveBlocks move) {
    return waits(
        exchange ->
            move.act(
                exchange,
                "undo-test-workload",
                "undotest",
                patience(exchange),
                MoveBlocks::untested));
  }
}
