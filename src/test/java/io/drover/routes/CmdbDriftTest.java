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
import io.drover.testing.ApiClient;
import io.drover.testing.ApiClient.Answer;
import io.drover.testing.Lab;
import io.drover.testing.ServiceNowClient;
import io.drover.testing.ServiceNowClient.Incident;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** Estates and CMDBs that are put together here, so that every finding is known beforehand. */
class CmdbDriftTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PASSWORD = "only for this test";
  private static final String KEY = "drover/cmdb-drift/prod";

  private static Lab lab;
  private static ServiceNowClient servicenow;

  @BeforeAll
  static void start() {
    lab =
        Lab.with(
            0,
            List.of(
                "drover.access.users[0].name=olga",
                "drover.access.users[0].roles=OPERATOR",
                "drover.access.users[0].password-hash="
                    + new BCryptPasswordEncoder(4).encode(PASSWORD),
                "drover.schedules.cmdb-drift.enabled=true",
                "drover.schedules.cmdb-drift.cron=0 0 5 ? * * 2099",
                "drover.schedules.cmdb-drift.time-zone=Europe/Berlin",
                "drover.systems.servicenow.page-size=3",
                "drover.systems.servicenow.attempts=2",
                "drover.systems.servicenow.pause=20ms",
                "drover.systems.servicenow.cmdb.uuid-fields=object_id,serial_number",
                "drover.systems.servicenow.cmdb.records.prod[0].field=u_prism_central",
                "drover.systems.servicenow.cmdb.records.prod[0].value=production",
                "drover.systems.servicenow.incident.fields[0].name=urgency",
                "drover.systems.servicenow.incident.fields[0].value=2"),
            "--cmdb-drift=off");
    servicenow = lab.world().servicenow();
  }

  @AfterAll
  static void close() {
    lab.close();
  }

  @BeforeEach
  void emptyTheWorld() {
    lab.world().noFaults();
    lab.world().vms().forEach(vm -> lab.world().delete(vm.extId()));
    servicenow.cis().forEach(ci -> servicenow.deleteCi(ci.sysId()));
    servicenow.incidents().forEach(incident -> servicenow.deleteIncident(incident.sysId()));
  }

  private static String vm(String name, String owner, String environment) {
    String extId = lab.world().create(name, "apt");
    for (Map.Entry<String, String> each :
        Map.of("Owner", owner, "Environment", environment).entrySet()) {
      if (!each.getValue().isEmpty()) {
        lab.world()
            .change(extId, "category", Map.of("key", each.getKey(), "value", each.getValue()));
      }
    }
    return extId;
  }

  /** A record of the CMDB. */
  private static String ci(String name, String uuid, String owner, String environment) {
    return servicenow.addCi(
        "name",
        name,
        "object_id",
        uuid,
        "owned_by.user_name",
        owner,
        "environment",
        environment,
        "u_prism_central",
        "production");
  }

  /** A VM and a record that say the same. */
  private static String same(String name) {
    String extId = vm(name, "alice", "Production");
    ci(name, extId, "alice", "Production");
    return extId;
  }

  private static ObjectNode inputs() {
    return JSON.createObjectNode().put("system", "prod");
  }

  private static Execution run(ObjectNode inputs) {
    Execution ended = lab.run("cmdb-drift", inputs);
    assertThat(ended.outcome()).as(lab.story(ended.id())).isEqualTo(Outcome.SUCCEEDED);
    return ended;
  }

  private static byte[] artifact(Execution execution, String name) {
    try (InputStream in = lab.bean(Artifacts.class).open(execution.id(), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<CSVRecord> findings(Execution execution) {
    try (InputStream in = lab.bean(Artifacts.class).open(execution.id(), "cmdb-drift.csv");
        InputStreamReader text = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      return CSVFormat.RFC4180
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .get()
          .parse(text)
          .getRecords();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each finding as {@code kind name field prism cmdb how}. */
  private static Set<String> told(Execution execution) {
    return findings(execution).stream()
        .map(
            row ->
                String.join(
                    "|",
                    row.get("Finding"),
                    row.get("VM").isEmpty() ? row.get("CMDB record") : row.get("VM"),
                    row.get("Field"),
                    row.get("Prism"),
                    row.get("CMDB"),
                    row.get("Matched by")))
        .collect(Collectors.toSet());
  }

  private static void delivered() {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> lab.bean(Outbox.class).waiting() == 0);
  }

  @Test
  void findsEachKindOfDriftAndNothingElse() throws IOException {
    for (int i = 0; i < 7; i++) {
      same("well-" + i);
    }
    vm("unknown", "bob", "Test");
    ci("gone", UUID.randomUUID().toString(), "bob", "Test");
    String owner = vm("owner", "alice", "Test");
    ci("owner", owner, "mallory", "TEST");
    String environment = vm("environment", "", "Test");
    ci("environment", environment, "", "");
    String retired = vm("retired", "alice", "Test");
    String record = ci("retired", retired, "nobody", "");
    servicenow.changeCi("sys_id", record, "install_status", "7");
    String off = vm("off", "alice", "Test");
    lab.world().change(off, "power", "OFF");
    String offRecord = ci("off", off, "alice", "Test");
    servicenow.changeCi("sys_id", offRecord, "operational_status", "6");
    vm("renewed", "alice", "Test");
    String old = UUID.randomUUID().toString();
    ci("RENEWED", old, "alice", "Test");
    vm("by-name", "alice", "Test");
    ci("by-name", "", "carol", "Test");
    String twice = vm("twice", "alice", "Test");
    String one = ci("twice", twice, "alice", "Test");
    String other = ci("twice-old", "VMware-" + twice.replace("-", " "), "alice", "Test");
    String twins = vm("twins", "alice", "Test");
    String third = ci("twins", "", "alice", "Test");
    String fourth = ci("twins", "", "alice", "Test");
    String spelt = vm("spelt", "alice", "Test");
    String turned = ci("another name", "", "alice", "Production");
    servicenow.changeCi("sys_id", turned, "serial_number", "VMware-" + turned(spelt));
    String elsewhere = ci("of another Prism Central", "", "alice", "Test");
    servicenow.changeCi("sys_id", elsewhere, "u_prism_central", "dr");

    Execution ended = run(inputs());

    assertThat(told(ended))
        .containsExactlyInAnyOrder(
            "missing-in-cmdb|unknown||||none",
            "missing-in-prism|gone||||none",
            "owner-differs|owner|owner|alice|mallory|uuid",
            "environment-differs|environment|environment|Test||uuid",
            "retired-but-running|retired|status|running|retired|uuid",
            "uuid-differs|renewed|uuid|" + vmNamed("renewed") + "|" + old + "|name",
            "owner-differs|by-name|owner|alice|carol|name",
            "ambiguous|twice|uuid|" + twice + "|" + sorted(one, other) + "|uuid",
            "ambiguous|twins|name|" + twins + "|" + sorted(third, fourth) + "|name",
            "environment-differs|spelt|environment|Test|Production|swapped-uuid");
    assertThat(ended.reason())
        .isEqualTo(
            "10 findings in 17 VMs and 19 records: 2 ambiguous, 1 missing-in-cmdb, 1"
                + " missing-in-prism, 1 retired-but-running, 2 owner-differs, 2"
                + " environment-differs, 1 uuid-differs");
    JsonNode json = JSON.readTree(artifact(ended, "cmdb-drift.json"));
    assertThat(json.path("findings")).hasSize(10);
    assertThat(json.path("summary").path("matched").toString())
        .isEqualTo("{\"uuid\":11,\"swapped-uuid\":1,\"name\":2}");
    assertThat(lab.steps(ended.id()))
        .containsExactly("read-inventory", "read-cmdb", "compare", "report", "announce-findings");
    delivered();
    assertThat(servicenow.incidents()).as("nobody asked for one").isEmpty();
  }

  private static String vmNamed(String name) {
    return lab.world().vm(name).extId();
  }

  private static String sorted(String... ids) {
    return List.of(ids).stream().sorted().collect(Collectors.joining(" "));
  }

  private static String turned(String uuid) {
    StringBuilder turned = new StringBuilder(uuid);
    for (int[] group : new int[][] {{0, 8}, {9, 13}, {14, 18}}) {
      for (int left = group[0], right = group[1] - 2; left < right; left += 2, right -= 2) {
        String first = turned.substring(left, left + 2);
        turned.replace(left, left + 2, turned.substring(right, right + 2));
        turned.replace(right, right + 2, first);
      }
    }
    return turned.toString().toUpperCase(java.util.Locale.ROOT);
  }

  @Test
  void comparesWhatTheInputsName() {
    String a = vm("a", "", "Test");
    lab.world().change(a, "category", Map.of("key", "Team", "value", "blue"));
    ci("a", a, "blue", "Test");
    String off = vm("b", "alice", "Test");
    lab.world().change(off, "power", "OFF");
    ci("b", off, "bob", "Test");
    vm("c", "alice", "Test");
    ObjectNode inputs = inputs().put("ownerCategory", "Team").put("runningOnly", true);
    assertThat(told(run(inputs))).containsExactly("missing-in-cmdb|c||||none");
    inputs.putArray("clusters").add(UUID.randomUUID().toString());
    assertThat(told(run(inputs))).as("no VM is in that cluster").isEmpty();
  }

  @Test
  void aCmdbThatCannotBeReadFailsTheRunAndSaysSo() {
    vm("a", "alice", "Test");
    lab.world().fault("away", "system", "servicenow", "path", ".*vm_instance.*", "count", -1);
    Execution ended = lab.run("cmdb-drift", inputs().put("incident", true));
    assertThat(ended.outcome()).as(lab.story(ended.id())).isEqualTo(Outcome.FAILED_UNCHANGED);
    assertThat(ended.reason())
        .contains("read-cmdb", "connection", "ServiceNow at http://127.0.0.1", "vm_instance");
    assertThat(lab.steps(ended.id())).containsExactly("read-inventory", "read-cmdb");
    delivered();
    assertThat(servicenow.incidents()).isEmpty();
  }

  @Test
  void recordsThatMayNotBeSeenAreCountedInsteadOfCalledMissing() {
    for (int i = 0; i < 4; i++) {
      same("vm-" + i);
    }
    servicenow.configure("hidden", 4);
    try {
      Execution ended = run(inputs());
      assertThat(findings(ended)).hasSize(1);
      assertThat(ended.reason()).contains("1 records may not be seen by Drover's user");
    } finally {
      servicenow.configure("hidden", 0);
    }
  }

  @Test
  void oneIncidentIsOpenedThenUpdatedAndNeverClosed() {
    vm("unknown", "alice", "Test");
    servicenow.incident("correlation_id", KEY + "-dr", "short_description", "of another system");
    servicenow.incident("correlation_id", KEY, "state", "7", "short_description", "long closed");
    ObjectNode inputs = inputs().put("incident", true);
    Execution first = run(inputs);
    delivered();
    Incident opened = open();
    assertThat(opened.title()).isEqualTo("CMDB drift of prod: 1 findings");
    assertThat(opened.description())
        .startsWith("Drover execution " + first.id() + "\n")
        .contains("missing-in-cmdb      unknown");

    vm("unknown too", "alice", "Test");
    Execution second = run(inputs);
    delivered();
    assertThat(open())
        .satisfies(
            updated -> {
              assertThat(updated.sysId()).isEqualTo(opened.sysId());
              assertThat(updated.title()).isEqualTo("CMDB drift of prod: 2 findings");
              assertThat(updated.description()).startsWith("Drover execution " + second.id());
              assertThat(updated.notes()).hasSize(1).first().asString().contains("2 findings");
            });

    lab.world().vms().forEach(vm -> lab.world().delete(vm.extId()));
    run(inputs);
    delivered();
    assertThat(open().notes()).hasSize(2).last().asString().startsWith("No drift any more");

    servicenow.incident("sys_id", opened.sysId(), "state", "6");
    run(inputs);
    delivered();
    assertThat(servicenow.incidents()).as("nothing to open one for").hasSize(3);
    vm("unknown", "alice", "Test");
    run(inputs);
    delivered();
    assertThat(open().sysId()).isNotEqualTo(opened.sysId());
    assertThat(servicenow.incidents()).hasSize(4);
  }

  /** The only open one of our key. */
  private static Incident open() {
    List<Incident> open =
        servicenow.incidents().stream()
            .filter(incident -> incident.correlationId().equals(KEY))
            .filter(incident -> Set.of("1", "2", "3").contains(incident.state()))
            .toList();
    assertThat(open).hasSize(1);
    return open.get(0);
  }

  @Test
  void anIncidentThatServiceNowDoesNotTakeIsDeliveredLaterAndOnce() {
    vm("unknown", "alice", "Test");
    lab.world().fault("away", "system", "servicenow", "path", ".*/incident", "count", -1);
    run(inputs().put("incident", true));
    assertThat(servicenow.incidents()).isEmpty();
    assertThat(lab.bean(Outbox.class).waiting()).isPositive();
    lab.world().noFaults();
    lab.world()
        .fault("answer-lost", "system", "servicenow", "method", "POST", "path", ".*/incident");
    delivered();
    assertThat(open().description()).contains("unknown");
    assertThat(servicenow.incidents()).hasSize(1);
  }

  /** Every POST's answer is lost, and every delivery comes once more than it would have to. */
  @Test
  void noIncidentIsOpenedTwiceHoweverOftenAnswersAreLost() {
    int keys = 50;
    lab.world()
        .fault(
            "answer-lost",
            "system",
            "servicenow",
            "method",
            "POST",
            "path",
            ".*/incident",
            "count",
            keys);
    int lost = 0;
    try (ProducerTemplate door = lab.bean(CamelContext.class).createProducerTemplate()) {
      for (int i = 0; i < keys; i++) {
        String report =
            JSON.createObjectNode()
                .put("key", "matrix/" + i)
                .put("execution", String.format("%026d", i))
                .put("findings", 1)
                .put("title", "title")
                .put("description", "description")
                .put("note", "note")
                .toString();
        for (int delivery = 0; delivery < 3; delivery++) {
          try {
            door.sendBody("direct:servicenow-incident", report);
          } catch (RuntimeException e) {
            assertThat(e).rootCause().hasMessageContaining("did not answer POST");
            lost++;
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, Long> each =
        servicenow.incidents().stream()
            .collect(Collectors.groupingBy(Incident::correlationId, Collectors.counting()));
    long twice = each.values().stream().filter(count -> count > 1).count();
    System.out.printf(
        "INCIDENT MATRIX posts %d, answers lost %d, incidents 1-per-key %d, double %d%n",
        keys, lost, each.size() - twice, twice);
    assertThat(lost).isEqualTo(keys);
    assertThat(each).hasSize(keys);
    assertThat(twice).isZero();
    assertThat(servicenow.incidents()).allSatisfy(one -> assertThat(one.notes()).isEmpty());
  }

  @Test
  void whatAnOlderExecutionFoundDoesNotReplaceWhatANewerOneWrote() throws IOException {
    String sysId =
        servicenow.incident(
            "correlation_id",
            "late",
            "description",
            "Drover execution " + "5".repeat(26) + "\n\nnewer");
    ObjectNode report =
        JSON.createObjectNode()
            .put("key", "late")
            .put("findings", 1)
            .put("title", "title")
            .put("description", "older")
            .put("note", "note");
    try (ProducerTemplate door = lab.bean(CamelContext.class).createProducerTemplate()) {
      door.sendBody(
          "direct:servicenow-incident", report.put("execution", "4".repeat(26)).toString());
      assertThat(servicenow.incidents().get(0).description()).endsWith("newer");
      door.sendBody(
          "direct:servicenow-incident", report.put("execution", "6".repeat(26)).toString());
    }
    assertThat(servicenow.incidents())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.sysId()).isEqualTo(sysId);
              assertThat(one.description()).endsWith("older");
            });
  }

  @Test
  void namesThatAreMadeToHarmAreText() {
    List<String> names =
        List.of(
            "=HYPERLINK(\"http://127.0.0.1/?\"&A1)",
            "+1",
            "-1",
            "@SUM(1)",
            "<!channel> ```",
            "[code]<img src=x onerror=alert(1)>[/code]",
            "a\nb,\"c\"");
    List<String> neutral = new ArrayList<>();
    for (String name : names) {
      vm(name, "alice", "Test");
      neutral.add("=+-@".indexOf(name.charAt(0)) >= 0 ? "'" + name : name);
    }
    int before = lab.world().messages().size();
    Execution ended = run(inputs().put("incident", true));
    assertThat(findings(ended))
        .extracting(row -> row.get("VM"))
        .containsExactlyInAnyOrderElementsOf(neutral);
    delivered();
    String message =
        lab.json(
                lab.world().messages().get(lab.world().messages().size() - 1).path("body").asText())
            .path("text")
            .asText();
    assertThat(lab.world().messages()).hasSize(before + 1);
    assertThat(message)
        .startsWith("*CMDB drift of prod: 7 findings*\n```\n     7  missing-in-cmdb\n")
        .contains("&lt;!channel&gt; '''", "a b,\"c\"")
        .doesNotContain("<!channel>")
        .satisfies(text -> assertThat(text.split("```", -1)).hasSize(3));
    assertThat(open().description()).doesNotContain("[code]").contains("[ code]<img");
  }

  @Test
  void startsByHttpInTheCallersNameAndIsSetUpToStartByTheClock() {
    ApiClient olga = ApiClient.user(lab.url(), "olga", PASSWORD);
    Answer wrong = olga.post("/triggers/cmdb-drift", "{\"system\":\"prod\",\"clusters\":[\"a\"]}");
    assertThat(wrong.status()).isEqualTo(422);
    Answer started = olga.post("/triggers/cmdb-drift", "{\"system\":\"prod\"}");
    assertThat(started.status()).as(started.raw().body()).isEqualTo(202);
    Execution ended = lab.end(started.json().path("execution").asText());
    assertThat(ended.requester()).isEqualTo("olga");
    Answer csv = olga.get("/api/v1/executions/" + ended.id() + "/artifacts/cmdb-drift.csv");
    assertThat(csv.raw().body()).startsWith("Finding,VM,VM extId,CMDB record,CMDB sys_id,Field");
    Route clock = lab.bean(CamelContext.class).getRoute("cmdb-drift-by-schedule");
    assertThat(clock.getEndpoint().getEndpointUri()).contains("2099", "Berlin");
    assertThat(lab.bean(CamelContext.class).getRouteController().getRouteStatus(clock.getId()))
        .isEqualTo(ServiceStatus.Started);
  }
}
