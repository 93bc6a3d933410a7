package io.drover.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultsTest {
  private static Wire wire;
  private static int used;

  @BeforeAll
  static void start() {
    wire = Wire.to("--vms=30");
  }

  @AfterAll
  static void stop() {
    wire.close();
  }

  @AfterEach
  void noFaults() {
    wire.noFaults();
  }

  private static String fresh() {
    return wire.vm(++used);
  }

  private static String body(String vm) {
    return "{\"vmRecoveryPoints\":[{\"vmExtId\":\"" + vm + "\"}]}";
  }

  private static int pointsOf(String vm) {
    return wire.get(Wire.POINTS, "$filter", "vmRecoveryPoints/any(v:v/vmExtId eq '" + vm + "')")
        .total();
  }

  @Test
  void answersWithAStatusSoOftenAndAfterSoMany() {
    wire.fault("status", "status", 503, "count", 2, "after", 1, "path", ".*/vms", "retryAfter", 7);
    assertThat(wire.get(Wire.VMS).status()).isEqualTo(200);
    assertThat(wire.get(Wire.CATEGORIES).status()).isEqualTo(200);
    Wire.Reply struck = wire.get(Wire.VMS);
    assertThat(struck.status()).isEqualTo(503);
    assertThat(struck.header("Retry-After")).isEqualTo("7");
    assertThat(wire.get(Wire.VMS).status()).isEqualTo(503);
    assertThat(wire.get(Wire.VMS).status()).isEqualTo(200);
    assertThat(wire.control("/faults", null).path(0).path("struck").asInt()).isEqualTo(2);
  }

  @Test
  void strikesOneVmByNameOrIdAndNoOther() {
    String vm = fresh();
    String name = wire.guest(vm).name;
    wire.fault("status", "status", 500, "vm", name, "count", -1);
    assertThat(wire.get(Wire.VMS + "/" + vm).status()).isEqualTo(500);
    assertThat(wire.post(Wire.POINTS, null, body(vm)).status()).isEqualTo(500);
    assertThat(wire.get(Wire.VMS + "/" + fresh()).status()).isEqualTo(200);
    assertThat(wire.get(Wire.VMS).status()).isEqualTo(200);
  }

  @Test
  void delaysAnAnswer() {
    wire.fault("delay", "millis", 250);
    long begin = System.nanoTime();
    assertThat(wire.get(Wire.VMS).status()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(240));
  }

  @Test
  void losesAnAnswerAfterActing() {
    String vm = fresh();
    wire.fault("answer-lost", "method", "POST");
    assertThatThrownBy(() -> wire.post(Wire.POINTS, null, body(vm)))
        .isInstanceOf(UncheckedIOException.class);
    await().atMost(Duration.ofSeconds(3)).until(() -> pointsOf(vm) == 1);
    JsonNode request = last("request", vm);
    assertThat(request.path("answered").asText()).isEqualTo("false");
    assertThat(request.path("status").asText()).isEqualTo("202");
  }

  @Test
  void cutsBeforeActing() {
    String vm = fresh();
    wire.fault("cut-before", "method", "POST");
    assertThatThrownBy(() -> wire.post(Wire.POINTS, null, body(vm)))
        .isInstanceOf(UncheckedIOException.class);
    wire.end(wire.post(Wire.POINTS, null, body(vm)));
    assertThat(pointsOf(vm)).isEqualTo(1);
  }

  @Test
  void isAwayUntilItIsBack() {
    wire.fault("away", "count", -1);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> wire.get(Wire.VMS)).hasRootCauseInstanceOf(IOException.class);
    }
    wire.noFaults();
    assertThat(wire.get(Wire.VMS).status()).isEqualTo(200);
  }

  @Test
  void holdsAnAnswerUntilItIsReleased() {
    String vm = fresh();
    String id = wire.fault("hold", "method", "POST");
    CompletableFuture<Wire.Reply> held =
        wire.sendAsync(
            wire.asked(Wire.POINTS)
                .header("NTNX-Request-Id", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString(body(vm))));
    await().atMost(Duration.ofSeconds(3)).until(() -> pointsOf(vm) == 1);
    assertThat(held).isNotDone();
    wire.control("/release", Json.object().put("id", id));
    assertThat(held).succeedsWithin(Duration.ofSeconds(3));
    assertThat(held.join().status()).isEqualTo(202);
  }

  @ParameterizedTest
  @CsvSource({
    "task-failed,FAILED,VM_INTERNAL_ERROR,false",
    "task-etag-mismatch,FAILED,VM_ETAG_MISMATCH,false",
    "task-failed-silent,FAILED,'',false",
    "task-failed-in-subtask,FAILED,VM_INTERNAL_ERROR,false",
    "task-failed-after-effect,FAILED,VM_INTERNAL_ERROR,true",
    "task-canceled,CANCELED,'',false",
  })
  void endsTasksBadly(String kind, String status, String group, boolean done) {
    String vm = fresh();
    wire.fault(kind);
    assertThat(wire.get(Wire.VMS).status()).as("no read uses it up").isEqualTo(200);
    JsonNode task = wire.end(wire.post(Wire.POINTS, null, body(vm)));
    assertThat(task.path("status").asText()).isEqualTo(status);
    assertThat(task.path("errorMessages").path(0).path("errorGroup").asText()).isEqualTo(group);
    assertThat(pointsOf(vm)).isEqualTo(done ? 1 : 0);
    assertThat(task.has("legacyErrorMessage")).isEqualTo(kind.endsWith("silent"));
    String children = "parentTask/extId eq '" + task.path("extId").asText() + "'";
    JsonNode causes = wire.get(Wire.TASKS, "$filter", children).data();
    if (kind.endsWith("subtask")) {
      assertThat(task.path("subTasks").path(0).path("rel").asText()).isEqualTo("subtask");
      assertThat(causes.path(0).path("errorMessages").path(0).path("errorGroup").asText())
          .isEqualTo("STORAGE_FULL");
    } else {
      assertThat(causes).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"task-stuck,RUNNING", "task-suspended,SUSPENDED"})
  void leavesTasksOpen(String kind, String status) {
    wire.fault(kind);
    Wire.Reply reply = wire.post(Wire.POINTS, null, body(fresh()));
    String path = Wire.TASKS + "/" + reply.data().path("extId").asText();
    await()
        .during(Duration.ofMillis(150))
        .atMost(Duration.ofSeconds(3))
        .until(() -> wire.get(path).data().path("status").asText().matches("QUEUED|" + status));
    assertThat(wire.get(path).data().path("status").asText()).isEqualTo(status);
  }

  @Test
  void makesAnEntityTagStaleRightAfterItWasRead() {
    String vm = fresh();
    wire.fault("stale-etag", "vm", vm);
    assertThat(wire.act(vm, "power-off", "").group()).isEqualTo("VM_ETAG_MISMATCH");
    assertThat(wire.act(vm, "power-off", "").status()).isEqualTo(202);
  }

  @Test
  void expiresCredentialsMidRun() {
    wire.fault("expire-credentials", "after", 1);
    assertThat(wire.get(Wire.VMS).status()).isEqualTo(200);
    assertThat(wire.get(Wire.VMS).status()).isEqualTo(401);
    assertThat(wire.get(Wire.VMS).status()).isEqualTo(200);
  }

  @Test
  void strikesSlackAndThePagerToo() {
    wire.fault("status", "system", "slack", "status", 429, "retryAfter", 3);
    Wire.Reply refused = tell("slack", "/services/T/B/X", "{\"text\":\"hi\"}");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Retry-After")).isEqualTo("3");
    assertThat(wire.control("/slack", null)).isEmpty();
    assertThat(tell("slack", "/services/T/B/X", "{\"text\":\"hi\"}").raw().body()).isEqualTo("ok");
    assertThat(wire.control("/slack", null)).hasSize(1);
    wire.fault("answer-lost", "system", "pager");
    String page =
        "{\"routing_key\":\"k\",\"event_action\":\"trigger\",\"dedup_key\":\"d\","
            + "\"payload\":{\"summary\":\"s\",\"source\":\"x\",\"severity\":\"critical\"}}";
    assertThatThrownBy(() -> tell("pager", "/v2/enqueue", page))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(wire.control("/pager", null)).hasSize(1);
    assertThat(tell("pager", "/v2/enqueue", page).status()).isEqualTo(202);
    assertThat(tell("pager", "/v2/enqueue", "{}").status()).isEqualTo(400);
  }

  @Test
  void refusesFaultsThatItDoesNotKnow() {
    assertThatThrownBy(() -> wire.fault("meteor")).hasMessageContaining("kind: meteor");
    assertThatThrownBy(() -> wire.fault("status", "code", 3)).hasMessageContaining("code");
    assertThatThrownBy(() -> wire.fault("status", "system", "mars")).hasMessageContaining("mars");
    assertThatThrownBy(() -> wire.fault("status", "path", "(")).hasMessageContaining("path");
    assertThatThrownBy(() -> wire.change("nobody", "broken", true)).hasMessageContaining("nobody");
    assertThatThrownBy(() -> wire.change(wire.vm(1), "mood", "good")).hasMessageContaining("mood");
  }

  @Test
  void listensToNoBrowser() {
    URI faults = URI.create(wire.ready().path("control").asText() + "/faults");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(faults)
            .header("Origin", "https://elsewhere.example")
            .POST(BodyPublishers.ofString("{\"kind\":\"away\",\"count\":-1}"));
    assertThat(wire.send(request).status()).isEqualTo(403);
    assertThat(wire.control("/faults", null)).isEmpty();
  }

  @Test
  void makesThreeVmsThatEndDifferently() {
    try (Wire special = Wire.to("--vms=8", "--special-vms=on")) {
      JsonNode vms = special.control("/world", null).path("vms");
      assertThat(vms)
          .filteredOn(vm -> vm.path("behaviour").asText().equals("unhealthyAfterPatch"))
          .hasSize(1);
      assertThat(vms).filteredOn(vm -> vm.path("pendingUpdates").asInt() == 0).hasSize(1);
      assertThat(vms).filteredOn(vm -> vm.path("volumeGroup").asBoolean()).hasSize(1);
      String filter = "name eq 'db-8'";
      assertThat(special.get(Wire.VMS, "$filter", filter).data().path(0).path("disks").toString())
          .contains("ADSFVolumeGroupReference");
    }
  }

  @Test
  void takesVmsInWhileItRuns() {
    JsonNode made =
        wire.control(
            "/vms",
            Json.object()
                .put("name", "late")
                .put("distribution", "dnf")
                .set("categories", Json.MAPPER.valueToTree(Map.of("Department", "late"))));
    Wire.Reply row = wire.get(Wire.VMS + "/" + made.path("extId").asText());
    assertThat(row.data().path("powerState").asText()).isEqualTo("ON");
    assertThat(wire.get(Wire.CATEGORIES, "$filter", "value eq 'late'").total()).isEqualTo(1);
    assertThat(row.data().path("categories")).hasSize(1);
  }

  private static Wire.Reply tell(String system, String path, String body) {
    return wire.send(
        HttpRequest.newBuilder(URI.create(wire.ready().path(system).asText() + path))
            .POST(BodyPublishers.ofString(body)));
  }

  private static JsonNode last(String event, String vm) {
    JsonNode found = null;
    for (JsonNode line : wire.control("/log", null)) {
      if (line.path("event").asText().equals(event) && line.path("vm").asText().equals(vm)) {
        found = line;
      }
    }
    return Objects.requireNonNull(found, event);
  }
}
