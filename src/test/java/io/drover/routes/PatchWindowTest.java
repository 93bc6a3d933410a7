package io.drover.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Execution;
import io.drover.execution.Outcome;
import io.drover.execution.ServedSystems;
import io.drover.testing.Lab;
import io.drover.testing.SimulatorClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PatchWindowTest {
  private static Lab lab;

  @BeforeAll
  static void start() {
    lab = Lab.withVms(120);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @AfterEach
  void noFaults() {
    lab.world().noFaults();
  }

  /** A VM that no test used before. */
  private static SimulatorClient.Vm fresh() {
    SimulatorClient.Vm vm =
        lab.world().vms().stream().filter(v -> !used.contains(v.extId())).findFirst().orElseThrow();
    used.add(vm.extId());
    return vm;
  }

  private static final java.util.Set<String> used = new java.util.HashSet<>();

  @Test
  void patchesAVmBehindARecoveryPoint() {
    SimulatorClient.Vm vm = fresh();
    Execution window = lab.run("patch-window", lab.window(vm.extId()));
    Execution child = lab.child(window.id(), vm.extId());
    assertThat(window.outcome()).as(lab.story(window.id())).isEqualTo(Outcome.SUCCEEDED);
    assertThat(lab.steps(child.id()))
        .containsExactly(
            "lock-vm",
            "check-eligibility",
            "check-updates",
            "check-health-before",
            "read-boot-id",
            "create-recovery-point",
            "write-marker",
            "apply-updates",
            "reboot",
            "check-health");
    SimulatorClient.Vm after = lab.world().vm(vm.extId());
    assertThat(after.release()).isEqualTo(vm.release() + 1);
    assertThat(after.updates()).isEqualTo(1);
    assertThat(after.boots()).isEqualTo(vm.boots() + 1);
    assertThat(lab.world().recoveryPoints(vm.extId())).hasSize(1);
  }

  @Test
  void revertsAVmThatFailsItsHealthCheckAndProvesIt() {
    SimulatorClient.Vm vm = fresh();
    lab.world().change(vm.extId(), "behaviour", "unhealthyAfterPatch");
    Execution window = lab.run("patch-window", lab.window(vm.extId()));
    Execution child = lab.child(window.id(), vm.extId());
    assertThat(child.outcome()).as(lab.story(window.id())).isEqualTo(Outcome.ROLLED_BACK);
    SimulatorClient.Vm after = lab.world().vm(vm.extId());
    assertThat(after.release()).isEqualTo(vm.release());
    assertThat(after.healthy()).isTrue();
    assertThat(after.power()).isEqualTo("ON");
    assertThat(lab.world().count("reverted", vm.extId())).isEqualTo(1);
    await().untilAsserted(() -> assertThat(lab.paged()).contains("drover/" + child.id()));
  }

  @Test
  void leavesAVmAloneThatHasNothingToUpdate() {
    SimulatorClient.Vm vm = fresh();
    lab.world().change(vm.extId(), "pendingUpdates", 0);
    Execution window = lab.run("patch-window", lab.window(vm.extId()));
    assertThat(lab.outcomes(window.id()))
        .as(lab.story(window.id()))
        .containsEntry(vm.extId(), Outcome.SKIPPED);
    assertThat(lab.world().recoveryPoints(vm.extId())).isEmpty();
  }

  @Test
  void keepsAVmLockedWhoseRollbackIsNotProved() {
    SimulatorClient.Vm vm = fresh();
    lab.world().change(vm.extId(), "behaviour", "unhealthyEvenAfterRevert");
    Execution window = lab.run("patch-window", lab.window(vm.extId()));
    Execution child = lab.child(window.id(), vm.extId());
    assertThat(child.outcome()).as(lab.story(window.id())).isEqualTo(Outcome.ROLLBACK_UNPROVEN);
    ObjectNode again = lab.window(vm.extId());
    again.put("whenLocked", "refuse");
    Execution second = lab.run("patch-window", again);
    assertThat(lab.outcomes(second.id())).containsEntry(vm.extId(), Outcome.FAILED_UNCHANGED);
    assertThat(lab.effects(child.id())).contains("set-recovery-point-expiration");
  }

  @Test
  void putsRightWhatARollbackLeftUnprovedWhenAnOperatorAsks() {
    SimulatorClient.Vm vm = fresh();
    lab.world().change(vm.extId(), "behaviour", "unhealthyAfterPatch");
    lab.world().fault("task-failed", "vm", vm.extId(), "path", ".*revert.*", "count", 1);
    Execution window = lab.run("patch-window", lab.window(vm.extId()));
    Execution child = lab.child(window.id(), vm.extId());
    assertThat(child.outcome()).as(lab.story(window.id())).isEqualTo(Outcome.ROLLBACK_UNPROVEN);
    Execution again = lab.end(lab.operations().retryRollback(child.id(), "olga").id());
    assertThat(again.outcome()).as(lab.story(again.id())).isEqualTo(Outcome.ROLLED_BACK);
    assertThat(lab.world().vm(vm.extId()))
        .satisfies(
            now -> {
              assertThat(now.release()).isEqualTo(vm.release());
              assertThat(now.healthy()).isTrue();
              assertThat(now.power()).isEqualTo("ON");
            });
    assertThat(lab.find(child.id()).resolution()).contains(again.id());
    lab.world().change(vm.extId(), "behaviour", "healthy");
    Execution next = lab.run("patch-window", lab.window(vm.extId()));
    assertThat(next.outcome()).as(lab.story(next.id())).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void doesNotTalkToAnotherPrismCentralOfTheSameName() {
    SimulatorClient.Vm vm = fresh();
    ServedSystems served = lab.bean(ServedSystems.class);
    lab.run("patch-window", lab.window(fresh().extId()));
    assertThat(served.all()).hasSize(1);
    served.forget("prod", "olga", "as if the ledger came from elsewhere");
    served.serve("prod", "00000000-0000-4000-8000-000000000000");
    lab.restart();
    Execution refused = lab.run("patch-window", lab.window(vm.extId()));
    assertThat(refused.outcome()).as(lab.story(refused.id())).isEqualTo(Outcome.FAILED_UNCHANGED);
    assertThat(refused.reason()).contains("another-system", "00000000-0000-4000-8000-000000000000");
    assertThat(lab.world().recoveryPoints(vm.extId())).isEmpty();
    lab.bean(ServedSystems.class).forget("prod", "olga", "it is the right one");
    Execution done = lab.run("patch-window", lab.window(vm.extId()));
    assertThat(done.outcome()).as(lab.story(done.id())).isEqualTo(Outcome.SUCCEEDED);
  }
}
