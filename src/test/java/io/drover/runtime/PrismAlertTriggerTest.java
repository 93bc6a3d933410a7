package io.drover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.catalog.LiveRoutes;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.Outcome;
import io.drover.execution.Trigger;
import io.drover.testing.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An alert of this type on a VM of this category starts this runbook, once. */
class PrismAlertTriggerTest {
  private static final String TYPE = "A130175";
  private static Lab lab;

  @BeforeAll
  static void start() throws IOException {
    lab = Lab.with(6, List.of());
    Files.createDirectories(lab.routes());
    put("answer-alert.schema.json", example("answer-alert.schema.json"));
    put(
        "prism-alert.camel.yaml",
        example("prism-alert.camel.yaml")
            .replace(":production", ":prod")
            .replace("maxAge:", "poll: PT1S\n        maxAge:"));
    live("prism-alert.camel.yaml");
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static String example(String name) throws IOException {
    return Files.readString(Path.of("docs", "examples", name));
  }

  private static void put(String name, String text) throws IOException {
    Files.writeString(lab.routes().resolve(name), text);
  }

  private static void live(String name) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> lab.bean(LiveRoutes.class).find(name).isPresent());
    assertThat(lab.bean(LiveRoutes.class).find(name).orElseThrow().refused()).isEmpty();
  }

  /** A trigger and a runbook of these names, that takes what it gets. */
  private static String trigger(String name, String parameters) {
    return """
    - route:
        id: NAME-by-alert
        description: Start NAME.
        routeConfigurationId: event-trigger
        from:
          uri: "prism-alerts:prod"
          parameters: { poll: PT1S, inputs: "system,vm,alert", PARAMETERS }
          steps:
            - to: "runbook:NAME"
    - route:
        id: NAME
        description: Look at a VM.
        from:
          uri: "runbook:NAME?mutating=false"
          steps:
            - setVariable: { name: system, simple: "${variable.inputs[system]}" }
            - setVariable: { name: vmExtId, simple: "${variable.inputs[vm]}" }
            - step: { id: look, steps: [ { to: "kamelet:prism-get-vm-action" } ] }
            - setBody: { constant: "" }
    """
        .replace("NAME", name)
        .replace("PARAMETERS", parameters);
  }

  /** How often each alert started this runbook. */
  private static Map<String, Integer> started(String runbook) {
    return lab.started(runbook, "alert");
  }

  private static void startedBy(String runbook, String... alerts) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(started(runbook)).containsOnlyKeys(alerts));
  }

  @Test
  void startsARunbookForEachWantedAlertOnce() {
    String other = vmOf(false);
    String vm = vmOf(true);
    lab.world().alert(other, "type", TYPE);
    lab.world().alert(vm, "type", "A9");
    lab.world().alert(vm, "type", TYPE, "severity", "INFO");
    lab.world().alert(vm, "type", TYPE, "resolved", true);
    lab.world().alert(vm, "type", TYPE, "secondsAgo", 3_600);
    String first = lab.world().alert(vm, "type", TYPE, "title", "It is <b>hot</b> ${header.x}");
    startedBy("answer-alert", first);
    Execution execution =
        lab.end(
            lab.executions()
                .list(
                    new Executions.Filter(
                        "answer-alert", null, null, null, null, null, null, false, false),
                    null,
                    1)
                .rows()
                .get(0)
                .id());
    assertThat(execution.outcome()).as(lab.story(execution.id())).isEqualTo(Outcome.SUCCEEDED);
    assertThat(execution.reason()).startsWith("It is <b>hot</b> ${header.x}: ");
    assertThat(execution.trigger().kind()).isEqualTo(Trigger.Kind.EVENT);
    assertThat(execution.requester()).isEqualTo("event");

    // Its memory is the ledger's, and it looks back over the time when nobody looked.
    lab.stop();
    String meanwhile = lab.world().alert(vm, "type", TYPE);
    lab.start();
    startedBy("answer-alert", first, meanwhile);

    lab.world().fault("status", "path", ".*/alerts.*", "status", 503, "count", 2);
    String away = lab.world().alert(vm, "type", TYPE);
    await().atMost(Duration.ofSeconds(30)).until(() -> lab.world().faultsLeft() == 0);
    startedBy("answer-alert", first, meanwhile, away);
    Map<String, Integer> times = started("answer-alert");
    System.out.printf(
        "ALERT MATRIX: alerts 8, wanted 3, restarted once, away once: started %d, twice %d%n",
        times.size(), times.values().stream().filter(n -> n > 1).count());
    assertThat(times.values()).containsOnly(1);
  }

  private static String vmOf(boolean production) {
    String vm = lab.world().vm(production ? "web-1" : "web-2").extId();
    lab.world().change(vm, "noCategories", true);
    if (production) {
      lab.world().change(vm, "category", Map.of("key", "Environment", "value", "Production"));
    }
    return vm;
  }

  @Test
  void aStormStartsOnlySoManyAndTwoTriggersStartOneEach() throws IOException {
    put("storm.camel.yaml", trigger("calm", "alertTypes: STORM, maxPerHour: 4"));
    put("both.camel.yaml", trigger("both", "alertTypes: STORM"));
    live("storm.camel.yaml");
    live("both.camel.yaml");
    String vm = vmOf(true);
    for (int i = 0; i < 10; i++) {
      lab.world().alert(vm, "type", "STORM", "secondsAgo", 20 - i);
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> started("both").size() == 10);
    await().atMost(Duration.ofSeconds(30)).until(() -> started("calm").size() >= 4);
    assertThat(started("calm")).hasSize(4);
  }

  @Test
  void aSystemThatIsNotConfiguredIsRefused() throws IOException {
    put("nowhere.camel.yaml", trigger("nowhere", "maxAge: PT5M").replace(":prod", ":prodd"));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> lab.bean(LiveRoutes.class).find("nowhere.camel.yaml").isPresent());
    LiveRoutes.State state = lab.bean(LiveRoutes.class).find("nowhere.camel.yaml").orElseThrow();
    assertThat(state.version()).isNull();
    assertThat(state.refused().toString()).contains("system: prodd (expected: one of [prod]");
  }
}
