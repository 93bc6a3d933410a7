package io.drover.runtime.prism;

import io.drover.approval.Approvals;
import io.drover.execution.Executions;
import io.drover.execution.LedgerClock;
import io.drover.execution.Orphans;
import io.drover.execution.ServedSystems;
import io.drover.execution.VmLocks;
import io.drover.prism.PrismSettings;
import io.drover.prism.TaskReader;
import io.drover.prism.Timeline;
import io.drover.runtime.Milestones;
import io.drover.runtime.MutatingCalls;
import io.drover.runtime.TriggerComponent;
import io.drover.runtime.Waits;
import io.drover.runtime.Workers;
import io.drover.runtime.doctor.SystemChecks;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the door to Prism Central together; the names of its parts are those in the route file. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({PrismProperties.class, EffectsProperties.class})
class PrismConfiguration {

  @Bean
  Timeline timeline(Workers workers) {
    return new WorkersTimeline(workers);
  }

  @Bean
  PrismCalls prismCalls(
      CamelContext context, Timeline timeline, ObjectProvider<ServedSystems> served) {
    return new PrismCalls(
        new CamelWire(context), timeline, Clock.systemUTC(), served.getIfAvailable());
  }

  @Bean
  PrismSystems prismSystems(PrismProperties properties, PrismCalls calls, Timeline timeline) {
    Map<String, PrismCentral> byName = new HashMap<>();
    Map<String, PrismSettings> configured = properties.prism();
    if (configured != null) {
      configured.forEach(
          (name, settings) ->
              byName.put(
                  name,
                  new PrismCentral(
                      name,
                      settings,
                      timeline,
                      central ->
                          new TaskReader(
                              new PrismTasks(calls, central),
                              timeline,
                              TaskReader.Settings.USUAL))));
    }
    return new PrismSystems(byName);
  }

  @Bean
  ConfiguredPrisms configuredPrisms(PrismProperties properties) {
    Map<String, PrismSettings> configured = properties.prism();
    return new ConfiguredPrisms(configured == null ? Map.of() : configured);
  }

  /** Each system's own HTTP client, under the name that the route asks for. */
  @Bean
  Clients prismClients(PrismProperties properties) {
    return new Clients(properties);
  }

  /** Camel finds clients in its registry, so they are put there before the routes load. */
  static final class Clients implements CamelContextConfiguration, DisposableBean {
    private final Map<String, CloseableHttpClient> byName = new HashMap<>();

    Clients(PrismProperties properties) {
      Map<String, PrismSettings> configured = properties.prism();
      if (configured != null) {
        configured.forEach(
            (name, settings) ->
                byName.put("prism-client-" + name, PrismClients.of(name, settings)));
      }
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
  SystemChecks prismChecks(CamelContext context, PrismSystems systems, PrismCalls calls) {
    return new SystemChecks(
        systems.names().stream()
            .map(systems::get)
            .map(
                central ->
                    new PrismCheck(
                        central,
                        calls,
                        () ->
                            context
                                .getRegistry()
                                .lookupByNameAndType(
                                    central.clientName(), CloseableHttpClient.class)))
            .toList());
  }

  @Bean
  PrismLook prismLook(PrismCalls calls, Executions executions, Timeline timeline) {
    return new PrismLook(calls, executions, timeline);
  }

  @Bean
  PrismDoors prismDoors(
      PrismSystems systems,
      PrismCalls calls,
      PrismLook look,
      MutatingCalls effects,
      Milestones milestones,
      LedgerClock clock,
      EffectsProperties settings) {
    PrismWrites writes =
        new PrismWrites(calls, look, effects, milestones, clock, settings.settle());
    return new PrismDoors(systems, calls, writes, look, milestones);
  }

  @Bean
  PrismLists prismLists(PrismSystems systems, PrismCalls calls, Workers workers) {
    return new PrismLists(systems, calls, workers);
  }

  @Bean
  Orphans orphans(PrismSystems systems, PrismLists lists, Executions executions, VmLocks locks) {
    return new PrismOrphans(systems, lists, executions, locks);
  }

  @Bean
  PrismBlocks prismBlocks() {
    return new PrismBlocks();
  }

  @Bean
  HeaderFilterStrategy prismHeaders() {
    return new PrismHeaders();
  }

  @Bean
  Processor prismRead(PrismDoors doors) {
    return waiting(doors::read);
  }

  @Bean
  Processor prismList(PrismLists lists) {
    return waiting(
        exchange ->
            lists
                .all(exchange.getMessage().getBody(PrismList.class), Caller.of(exchange))
                .thenAccept(rows -> exchange.getMessage().setBody(rows)));
  }

  @Bean
  Processor prismListOneByOne(PrismLists lists) {
    return exchange ->
        exchange
            .getMessage()
            .setBody(
                lists.oneByOne(
                    exchange.getMessage().getBody(PrismList.class), Caller.of(exchange)));
  }

  @Bean
  Processor prismScan(PrismLists lists) {
    return exchange ->
        exchange
            .getMessage()
            .setBody(
                lists.scan(exchange.getMessage().getBody(PrismList.class), Caller.of(exchange)));
  }

  @Bean
  Processor prismFindVms(PrismLists lists) {
    PrismInventory inventory = new PrismInventory(lists);
    return waiting(
        exchange -> {
          inventory.find(exchange);
          return CompletableFuture.completedFuture(null);
        });
  }

  @Bean
  Processor prismBeginChange(PrismDoors doors) {
    return waiting(doors::begin);
  }

  @Bean
  Processor prismSubmit(PrismDoors doors) {
    return waiting(doors::submit);
  }

  @Bean
  Processor prismSettle(PrismDoors doors) {
    return waiting(doors::settle);
  }

  @Bean
  Processor prismBeginAwait(PrismDoors doors) {
    return waiting(doors::beginAwait);
  }

  @Bean
  Processor prismLookAtTask(PrismDoors doors) {
    return waiting(doors::lookAtTask);
  }

  @Bean
  Processor prismJudgeTask(PrismDoors doors) {
    return waiting(doors::judgeTask);
  }

  @Bean
  Processor prismAwaitPower(
      PrismSystems systems, PrismCalls calls, PrismLook look, Timeline timeline) {
    return waiting(
        exchange ->
            exchange
                .getMessage()
                .getBody(PrismPower.class)
                .await(systems, calls, look, timeline, Caller.of(exchange))
                .thenAccept(state -> exchange.getMessage().setBody(state)));
  }

  @Bean
  TriggerComponent prismAlerts(
      PrismSystems systems, PrismLists lists, PrismCalls calls, LedgerClock clock) {
    PrismAlerts alerts = new PrismAlerts(systems, lists, calls);
    return new TriggerComponent(
        PrismAlertsComponent.SCHEME, () -> new PrismAlertsComponent(alerts, clock));
  }

  @Bean
  OwnPoints ownPoints(PrismSystems systems, PrismLists lists) {
    return new OwnPoints(systems, lists);
  }

  @Bean
  PrismRecoveryBlocks prismRecovery() {
    return new PrismRecoveryBlocks();
  }

  @Bean
  Processor prismAwaitReplica(
      PrismSystems systems, PrismCalls calls, PrismLook look, LedgerClock clock) {
    return waiting(
        exchange ->
            exchange
                .getMessage()
                .getBody(PrismReplicaAwait.class)
                .await(systems, calls, look, clock::now, Caller.of(exchange))
                .thenAccept(replica -> exchange.getMessage().setBody(replica)));
  }

  @Bean
  PrismRestores prismRestores(
      PrismSystems systems, PrismCalls calls, Executions executions, Approvals approvals) {
    return new PrismRestores(systems, calls, executions, approvals);
  }

  @Bean
  Processor prismPlanRestore(PrismRestores restores) {
    return waiting(restores::plan);
  }

  @Bean
  Processor prismCheckNetwork(PrismRestores restores) {
    return waiting(
        exchange -> {
          restores.checkNetwork(exchange);
          return CompletableFuture.completedFuture(null);
        });
  }

  @Bean
  Processor prismMayDelete(PrismRestores restores) {
    return waiting(restores::mayDelete);
  }

  private static Waits waiting(Function<Exchange, CompletableFuture<?>> work) {
    return new Waits(work, PrismProblemsIn::asCallFailure);
  }
}
