package io.drover.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnershipTest {
  private TestLedger ledger;
  private TestLedger.Node one;
  private TestLedger.Node two;

  @BeforeEach
  void open(@TempDir Path folder) {
    ledger = new TestLedger(folder);
    one = ledger.node("one");
    two = ledger.node("two");
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  @Test
  void aLivingRunnerIsNotTakenOver() {
    Execution execution = one.running("patch-vm");
    ledger.clock.forward(Duration.ofSeconds(20));
    assertThat(one.ownership.takeOver()).isEmpty();
    ledger.clock.forward(Duration.ofSeconds(20));
    assertThat(two.ownership.takeOver()).isEmpty();
    assertThat(one.now(execution).owner()).isEqualTo("one");
  }

  @Test
  void aSilentRunnersExecutionsAreTakenOverOnceWithANewEpoch() {
    Execution running = one.running("patch-vm");
    ledger.clock.forward(Duration.ofMillis(1));
    Execution queued = one.queued("patch-vm");
    Execution ended = one.running("patch-vm");
    one.journal.ended(ended.id(), Outcome.SUCCEEDED, null, null).join();
    ledger.clock.forward(Duration.ofSeconds(31));
    List<Execution> taken = two.ownership.takeOver();
    assertThat(taken).extracting(Execution::id).containsExactly(running.id(), queued.id());
    assertThat(taken).allMatch(e -> "two".equals(e.owner()) && e.epoch() == 2);
    assertThat(two.ownership.takeOver()).isEmpty();
    two.journal.running(running.id()).join();
    assertThat(two.now(running).startedAt()).isEqualTo(running.startedAt());
  }

  @Test
  void nothingThatTheOldRunnerWritesAfterTheTakeOverIsInTheLedger() {
    Execution execution = one.running("patch-vm");
    ledger.clock.forward(Duration.ofSeconds(31));
    two.ownership.takeOver();
    List<CompletableFuture<?>> late = new ArrayList<>();
    one.journal.stepStarted(ledger.started(execution, "late", 0));
    late.add(one.journal.stepEnded(ledger.ended(execution, "late", 0)));
    late.add(one.journal.effectJournaled(ledger.effect(execution, "late", 1)));
    late.add(one.journal.create(ledger.child(execution, "vm-1")));
    late.add(one.journal.ended(execution.id(), Outcome.SUCCEEDED, null, null));
    assertThat(late)
        .allSatisfy(
            future -> assertThatThrownBy(future::join).hasCauseInstanceOf(LostOwnership.class));
    Subject vm = new Subject("prod", "vm-1", "web-1");
    assertThatThrownBy(() -> one.locks.tryAcquire(vm, execution.id()))
        .isInstanceOf(LostOwnership.class);
    assertThatThrownBy(() -> one.ownership.takeOver()).isInstanceOf(LostOwnership.class);
    assertThatThrownBy(() -> one.ownership.resumeFailed(execution.id(), "late"))
        .isInstanceOf(LostOwnership.class);
    assertThat(ledger.count("step")).isZero();
    assertThat(ledger.count("effect")).isZero();
    assertThat(ledger.count("execution")).isEqualTo(1);
    assertThat(ledger.count("vm_lock")).isZero();
    assertThat(two.now(execution).state()).isEqualTo(ExecutionState.RUNNING);
  }

  /** The fence is checked in the transaction: also in full flight no row slips behind it. */
  @Test
  void aRunnerThatIsFencedInFullFlightLeaksNoRow() {
    Execution execution = one.running("patch-vm");
    Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
    AtomicBoolean lost = new AtomicBoolean();
    Thread busy =
        new Thread(
            () -> {
              for (int i = 0; !lost.get(); i++) {
                int seq = i;
                one.journal
                    .stepEnded(ledger.ended(execution, "step", i))
                    .whenComplete(
                        (ok, error) -> {
                          if (error == null) {
                            acknowledged.add(seq);
                          } else {
                            lost.set(true);
                          }
                        });
              }
            });
    busy.start();
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> acknowledged.size() > 500);
    ledger.clock.forward(Duration.ofSeconds(31));
    assertThat(two.ownership.takeOver()).hasSize(1);
    long atTakeOver = ledger.count("step");
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> lost.get() && !busy.isAlive());
    one.writer.close();
    assertThat(ledger.count("step")).isEqualTo(atTakeOver).isEqualTo(acknowledged.size());
  }

  @Test
  void onlyOneOfManyTakesADeadRunnersExecutions() {
    for (int i = 0; i < 50; i++) {
      one.running("patch-vm");
    }
    List<TestLedger.Node> others = new ArrayList<>();
    ledger.clock.forward(Duration.ofSeconds(31));
    for (int i = 0; i < 4; i++) {
      others.add(ledger.node("other-" + i));
    }
    List<CompletableFuture<List<Execution>>> all =
        others.stream()
            .map(node -> CompletableFuture.supplyAsync(node.ownership::takeOver))
            .toList();
    List<Execution> taken = all.stream().flatMap(f -> f.join().stream()).toList();
    assertThat(taken).hasSize(50);
    assertThat(taken).extracting(Execution::owner).containsOnly(taken.get(0).owner());
  }

  @Test
  void givenBackExecutionsAreTakenByOneOtherRunnerAndKeepTheirHistory() {
    Execution running = one.running("patch-vm");
    one.journal.stepEnded(ledger.ended(running, "first", 0)).join();
    Execution waiting = one.running("patch-vm");
    one.journal.waiting(waiting.id(), null, "approval:1").join();
    one.ownership.giveBack();
    one.ownership.giveBack();
    assertThatThrownBy(() -> one.journal.create(ledger.fresh("patch-vm")).join())
        .hasCauseInstanceOf(LostOwnership.class);
    assertThat(two.now(running).state()).isEqualTo(ExecutionState.QUEUED);
    assertThat(two.now(running).owner()).isNull();

    TestLedger.Node three = ledger.node("three");
    List<CompletableFuture<List<Execution>>> both = new ArrayList<>();
    for (TestLedger.Node node : List.of(two, three)) {
      both.add(CompletableFuture.supplyAsync(() -> node.executions.due(ledger.clock.now(), 10)));
    }
    List<Execution> found = both.stream().flatMap(f -> f.join().stream()).toList();
    assertThat(found).hasSize(1);
    assertThat(found.get(0).id()).isEqualTo(running.id());
    assertThat(found.get(0).epoch()).isGreaterThan(1);
    assertThat(two.executions.steps(running.id())).hasSize(1);
    assertThat(two.now(waiting).state()).isEqualTo(ExecutionState.WAITING);
  }

  @Test
  void anExecutionOfALivingRunnerIsNobodyElses() {
    Execution execution = one.running("patch-vm");
    assertThatThrownBy(() -> two.journal.running(execution.id()).join())
        .hasCauseInstanceOf(IllegalStateChange.class)
        .hasMessageContaining("owner one");
    assertThatThrownBy(
            () -> two.journal.ended(execution.id(), Outcome.SUCCEEDED, null, null).join())
        .hasCauseInstanceOf(IllegalStateChange.class);
    assertThatThrownBy(
            () -> two.locks.tryAcquire(new Subject("prod", "vm-1", "web-1"), execution.id()))
        .isInstanceOf(IllegalStateChange.class);
    // Refused alone: the second runner still owns the ledger.
    assertThat(two.running("patch-vm").state()).isEqualTo(ExecutionState.RUNNING);
  }

  @Test
  void theThirdFailedResumeInARowParksIt() {
    Execution execution = one.running("patch-vm");
    assertThat(one.ownership.resumeFailed(execution.id(), "version v1 is not loaded")).isFalse();
    OutboxMessage page = new OutboxMessage("pager", "parked", "{}", execution.id());
    assertThat(one.ownership.resumeFailed(execution.id(), "not loaded", page)).isFalse();
    assertThat(one.outbox.waiting()).isZero();
    one.journal.running(execution.id()).join();
    assertThat(one.ownership.resumeFailed(execution.id(), "version v1 is not loaded")).isFalse();
    assertThat(one.ownership.resumeFailed(execution.id(), "version v1 is not loaded")).isFalse();
    assertThat(one.ownership.resumeFailed(execution.id(), "version v1 is not loaded", page))
        .isTrue();
    assertThat(one.outbox.waiting()).isEqualTo(1);
    assertThat(one.now(execution).outcome()).isEqualTo(Outcome.NEEDS_HUMAN);
    assertThat(one.now(execution).reason()).contains("version v1 is not loaded");
    assertThat(one.ownership.resumeFailed(execution.id(), "again")).isFalse();
  }

  @Test
  void aWaitingExecutionIsDueAtItsTimeOrWhenItIsWoken() {
    Execution timed = one.running("patch-vm");
    one.journal.waiting(timed.id(), ledger.clock.now().plusSeconds(60), "copy of vm-1").join();
    Execution event = one.running("patch-vm");
    one.journal.waiting(event.id(), null, "approval:1").join();
    assertThat(one.executions.due(ledger.clock.now(), 10)).isEmpty();
    assertThat(one.executions.wake(event.id())).isTrue();
    assertThat(one.executions.due(ledger.clock.now(), 10))
        .extracting(Execution::id)
        .containsExactly(event.id());
    // Still due: it was handed out, and nobody drove it yet.
    assertThat(one.executions.due(ledger.clock.now(), 10)).hasSize(1);
    assertThat(two.executions.due(ledger.clock.now(), 10)).isEmpty();
    one.journal.running(event.id()).join();
    assertThat(one.executions.wake(event.id())).isFalse();
    ledger.clock.forward(Duration.ofSeconds(60));
    assertThat(one.executions.due(ledger.clock.now(), 10))
        .extracting(Execution::id)
        .containsExactly(timed.id());
  }

  @Test
  void aStopIsMarkedOnAllBelowAndWakesThoseThatWait() {
    Execution window = one.running("patch-window");
    Execution vm = one.journal.create(ledger.child(window, "vm-1")).join().execution();
    one.journal.running(vm.id()).join();
    one.journal.waiting(vm.id(), null, "approval:1").join();
    Execution done = one.journal.create(ledger.child(window, "vm-2")).join().execution();
    one.journal.ended(done.id(), Outcome.SKIPPED, null, null).join();
    assertThat(one.executions.requestCancel(window.id(), "bob")).isTrue();
    assertThat(one.now(vm).cancelRequested()).isTrue();
    assertThat(one.now(done).cancelRequested()).isFalse();
    assertThat(one.executions.due(ledger.clock.now(), 10))
        .extracting(Execution::id)
        .containsExactly(vm.id());
    assertThat(one.executions.requestHalt(done.id(), "bob")).isFalse();
    assertThat(one.audit.list(10)).extracting(Audit.Entry::action).containsExactly("cancel");
  }
}
