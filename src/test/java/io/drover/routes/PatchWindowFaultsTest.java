package io.drover.routes;

import static io.drover.execution.ExecutionState.ENDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.Hold;
import io.drover.execution.Outbox;
import io.drover.execution.Outcome;
import io.drover.execution.VmLocks;
import io.drover.testing.Lab;
import io.drover.testing.SimulatorClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What goes wrong around one VM, and around a window. */
class PatchWindowFaultsTest {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static Lab lab;
  private static final Set<String> used = new HashSet<>();
  private static final Map<String, SimulatorClient.Vm> vmOf = new HashMap<>();
  private static Execution window;

  /** Something that goes wrong with a VM, and how the VM has to end. */
  record Fault(String what, Consumer<String> make, Outcome outcome) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Consumer<String> fault(String kind, Object... pairs) {
    return vm -> {
      List<Object> all = new ArrayList<>(List.of(pairs));
      all.addAll(List.of("vm", vm));
      lab.world().fault(kind, all.toArray());
    };
  }

  private static Consumer<String> behaves(String behaviour) {
    return change("behaviour", behaviour);
  }

  private static Consumer<String> change(String property, Object value) {
    return vm -> lab.world().change(vm, property, value);
  }

  static Stream<Fault> faults() {
    String create = ".*/recovery-points";
    String revert = ".*revert.*";
    return Stream.of(
        new Fault(
            "the answer to the recovery point is lost",
            fault("answer-lost", "method", "POST", "path", create),
            Outcome.SUCCEEDED),
        new Fault(
            "the recovery point's task fails",
            fault("task-failed", "path", create),
            Outcome.FAILED_UNCHANGED),
        new Fault(
            "the recovery point's task fails in a sub-task",
            fault("task-failed-in-subtask", "path", create),
            Outcome.FAILED_UNCHANGED),
        new Fault(
            "the recovery point's task is canceled",
            fault("task-canceled", "path", create),
            Outcome.FAILED_UNCHANGED),
        new Fault(
            "the recovery point's task is stuck",
            fault("task-stuck", "path", create),
            Outcome.FAILED_UNCHANGED),
        new Fault(
            "Prism is busy (503)", fault("status", "status", 503, "count", 2), Outcome.SUCCEEDED),
        new Fault(
            "Prism asks for patience (429)",
            fault("status", "status", 429, "retryAfter", 1, "count", 3),
            Outcome.SUCCEEDED),
        new Fault(
            "Prism hangs up before it looked",
            fault("cut-before", "method", "POST", "count", 2),
            Outcome.SUCCEEDED),
        new Fault(
            "credentials are refused once (401)",
            fault("status", "status", 401, "after", 1),
            Outcome.SUCCEEDED),
        new Fault(
            "the answer to the revert is lost",
            behaves("unhealthyAfterPatch").andThen(fault("answer-lost", "path", revert)),
            Outcome.ROLLED_BACK),
        new Fault(
            "the ETag is stale at the revert",
            behaves("unhealthyAfterPatch").andThen(fault("task-etag-mismatch", "path", revert)),
            Outcome.ROLLED_BACK),
        new Fault(
            "the revert fails",
            behaves("unhealthyAfterPatch").andThen(fault("task-failed", "path", revert)),
            Outcome.ROLLBACK_UNPROVEN),
        new Fault(
            "the revert is stuck",
            behaves("unhealthyAfterPatch").andThen(fault("task-stuck", "path", revert)),
            Outcome.ROLLBACK_UNPROVEN),
        new Fault(
            "the revert succeeds and the VM stays red",
            behaves("unhealthyEvenAfterRevert"),
            Outcome.ROLLBACK_UNPROVEN),
        new Fault(
            "SSH drops as the update starts",
            fault("ssh-drop", "path", "(?s).*systemd-run.*"),
            Outcome.SUCCEEDED),
        new Fault(
            "SSH drops in the middle of the update",
            fault("ssh-drop", "path", "(?s).*is-active.*", "count", 2),
            Outcome.SUCCEEDED),
        new Fault("the update fails", behaves("updateFails"), Outcome.ROLLED_BACK),
        new Fault("the update hangs", behaves("updateHangs"), Outcome.ROLLED_BACK),
        new Fault("the VM does not come back", behaves("neverComesBack"), Outcome.ROLLED_BACK),
        new Fault(
            "the VM does not come back, not even reverted",
            behaves("neverComesBackAtAll"),
            Outcome.ROLLBACK_UNPROVEN),
        new Fault(
            "the VM is red every other time", behaves("flappingAfterPatch"), Outcome.ROLLED_BACK),
        new Fault("there is nothing to update", change("pendingUpdates", 0), Outcome.SKIPPED),
        new Fault("the VM has a volume group", change("volumeGroup", true), Outcome.SKIPPED),
        new Fault("the VM is off", change("power", "OFF"), Outcome.SKIPPED),
        new Fault("the VM is not healthy before", change("broken", true), Outcome.FAILED_UNCHANGED),
        new Fault(
            "the VM's name is hostile",
            change("name", "<!channel> '; $(reboot) \uD83D\uDC04 <script>"),
            Outcome.SUCCEEDED));
  }

  /** All of them at once, each with a VM of its own. */
  @BeforeAll
  static void start() {
    lab =
        Lab.with(
            120,
            List.of(
                "drover.systems.prism.prod.calls.patience=4s",
                "drover.patch.recovery-point-timeout=PT15S"));
    List<String> vms = new ArrayList<>();
    faults()
        .forEach(
            fault -> {
              SimulatorClient.Vm vm = fresh();
              vmOf.put(fault.what(), vm);
              fault.make().accept(vm.extId());
              vms.add(vm.extId());
            });
    ObjectNode inputs = lab.window(vms.toArray(new String[0]));
    inputs.put("concurrency", vms.size());
    window = lab.end(lab.begin("patch-window", inputs), Duration.ofSeconds(120));
    lab.world().noFaults();
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static SimulatorClient.Vm fresh() {
    SimulatorClient.Vm vm =
        lab.world().vms().stream().filter(v -> !used.contains(v.extId())).findFirst().orElseThrow();
    used.add(vm.extId());
    return vm;
  }

  @ParameterizedTest
  @MethodSource("faults")
  void endsWellOrPutBackOrWithAPage(Fault fault) {
    SimulatorClient.Vm before = java.util.Objects.requireNonNull(vmOf.get(fault.what()));
    Execution child = lab.child(window.id(), before.extId());
    String story = lab.story(child.id());
    assertThat(child.outcome()).as(story).isEqualTo(fault.outcome());
    SimulatorClient.Vm now = lab.world().vm(before.extId());
    assertThat(now.updates()).as(story).isLessThanOrEqualTo(1);
    assertThat(lab.world().recoveryPoints(before.extId())).as(story).hasSizeLessThanOrEqualTo(1);
    assertThat(lab.world().count("reverted", before.extId())).as(story).isLessThanOrEqualTo(1);
    switch (fault.outcome()) {
      case SUCCEEDED -> {
        assertThat(now.release()).as(story).isEqualTo(before.release() + 1);
        assertThat(now.healthy()).as(story).isTrue();
      }
      case ROLLED_BACK -> {
        assertThat(now.release()).as(story).isEqualTo(before.release());
        assertThat(now.healthy() && now.power().equals("ON") && !now.halfInstalled())
            .as(story)
            .isTrue();
        await().atMost(SOON).until(() -> lab.paged().contains("drover/" + child.id()));
      }
      case ROLLBACK_UNPROVEN -> {
        await().atMost(SOON).until(() -> lab.paged().contains("drover/" + child.id()));
        assertThat(lab.bean(VmLocks.class).all().stream().map(VmLocks.Held::execution))
            .contains(child.id());
        assertThat(lab.effects(child.id())).contains("set-recovery-point-expiration");
      }
      default -> {
        assertThat(now.release()).as(story).isEqualTo(before.release());
        assertThat(now.boots()).as(story).isEqualTo(lab.world().vm(before.extId()).boots());
        assertThat(now.updates()).as(story).isZero();
      }
    }
  }

  @Test
  void noNameReachesSlackAsACommand() {
    await().atMost(SOON).until(() -> lab.world().messages().size() >= 2);
    for (JsonNode message : lab.world().messages()) {
      assertThat(message.path("body").asText()).doesNotContain("<!channel>", "<script>");
    }
  }

  @Test
  void aDeletedVmIsNeverASuccessAndPages() {
    SimulatorClient.Vm vm = fresh();
    lab.world().change(vm.extId(), "behaviour", "updateHangs");
    String id = lab.begin("patch-window", lab.window(vm.extId()));
    await().atMost(SOON).until(() -> lab.world().count("update-started", vm.extId()) == 1);
    lab.world().change(vm.extId(), "delete", true);
    lab.end(id);
    Execution child = lab.child(id, vm.extId());
    assertThat(child.outcome()).as(lab.story(id)).isEqualTo(Outcome.ROLLBACK_UNPROVEN);
    await().atMost(SOON).until(() -> lab.paged().contains("drover/" + child.id()));
  }

  @Test
  void aHostKeyThatChangesMidRunIsNotTalkedTo() {
    SimulatorClient.Vm vm = fresh();
    lab.world().change(vm.extId(), "behaviour", "updateHangs");
    String id = lab.begin("patch-window", lab.window(vm.extId()));
    await().atMost(SOON).until(() -> lab.world().count("update-started", vm.extId()) == 1);
    lab.world().change(vm.extId(), "hostKeyVersion", 2);
    lab.end(id);
    Execution child = lab.child(id, vm.extId());
    assertThat(child.outcome()).as(lab.story(id)).isEqualTo(Outcome.ROLLBACK_UNPROVEN);
    assertThat(lab.story(id)).contains("host-key-changed");
  }

  @Test
  void aCanaryThatEndsBadlyStopsTheWindow() {
    List<String> vms = List.of(fresh().extId(), fresh().extId(), fresh().extId());
    lab.world().change(vms.get(0), "behaviour", "unhealthyAfterPatch");
    Execution ended =
        lab.run("patch-window", lab.window(vms.toArray(new String[0])).put("canaries", 1));
    assertThat(lab.outcomes(ended.id())).as(lab.story(ended.id())).containsOnlyKeys(vms.get(0));
    assertThat(lab.json(String.valueOf(ended.result())).path("counts").path("SKIPPED").asInt())
        .isEqualTo(2);
    // The retry takes exactly those that failed or never began.
    lab.world().change(vms.get(0), "behaviour", "healthy");
    Execution again = lab.end(lab.operations().retry(ended.id(), "olga").id());
    assertThat(lab.outcomes(again.id())).containsOnlyKeys(vms);
    assertThat(again.outcome()).as(lab.story(again.id())).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void theErrorBudgetStopsTheWindow() {
    List<String> vms = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      vms.add(fresh().extId());
      lab.world().change(vms.get(i), "behaviour", "updateFails");
    }
    ObjectNode inputs = lab.window(vms.toArray(new String[0])).put("concurrency", 1);
    inputs.putObject("errorBudget").put("count", 1);
    Execution ended = lab.run("patch-window", inputs);
    assertThat(lab.outcomes(ended.id())).as(lab.story(ended.id())).hasSize(2);
    assertThat(ended.outcome()).isEqualTo(Outcome.ROLLED_BACK);
  }

  @Test
  void aWrongSelectionStartsNothingAndNamesTheField() {
    record Case(ObjectNode inputs, String named) {}
    ObjectNode unknown = lab.window();
    unknown.putArray("categories").add("Environment:Nowhere");
    ObjectNode empty = lab.window();
    empty.putArray("vms").add("nobody");
    ObjectNode many = lab.window();
    many.putArray("categories").add("Environment:Production");
    many.put("maxVms", 3);
    ObjectNode past = lab.window(fresh().extId()).put("windowEnd", "2020-01-01T00:00:00Z");
    ObjectNode elsewhere = lab.window("web-1").put("system", "nowhere");
    for (Case c :
        List.of(
            new Case(unknown, "Environment:Nowhere"),
            new Case(empty, "vms: nobody"),
            new Case(many, "maxVms: 3"),
            new Case(past, "windowEnd"),
            new Case(elsewhere, "nowhere"))) {
      Execution ended = lab.run("patch-window", c.inputs());
      assertThat(ended.outcome()).as(lab.story(ended.id())).isEqualTo(Outcome.FAILED_UNCHANGED);
      assertThat(ended.reason()).contains(c.named());
      assertThat(lab.executions().children(ended.id())).isEmpty();
    }
  }

  @Test
  void twoVmsOfOneNameAreToldApart() {
    SimulatorClient.Vm one = fresh();
    SimulatorClient.Vm other = fresh();
    lab.world().change(one.extId(), "name", "twin");
    lab.world().change(other.extId(), "name", "twin");
    Execution refused = lab.run("patch-window", lab.window("twin"));
    assertThat(refused.reason()).contains(one.extId(), other.extId());
    Execution both = lab.run("patch-window", lab.window(one.extId(), other.extId()));
    assertThat(both.outcome()).as(lab.story(both.id())).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void guestToolsDecideWhatMayBeAskedFor() {
    SimulatorClient.Vm vm = fresh();
    lab.world().change(vm.extId(), "guestTools", false);
    ObjectNode strict = lab.window(vm.extId());
    strict.putObject("consistency").put("default", "APPLICATION_CONSISTENT");
    Execution skipped = lab.run("patch-window", strict);
    assertThat(lab.outcomes(skipped.id())).containsEntry(vm.extId(), Outcome.SKIPPED);
    ObjectNode lenient = strict.deepCopy();
    ((ObjectNode) lenient.path("consistency")).put("degrade", true);
    Execution done = lab.run("patch-window", lenient);
    assertThat(done.outcome()).as(lab.story(done.id())).isEqualTo(Outcome.SUCCEEDED);
    assertThat(lab.executions().steps(lab.child(done.id(), vm.extId()).id()))
        .anyMatch(step -> String.valueOf(step.outcome()).contains("crash-consistent instead"));
  }

  @Test
  void holdStopsNewMutationsWhileARollbackGoesOn() {
    SimulatorClient.Vm sick = fresh();
    SimulatorClient.Vm well = fresh();
    lab.world().change(sick.extId(), "behaviour", "updateHangs");
    String rollback = lab.begin("patch-window", lab.window(sick.extId()));
    await().atMost(SOON).until(() -> lab.world().count("update-started", sick.extId()) == 1);
    Hold hold = lab.bean(Hold.class);
    hold.turn(true, "olga", "storage is being looked at");
    try {
      String held = lab.begin("patch-window", lab.window(well.extId()));
      Execution ended = lab.end(rollback);
      assertThat(lab.outcomes(ended.id())).containsEntry(sick.extId(), Outcome.ROLLED_BACK);
      assertThat(lab.world().recoveryPoints(well.extId())).isEmpty();
      hold.turn(false, "olga", "it is fine");
      assertThat(lab.end(held).outcome()).as(lab.story(held)).isEqualTo(Outcome.SUCCEEDED);
    } finally {
      hold.turn(false, "olga", "the test is over");
    }
  }

  @Test
  void cancelLetsThoseInFlightFinishAndHaltDoesNot() {
    List<String> vms = List.of(fresh().extId(), fresh().extId());
    String id =
        lab.begin("patch-window", lab.window(vms.toArray(new String[0])).put("concurrency", 1));
    await().atMost(SOON).until(() -> lab.world().count("update-started", vms.get(0)) == 1);
    lab.operations().cancel(id, "olga");
    lab.end(id);
    assertThat(lab.outcomes(id)).containsExactly(Map.entry(vms.get(0), Outcome.SUCCEEDED));

    SimulatorClient.Vm hanging = fresh();
    lab.world().change(hanging.extId(), "behaviour", "updateHangs");
    String halted = lab.begin("patch-window", lab.window(hanging.extId()));
    await().atMost(SOON).until(() -> lab.world().count("update-started", hanging.extId()) == 1);
    lab.operations().halt(halted, "olga");
    lab.end(halted);
    Execution child = lab.child(halted, hanging.extId());
    assertThat(child.outcome()).as(lab.story(halted)).isEqualTo(Outcome.NEEDS_HUMAN);
    assertThat(child.reason()).contains("apply-updates");
    assertThat(lab.operations().resolve(child.id(), "olga", "looked at it").resolution())
        .contains("looked at it");
  }

  @Test
  void slackAndPagerDownChangeNothingAndAreCaughtUpWith() {
    SimulatorClient.Vm vm = fresh();
    lab.world().change(vm.extId(), "behaviour", "unhealthyAfterPatch");
    lab.world().fault("away", "system", "slack", "count", -1);
    lab.world().fault("away", "system", "pager", "count", -1);
    try {
      Execution ended = lab.run("patch-window", lab.window(vm.extId()));
      Execution child = lab.child(ended.id(), vm.extId());
      assertThat(child.outcome()).isEqualTo(Outcome.ROLLED_BACK);
      assertThat(lab.paged()).doesNotContain("drover/" + child.id());
      assertThat(lab.bean(Outbox.class).waiting()).isPositive();
      lab.world().noFaults();
      await().atMost(SOON).until(() -> lab.paged().contains("drover/" + child.id()));
      await().atMost(SOON).until(() -> lab.bean(Outbox.class).waiting() == 0);
    } finally {
      lab.world().noFaults();
    }
  }

  @Test
  void prismAwayInTheMiddleOfAPollIsWaitedFor() {
    SimulatorClient.Vm vm = fresh();
    String id = lab.begin("patch-window", lab.window(vm.extId()));
    await().atMost(SOON).until(() -> lab.executions().child(id, vm.extId()).isPresent());
    lab.world().fault("cut-before", "path", ".*/tasks.*", "count", -1);
    String child = lab.child(id, vm.extId()).id();
    await().atMost(SOON).until(() -> accepted(child));
    // A call is tried for 4 s in all here: nothing but the wait for the task outlives this.
    await().pollDelay(Duration.ofMillis(4_500)).until(() -> !lab.find(id).state().equals(ENDED));
    assertThat(accepted(child)).as("still waiting for its task").isTrue();
    lab.world().noFaults();
    assertThat(lab.end(id).outcome()).as(lab.story(id)).isEqualTo(Outcome.SUCCEEDED);
    assertThat(lab.world().recoveryPoints(vm.extId())).hasSize(1);
  }

  private static boolean accepted(String execution) {
    return lab.executions().effects(execution).stream()
        .anyMatch(effect -> effect.state() == Effect.State.ACCEPTED);
  }

  @Test
  void anOldRecoveryPointIsNotRevertedTo() {
    SimulatorClient.Vm vm = fresh();
    lab.world().change(vm.extId(), "behaviour", "updateHangs");
    String id = lab.begin("patch-window", lab.window(vm.extId()).put("rollbackWindowMinutes", 1));
    await().atMost(SOON).until(() -> lab.world().count("update-started", vm.extId()) == 1);
    // As if Drover had been away for so long.
    lab.bean(JdbcClient.class)
        .sql(
            "UPDATE effect SET journaled_at = DATEADD(MINUTE, -2, journaled_at) WHERE execution = ?")
        .param(lab.child(id, vm.extId()).id())
        .update();
    lab.end(id);
    Execution child = lab.child(id, vm.extId());
    assertThat(child.outcome()).as(lab.story(id)).isEqualTo(Outcome.NEEDS_HUMAN);
    assertThat(lab.world().count("reverted", vm.extId())).isZero();
  }
}
