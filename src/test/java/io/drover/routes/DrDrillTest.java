package io.drover.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.drover.execution.Execution;
import io.drover.execution.InvalidInput;
import io.drover.execution.Operations;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DrDrillTest {
  /** The simulator's test network of the target's first cluster. */
  static final String TEST_NETWORK =
      java.util
          .UUID
          .nameUUIDFromBytes(
              "test subnet 0005b000-aaaa-bbbb-0000-000000010a01"
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8))
          .toString();

  private static final List<String> ROUTED = Collections.synchronizedList(new ArrayList<>());
  private static Lab lab;
  private static HttpServer router;

  @BeforeAll
  static void start() throws IOException {
    router = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    router.createContext(
        "/",
        call -> {
          ROUTED.add(call.getRequestMethod() + " " + call.getRequestURI().getPath());
          call.sendResponseHeaders(204, -1);
          call.close();
        });
    router.start();
    String url = "http://127.0.0.1:" + router.getAddress().getPort();
    lab =
        Lab.withDr(
            8,
            List.of(
                "drover.dr.test-networks.dr=" + TEST_NETWORK,
                // The third guest is the load balancer here.
                "drover.dr.routing.before.apply.command.address=127.10.0.4",
                "drover.dr.routing.before.apply.command.run=touch /tmp/patience-on",
                "drover.dr.routing.before.undo.command.address=127.10.0.4",
                "drover.dr.routing.before.undo.command.run=touch /tmp/patience-off",
                "drover.dr.routing.after.apply.http.url=" + url + "/site/dr",
                "drover.dr.routing.after.undo.http.url=" + url + "/site/prod"));
    Execution run = lab.run("dr-replication", DrReplicationTest.inputs(30));
    assertThat(run.outcome()).as(lab.story(run.id())).isEqualTo(Outcome.SUCCEEDED);
  }

  @AfterAll
  static void stop() {
    lab.close();
    router.stop(0);
  }

  @AfterEach
  void asBefore() {
    lab.world().noFaults();
    for (String vm : List.of("web-1", "web-2", "db-4", "db-8")) {
      lab.world().change(extId(vm), "behaviour", "healthy");
    }
    ROUTED.clear();
  }

  private static JsonNode there(String central, String name) {
    for (JsonNode vm : lab.world().world().path("vms")) {
      if (vm.path("central").asText().equals(central) && vm.path("name").asText().contains(name)) {
        return vm;
      }
    }
    throw new AssertionError("There is no VM " + name + " at " + central);
  }

  private static String extId(String name) {
    return there("production", name).path("extId").asText();
  }

  private static List<JsonNode> atTarget(String name) {
    List<JsonNode> vms = new ArrayList<>();
    for (JsonNode vm : lab.world().world().path("vms")) {
      if (vm.path("central").asText().equals("dr") && vm.path("name").asText().contains(name)) {
        vms.add(vm);
      }
    }
    return vms;
  }

  private static ObjectNode inputs(String mode) {
    ObjectNode inputs = lab.window();
    ObjectNode check = (ObjectNode) inputs.get("healthCheck");
    inputs.removeAll();
    inputs.put("system", "prod").put("target", "dr").put("mode", mode);
    ArrayNode stages = inputs.putArray("stages");
    stages.addObject().put("name", "databases").putArray("vms").add("db-4").add(extId("db-8"));
    ObjectNode web = stages.addObject().put("name", "web");
    web.putArray("vms").add(extId("web-1"));
    web.set("healthCheck", check.put("timeoutSeconds", 2));
    if (mode.equals("drill")) {
      inputs.put("network", TEST_NETWORK);
    } else {
      inputs.put("sourceVms", "power-off");
    }
    return inputs;
  }

  @Test
  void aDrillStartsTheVmsOnTheTestNetworkAndLeavesNothing() {
    int before = atTarget("").size();
    String id = lab.begin("dr-drill", inputs("drill"));
    lab.answer(id, "dr-drill", true);
    lab.answer(id, "dr-drill-result", true);
    Execution run = lab.end(id);
    assertThat(run.outcome()).as(lab.story(id)).isEqualTo(Outcome.SUCCEEDED);
    assertThat(run.reason()).contains("validated by anna", "are deleted");
    assertThat(atTarget("")).hasSize(before);
    List<JsonNode> restored =
        lab.world().log().stream()
            .filter(event -> event.event().equals("restored") && event.vmName().contains(id))
            .map(event -> event.line())
            .toList();
    assertThat(restored).hasSize(3);
    assertThat(restored).allMatch(vm -> vm.path("subnet").asText().equals(TEST_NETWORK));
    assertThat(there("production", "db-4").path("power").asText()).isEqualTo("ON");
    assertThat(lab.json(String.valueOf(run.result())).toString())
        .contains("recoveryTimeSeconds", "databases");
    assertThat(ROUTED).isEmpty();
  }

  @Test
  void aStageThatIsNotHealthyIsTheLastAndWhatWasMadeIsDeleted() {
    int before = atTarget("").size();
    lab.world().change(extId("db-8"), "behaviour", "unhealthyWhenRestored");
    ObjectNode inputs = inputs("drill");
    ((ObjectNode) inputs.path("stages").get(0))
        .set("healthCheck", inputs.path("stages").get(1).get("healthCheck"));
    String id = lab.begin("dr-drill", inputs);
    lab.answer(id, "dr-drill", true);
    Execution run = lab.end(id);
    assertThat(run.outcome()).as(lab.story(id)).isEqualTo(Outcome.ROLLED_BACK);
    assertThat(run.reason()).contains("Stage databases", "1 of 2 VMs", "are deleted");
    assertThat(atTarget("")).hasSize(before);
    assertThat(lab.world().log())
        .noneMatch(
            event ->
                event.event().equals("restored")
                    && event.vmName().contains(id)
                    && event.vmName().contains("web-1"));
  }

  @Test
  void keepsWhatWasMadeWhenToldTo() {
    int before = atTarget("").size();
    lab.world().change(extId("web-1"), "behaviour", "unhealthyWhenRestored");
    ObjectNode inputs = inputs("drill").put("keepOnFailure", true);
    String id = lab.begin("dr-drill", inputs);
    lab.answer(id, "dr-drill", true);
    Execution run = lab.end(id);
    assertThat(run.outcome()).as(lab.story(id)).isEqualTo(Outcome.FAILED_CHANGED);
    assertThat(run.reason()).contains("are kept");
    assertThat(atTarget("")).hasSize(before + 3);
    atTarget(id).forEach(vm -> lab.world().delete(vm.path("extId").asText()));
  }

  @Test
  void doesNotPowerOnAVmThatIsConnectedElsewhere() {
    try (Lab other =
        Lab.withDr(
            4, List.of("drover.dr.test-networks.dr=" + TEST_NETWORK), "--restore-nics=captured")) {
      other.run("dr-replication", DrReplicationTest.inputs(30));
      ObjectNode inputs = inputs("drill");
      inputs.putArray("stages").addObject().put("name", "one").putArray("vms").add("web-1");
      String id = other.begin("dr-drill", inputs);
      other.answer(id, "dr-drill", true);
      Execution run = other.end(id);
      assertThat(run.outcome()).as(other.story(id)).isEqualTo(Outcome.ROLLED_BACK);
      assertThat(run.reason()).contains("not to " + TEST_NETWORK);
      assertThat(other.world().log())
          .noneMatch(e -> e.event().equals("powered-on") && e.vmName().contains(id));
    }
  }

  @Test
  void doesNotTakeProductionsAnswerForTheCopys() {
    try (Lab other =
        Lab.withDr(
            4,
            List.of("drover.dr.test-networks.dr=" + TEST_NETWORK),
            "--restored-address=captured")) {
      other.run("dr-replication", DrReplicationTest.inputs(30));
      ObjectNode inputs = inputs("drill");
      JsonNode check = inputs.path("stages").get(1).path("healthCheck");
      ObjectNode stage = inputs.putArray("stages").addObject().put("name", "one");
      stage.putArray("vms").add("web-1");
      stage.set("healthCheck", check);
      String id = other.begin("dr-drill", inputs);
      other.answer(id, "dr-drill", true);
      Execution run = other.end(id);
      assertThat(run.outcome()).as(other.story(id)).isEqualTo(Outcome.ROLLED_BACK);
      assertThat(run.reason()).contains("which is production's");
    }
  }

  @Test
  void aRejectedDrillMakesNothing() {
    String id = lab.begin("dr-drill", inputs("drill"));
    lab.answer(id, "dr-drill", false);
    Execution run = lab.end(id);
    assertThat(run.outcome()).as(lab.story(id)).isEqualTo(Outcome.REJECTED);
    assertThat(atTarget(id)).isEmpty();
  }

  @Test
  void whatTheValidatorsRejectIsDeletedAllTheSame() {
    String id = lab.begin("dr-drill", inputs("drill"));
    lab.answer(id, "dr-drill", true);
    lab.answer(id, "dr-drill-result", false);
    Execution run = lab.end(id);
    assertThat(run.outcome()).as(lab.story(id)).isEqualTo(Outcome.REJECTED);
    assertThat(run.reason()).contains("rejected by anna", "are deleted");
    assertThat(atTarget(id)).isEmpty();
  }

  @Test
  void aDrillNeedsAnIsolatedNetwork() {
    ObjectNode inputs = inputs("drill");
    inputs.put("network", "0d000000-0000-4000-8000-000000000001");
    InvalidInput wrong =
        catchThrowableOfType(InvalidInput.class, () -> lab.begin("dr-drill", inputs));
    assertThat(wrong).hasMessageContaining("network").hasMessageContaining("isolated");
    ObjectNode none = inputs("drill");
    none.remove("network");
    assertThat(catchThrowableOfType(InvalidInput.class, () -> lab.begin("dr-drill", none)))
        .hasMessageContaining("(missing)");
  }

  @Test
  void aFailoverThatFailsIsTakenBack() {
    lab.world().change(extId("web-1"), "behaviour", "unhealthyWhenRestored");
    int before = atTarget("").size();
    String id = lab.begin("dr-drill", inputs("failover"));
    lab.answer(id, "dr-failover", true);
    Execution run = lab.end(id);
    assertThat(run.outcome()).as(lab.story(id)).isEqualTo(Outcome.ROLLED_BACK);
    assertThat(ROUTED).containsExactly("PUT /site/prod");
    assertThat(lab.world().file("web-3", "/tmp/patience-on")).isNotNull();
    assertThat(lab.world().file("web-3", "/tmp/patience-off")).isNotNull();
    assertThat(atTarget("")).hasSize(before);
    for (String vm : List.of("db-4", "db-8", "web-1")) {
      assertThat(there("production", vm).path("power").asText()).as(vm).isEqualTo("ON");
    }
  }

  @Test
  void failsOverForRealAndBack() {
    String id = lab.begin("dr-drill", inputs("failover"));
    lab.answer(id, "dr-failover", true);
    Execution over = lab.end(id);
    assertThat(over.outcome()).as(lab.story(id)).isEqualTo(Outcome.SUCCEEDED);
    assertThat(ROUTED).containsExactly("PUT /site/dr");
    for (String vm : List.of("db-4", "db-8", "web-1")) {
      assertThat(there("production", vm).path("power").asText()).as(vm).isEqualTo("OFF");
      assertThat(atTarget(vm)).anyMatch(now -> now.path("power").asText().equals("ON"));
    }
    ROUTED.clear();
    ObjectNode back = lab.window();
    back.removeAll();
    back.put("execution", id).put("deleteCopies", true);

    // The source does not come up: the other side serves again.
    lab.world().fault("task-failed", "vm", extId("db-8"), "path", ".*power-on", "count", 1);
    String first = lab.begin("dr-fail-back", back);
    lab.answer(first, "dr-fail-back", true);
    Execution failed = lab.end(first);
    assertThat(failed.outcome()).as(lab.story(first)).isEqualTo(Outcome.ROLLED_BACK);
    for (String vm : List.of("db-4", "db-8", "web-1")) {
      assertThat(there("production", vm).path("power").asText()).as(vm).isEqualTo("OFF");
      assertThat(atTarget(vm)).anyMatch(now -> now.path("power").asText().equals("ON"));
    }
    ROUTED.clear();

    String second = lab.begin("dr-fail-back", back);
    lab.answer(second, "dr-fail-back", true);
    Execution done = lab.end(second);
    assertThat(done.outcome()).as(lab.story(second)).isEqualTo(Outcome.SUCCEEDED);
    assertThat(ROUTED).containsExactly("PUT /site/prod");
    for (String vm : List.of("db-4", "db-8", "web-1")) {
      assertThat(there("production", vm).path("power").asText()).as(vm).isEqualTo("ON");
    }
    assertThat(atTarget("db-8")).isEmpty();
  }

  @Test
  void nobodyStartsItsPartsWithoutItsApproval() {
    ObjectNode stop = lab.window();
    stop.removeAll();
    stop.put("system", "prod").put("extId", extId("web-3")).put("name", "web-3");
    for (String part : List.of("dr-stop-vm", "dr-start-vm")) {
      assertThat(catchThrowableOfType(Operations.NotPossible.class, () -> lab.begin(part, stop)))
          .hasMessageContaining("by other runbooks only");
    }
    assertThat(there("production", "web-3").path("power").asText()).isEqualTo("ON");
  }

  @Test
  void deletesNothingThatItDidNotMake() {
    String other = lab.world().create("drill-of-somebody-else", "apt");
    String id = lab.begin("dr-drill", inputs("drill"));
    lab.answer(id, "dr-drill", true);
    ObjectNode remove = lab.window();
    remove.removeAll();
    remove.put("system", "prod").put("extId", other).put("name", "drill-of-somebody-else");
    Execution refused = lab.run("dr-remove-vm", remove);
    assertThat(refused.outcome()).as(lab.story(refused.id())).isEqualTo(Outcome.FAILED_UNCHANGED);
    assertThat(refused.reason()).contains("not made by this execution");
    lab.answer(id, "dr-drill-result", true);
    lab.end(id);
    assertThat(lab.world().vm(other).name()).isEqualTo("drill-of-somebody-else");
  }
}
