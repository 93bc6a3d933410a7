package io.drover.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Artifacts;
import io.drover.execution.Execution;
import io.drover.execution.Outbox;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import io.drover.testing.SimulatorClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CmdbDriftTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static Lab lab;

  @BeforeAll
  static void start() {
    lab =
        Lab.with(
            68,
            List.of("drover.systems.servicenow.page-size=7"),
            "--cmdb-drift=on",
            "--special-vms=off");
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @BeforeEach
  void noFaults() {
    lab.world().noFaults();
  }

  private static ObjectNode inputs(boolean incident) {
    return JSON.createObjectNode().put("system", "prod").put("incident", incident);
  }

  private static Execution run(boolean incident) {
    Execution execution = lab.run("cmdb-drift", inputs(incident));
    assertThat(execution.outcome()).as(lab.story(execution.id())).isEqualTo(Outcome.SUCCEEDED);
    return execution;
  }

  private static String csv(Execution execution) {
    try (InputStream in = lab.bean(Artifacts.class).open(execution.id(), "cmdb-drift.csv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delivered() {
    await().atMost(Duration.ofSeconds(30)).until(() -> lab.bean(Outbox.class).waiting() == 0);
  }

  /** Names by what was found about them, as the numbers of the VMs plant it. */
  private static Map<String, List<String>> planted() {
    Map<String, List<String>> planted = new TreeMap<>();
    for (int i = 1; i <= 68; i++) {
      String name = (i % 4 == 0 ? "db-" : "web-") + i;
      String kind =
          switch (i % 17) {
            case 3 -> "MISSING_IN_CMDB,NOTHING";
            case 5 -> "OWNER_DIFFERS,UUID";
            case 7 -> "ENVIRONMENT_DIFFERS,UUID";
            case 9 -> "RETIRED_BUT_RUNNING,UUID";
            case 13 -> "MISSING_IN_PRISM,NOTHING";
            default -> "";
          };
      if (!kind.isEmpty()) {
        String told = kind.startsWith("MISSING_IN_PRISM") ? "ghost-" + i : name;
        planted.computeIfAbsent(kind, any -> new java.util.ArrayList<>()).add(told);
      }
    }
    planted.values().forEach(java.util.Collections::sort);
    return planted;
  }

  @Test
  void findsWhatWasPlantedAndNothingElse() {
    Execution execution = run(false);
    Map<String, List<String>> found = new TreeMap<>();
    csv(execution)
        .lines()
        .skip(1)
        .map(line -> line.split(",", -1))
        .forEach(
            cells ->
                found
                    .computeIfAbsent(cells[0] + "," + cells[1], any -> new java.util.ArrayList<>())
                    .add(cells[2].isEmpty() ? cells[4] : cells[2]));
    found.values().forEach(java.util.Collections::sort);
    assertThat(found).isEqualTo(planted());
    JsonNode figures = lab.json(String.valueOf(execution.result()));
    assertThat(figures.path("vms").asInt()).isEqualTo(68);
    assertThat(figures.path("prismSure").asBoolean()).isTrue();
    assertThat(figures.path("cmdbSure").asBoolean()).isTrue();
    assertThat(execution.reason())
        .matches("20 differences between Prism and the CMDB for prod \\(68 VMs, 68 items\\)");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(lab.world().messages())
                    .anySatisfy(
                        message ->
                            assertThat(message.path("body").asText())
                                .contains(execution.id(), "4  missing in CMDB", "web-3")));
  }

  @Test
  void tellsHostileNamesHarmlessly() {
    SimulatorClient.Vm vm = lab.world().vms().get(0);
    lab.world().change(vm.extId(), "name", "=cmd|' /C calc'!A0 <!channel> ```");
    lab.world().item("web-1", "owned_by.user_name", "+1,\"x\"");
    try {
      Execution execution = run(false);
      assertThat(csv(execution)).contains("'=cmd|").contains("\"'+1,\"\"x\"\"\"");
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(lab.world().messages())
                      .filteredOn(each -> each.path("body").asText().contains(execution.id()))
                      .hasSize(1)
                      .allSatisfy(
                          each ->
                              assertThat(each.path("body").asText())
                                  .doesNotContain("<!channel>")
                                  .containsPattern("(?s)```.*```")));
    } finally {
      lab.world().change(vm.extId(), "name", "web-1");
      lab.world().item("web-1", "owned_by.user_name", "owner-1");
    }
  }

  @Test
  void changesOneIncidentRatherThanOpeningTwo() {
    int before = incidents().size();
    String first = run(true).id();
    delivered();
    String second = run(true).id();
    delivered();
    assertThat(incidents()).hasSize(before + 1);
    JsonNode incident = incidents().get(before);
    assertThat(incident.path("correlation_id").asText()).isEqualTo("drover/cmdb-drift/prod");
    assertThat(incident.path("correlation_display").asText()).isEqualTo(second);
    assertThat(incident.path("description").asText()).contains(second).doesNotContain(first);
    assertThat(incident.path("work_notes").asText()).contains("20 differences", second);
    close();
    run(true);
    delivered();
    assertThat(incidents()).as("a closed one is not opened again").hasSize(before + 2);
    close();
  }

  private static List<JsonNode> incidents() {
    return lab.world().records("incident");
  }

  /** Somebody has dealt with all of them. */
  private static void close() {
    for (JsonNode incident : incidents()) {
      lab.world()
          .item("", "table", "incident", "sys_id", incident.path("sys_id").asText(), "state", "7");
    }
  }

  @Test
  void opensOneIncidentPerListHoweverManyAnswersAreLost() {
    int runs = 25;
    int before = incidents().size();
    int lost = 0;
    for (int i = 0; i < runs; i++) {
      lab.world()
          .fault("answer-lost", "system", "servicenow", "method", i % 2 == 0 ? "POST" : "PATCH");
      run(true);
      delivered();
      if (i % 2 == 1) {
        close();
      }
      lost += lab.world().faultsLeft() == 0 ? 1 : 0;
      lab.world().noFaults();
    }
    close();
    int made = incidents().size() - before;
    int expected = (runs + 1) / 2;
    System.out.printf(
        "INCIDENT MATRIX: deliveries %d, answers lost %d, incidents %d, twice %d%n",
        runs, lost, made, made - expected);
    assertThat(lost).isEqualTo(runs);
    assertThat(made).isEqualTo(expected);
  }

  @Test
  void failsPlainlyWhenTheCmdbCannotBeRead() {
    lab.world().fault("status", "system", "servicenow", "status", 503, "count", -1);
    Execution execution = lab.run("cmdb-drift", inputs(true));
    assertThat(execution.outcome()).isEqualTo(Outcome.FAILED_UNCHANGED);
    assertThat(execution.reason()).contains("compare-with-cmdb", "http-503", "status 503");
    lab.world().noFaults();
    lab.world().fault("status", "system", "servicenow", "status", 429, "retryAfter", 1, "count", 2);
    run(false);
  }

  @Test
  void opensTheIncidentLaterWhenServiceNowIsAwayByThen() {
    int before = incidents().size();
    lab.world().fault("away", "system", "servicenow", "path", ".*/incident", "count", -1);
    Execution execution = run(true);
    assertThat(incidents()).hasSize(before);
    lab.world().noFaults();
    delivered();
    assertThat(incidents()).hasSize(before + 1);
    assertThat(incidents().get(before).path("correlation_display").asText())
        .isEqualTo(execution.id());
    close();
  }
}
