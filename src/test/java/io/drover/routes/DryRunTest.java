package io.drover.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.approval.ApprovalRequest;
import io.drover.approval.Approvals;
import io.drover.execution.Execution;
import io.drover.execution.Operations;
import io.drover.execution.Outbox;
import io.drover.execution.Outcome;
import io.drover.execution.Plan;
import io.drover.execution.Runbooks;
import io.drover.execution.Trigger;
import io.drover.execution.VmLocks;
import io.drover.testing.Lab;
import io.drover.testing.SimulatorClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every shipped runbook says what it would do, and the world does not notice. */
class DryRunTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<Outcome> HARMLESS =
      Set.of(Outcome.SUCCEEDED, Outcome.SKIPPED, Outcome.FAILED_UNCHANGED);
  private static Lab lab;
  private static Execution patched;
  private static Execution failedOver;

  @BeforeAll
  static void start() {
    lab =
        Lab.withDr(
            8,
            List.of("drover.dr.test-networks.dr=" + DrDrillTest.TEST_NETWORK),
            "--source-vms=12",
            "--move-copy-time=50ms");
    Execution window = lab.run("patch-window", lab.window(vm("web-1")));
    patched = lab.executions().children(window.id()).get(0);
    Execution copied = lab.run("dr-replication", DrReplicationTest.inputs(30));
    assertThat(copied.outcome()).as(lab.story(copied.id())).isEqualTo(Outcome.SUCCEEDED);
    String id = lab.begin("dr-drill", drill("failover").put("sourceVms", "power-off"));
    lab.answer(id, "dr-failover", true);
    failedOver = lab.end(id);
    assertThat(failedOver.outcome()).as(lab.story(id)).isEqualTo(Outcome.SUCCEEDED);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static String vm(String name) {
    for (SimulatorClient.Vm vm : lab.world().vms()) {
      if (vm.name().contains(name)) {
        return vm.extId();
      }
    }
    throw new AssertionError("There is no VM " + name);
  }

  private static ObjectNode drill(String mode) {
    ObjectNode inputs = JSON.createObjectNode();
    inputs.put("system", "prod").put("target", "dr").put("mode", mode);
    ArrayNode stages = inputs.putArray("stages");
    stages.addObject().put("name", "databases").putArray("vms").add("db-4");
    return inputs;
  }

  private static Map<String, ObjectNode> inputs() {
    Map<String, ObjectNode> all = new LinkedHashMap<>();
    String web = vm("web-2");
    all.put("patch-window", lab.window(web, vm("db-8")));
    ObjectNode patch = (ObjectNode) lab.json(patched.inputs());
    all.put("patch-vm", patch.deepCopy().put("extId", web).put("name", "web-2"));
    String point = lab.world().recoveryPoints(vm("web-1")).get(0);
    ObjectNode back = JSON.createObjectNode().put("system", "prod").put("extId", vm("web-1"));
    back.put("recoveryPoint", point).set("patch", patch);
    all.put("go-back-vm", back);
    ObjectNode roll = patch.deepCopy();
    roll.put("address", "127.10.0.2");
    roll.putObject("recoveryPoint").put("recoveryPoint", point).put("vmRecoveryPoint", point);
    all.put("roll-back-vm", roll);
    ObjectNode named = JSON.createObjectNode().put("system", "prod");
    all.put("delete-recovery-point", named.deepCopy().put("extId", point).put("name", "drover-x"));
    all.put("dr-replication", DrReplicationTest.inputs(30));
    all.put("dr-verify", JSON.createObjectNode().put("target", "dr").put("vm", vm("web-1")));
    all.put("dr-drill", drill("drill").put("network", DrDrillTest.TEST_NETWORK));
    all.put("dr-remove-vm", named.deepCopy().put("extId", web).put("name", "web-2"));
    all.put("dr-fail-back", JSON.createObjectNode().put("execution", failedOver.id()));
    all.put("recovery-point-housekeeping", JSON.createObjectNode().put("delete", true));
    all.put("migration-wave", MigrationWaveTest.inputs(lab, 1));
    all.put("chargeback", JSON.createObjectNode().put("system", "prod"));
    all.put("cmdb-drift", JSON.createObjectNode().put("system", "prod").put("incident", true));
    return all;
  }

  private static Execution dryRun(String runbook, ObjectNode inputs) {
    return lab.end(
        lab.bean(Runbooks.class)
            .start(
                new Runbooks.Start(
                    runbook,
                    inputs.toString(),
                    "olga",
                    new Trigger(Trigger.Kind.DRY_RUN, "test"),
                    null,
                    null,
                    null))
            .execution()
            .id());
  }

  @Test
  void noShippedRunbookChangesAnythingInADryRun() {
    Set<String> shipped = new TreeSet<>();
    lab.bean(Runbooks.class).list().forEach(runbook -> shipped.add(runbook.name()));
    Map<String, ObjectNode> inputs = inputs();
    shipped.removeIf(name -> internal(name));
    assertThat(inputs.keySet()).containsAll(shipped);
    // What the real ones before had to tell is told.
    await().until(() -> lab.bean(Outbox.class).waiting() == 0);
    int messages = lab.world().messages().size();
    int pages = lab.world().pages().size();
    int changes = 0;
    StringBuilder told = new StringBuilder();
    for (Map.Entry<String, ObjectNode> one : inputs.entrySet()) {
      long last = lab.world().log().stream().mapToLong(e -> e.seq()).max().orElse(0);
      Execution run = dryRun(one.getKey(), one.getValue());
      List<?> after = lab.world().log(last);
      Plan plan = Plan.of(run.id(), lab.executions());
      long recorded = plan.actions().stream().filter(a -> a.state().equals("RECORDED")).count();
      told.append(
          String.format(
              " %s %s %d+%d;",
              one.getKey(), run.outcome(), recorded, plan.actions().size() - recorded));
      assertThat(run.outcome()).as(lab.story(run.id())).isIn(HARMLESS);
      changes += after.size();
    }
    System.out.printf(
        "DRY RUN MATRIX: runbooks %d, requests that change something %d;%s%n",
        inputs.size(), changes, told);
    assertThat(changes).isZero();
    assertThat(lab.world().messages()).hasSize(messages);
    assertThat(lab.world().pages()).hasSize(pages);
    assertThat(lab.bean(VmLocks.class).all()).isEmpty();
    assertThat(lab.bean(Approvals.class).list(ApprovalRequest.State.OPEN, 10)).isEmpty();
  }

  @Test
  void aPlanSaysWhatWouldBeSentAndCanBeStarted() {
    Execution run = dryRun("patch-vm", java.util.Objects.requireNonNull(inputs().get("patch-vm")));
    Plan plan = Plan.of(run.id(), lab.executions());
    assertThat(run.outcome()).isEqualTo(Outcome.SKIPPED);
    assertThat(plan.complete()).isTrue();
    Plan.Action first = plan.actions().get(0);
    assertThat(first.state()).isEqualTo("RECORDED");
    assertThat(first.vm()).isEqualTo("web-2");
    assertThat(first.vmExtId()).isEqualTo(vm("web-2"));
    assertThat(first.request())
        .startsWith("POST dataprotection/config/recovery-points {")
        .contains(vm("web-2"));
    assertThat(plan.actions().stream().filter(a -> a.request().contains(": wait: "))).isNotEmpty();
    assertThat(plan.actions().stream().filter(a -> a.kind().equals("prism-revert-vm-action")))
        .allMatch(a -> a.request().startsWith("if it fails"))
        .isNotEmpty();
    assertThat(plan.actions()).noneMatch(a -> a.request().contains("{{"));
    assertThatThrownBy(() -> lab.operations().rerun(run.id(), "olga", null))
        .isInstanceOf(Operations.NotPossible.class);
    assertThatThrownBy(() -> Plan.of(patched.id(), lab.executions()))
        .isInstanceOf(Operations.NotPossible.class);
  }

  private static boolean internal(String name) {
    return name.startsWith("wave-") || name.matches("dr-(restore|stop|start)-vm|dr-protect-group");
  }
}
