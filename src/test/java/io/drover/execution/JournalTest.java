package io.drover.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JournalTest {
  private TestLedger ledger;
  private TestLedger.Node node;

  @BeforeEach
  void open(@TempDir Path folder) {
    ledger = new TestLedger(folder);
    node = ledger.node("one");
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  @Test
  void tellsOfAnExecutionOnceAndOnlyIfItIsNew() {
    NewExecution wanted = ledger.fresh("patch-window");
    OutboxMessage first = new OutboxMessage("events", wanted.id(), "{}", wanted.id());
    node.journal.create(wanted, "key-1", "hash-1", first).join();
    OutboxMessage second = new OutboxMessage("events", "second", "{}", null);
    node.journal.create(ledger.fresh("patch-window"), "key-1", "hash-1", second).join();
    assertThatThrownBy(
            () ->
                node.journal.create(ledger.fresh("patch-window"), "key-1", "other", second).join())
        .hasCauseInstanceOf(Journal.KeyConflict.class);
    assertThat(node.outbox.due("events", ledger.clock.now(), 9))
        .extracting(Outbox.Pending::message)
        .containsExactly(first);
  }

  @Test
  void recordsAnExecutionAsItWasAskedFor() {
    Subject vm = new Subject("prod", "3f2a", "web-1 <b>'; DROP TABLE step; --\0 \uD83D\uDE80");
    NewExecution wanted =
        new NewExecution(
            ExecutionIds.next(1),
            "patch-vm",
            "v1",
            null,
            null,
            "alice",
            new Trigger(Trigger.Kind.HTTP, "10.0.0.1"),
            "{\"big\":\"" + "x".repeat(2_500_000) + "\"}",
            100,
            ledger.clock.now().plusSeconds(60),
            null,
            vm);
    Journal.Created created = node.journal.create(wanted).join();
    assertThat(created.isNew()).isTrue();
    assertThat(node.now(created.execution())).isEqualTo(created.execution());
    assertThat(created.execution().inputs()).isEqualTo(wanted.inputs());
    assertThat(String.valueOf(created.execution().subject()))
        .contains("DROP TABLE")
        .contains("\uD83D\uDE80");
    assertThat(created.execution().owner()).isEqualTo("one");
  }

  @Test
  void aThousandRacesForOneChildGiveOneExecution() throws Exception {
    Execution parent = node.running("patch-window");
    List<Journal.Created> all = race(1_000, n -> node.journal.create(ledger.child(parent, "vm-1")));
    assertThat(all).filteredOn(Journal.Created::isNew).hasSize(1);
    assertThat(all).extracting(c -> c.execution().id()).containsOnly(all.get(0).execution().id());
    assertThat(node.executions.children(parent.id())).hasSize(1);
  }

  @Test
  void anIdempotencyKeyStartsOnceAndRefusesAnotherBody() throws Exception {
    List<Journal.Created> all =
        race(200, n -> node.journal.create(ledger.fresh("patch-window"), "key-1", "hash-1"));
    assertThat(all).filteredOn(Journal.Created::isNew).hasSize(1);
    assertThat(all).extracting(c -> c.execution().id()).containsOnly(all.get(0).execution().id());
    assertThat(ledger.count("execution")).isEqualTo(1);
    assertThatThrownBy(
            () -> node.journal.create(ledger.fresh("patch-window"), "key-1", "other").join())
        .hasCauseInstanceOf(Journal.KeyConflict.class);
    assertThat(ledger.count("execution")).isEqualTo(1);
  }

  @Test
  void aChildInheritsRootAndTheOperatorsStop() {
    Execution window = node.running("patch-window");
    Execution batch = node.journal.create(ledger.child(window, "batch")).join().execution();
    assertThat(node.executions.requestHalt(window.id(), "bob")).isTrue();
    Execution late = node.journal.create(ledger.child(batch, "vm-9")).join().execution();
    assertThat(late.root()).isEqualTo(window.id());
    assertThat(late.haltRequested()).isTrue();
    assertThat(node.now(batch).haltRequested()).isTrue();
  }

  @Test
  void anEndedParentStartsNoChild() {
    Execution parent = node.running("patch-window");
    Execution first = node.journal.create(ledger.child(parent, "vm-1")).join().execution();
    node.journal.ended(parent.id(), Outcome.SUCCEEDED, null, null).join();
    assertThatThrownBy(() -> node.journal.create(ledger.child(parent, "vm-2")).join())
        .hasCauseInstanceOf(IllegalStateChange.class);
    assertThat(node.journal.create(ledger.child(parent, "vm-1")).join().execution().id())
        .isEqualTo(first.id());
  }

  @ParameterizedTest
  @EnumSource(ExecutionState.class)
  void onlyLegalChangesAreMade(ExecutionState from) {
    for (ExecutionState to : List.of(ExecutionState.WAITING, ExecutionState.ENDED)) {
      Execution execution = in(from);
      CompletableFuture<?> change =
          to == ExecutionState.WAITING
              ? node.journal.waiting(execution.id(), null, "approval:1")
              : node.journal.ended(execution.id(), Outcome.SUCCEEDED, null, null);
      if (from.next().contains(to)) {
        change.join();
        assertThat(node.now(execution).state()).isEqualTo(to);
      } else {
        Execution before = node.now(execution);
        assertThatThrownBy(change::join)
            .hasCauseInstanceOf(IllegalStateChange.class)
            .hasMessageContaining(execution.id())
            .hasMessageContaining(from.name());
        assertThat(node.now(execution)).isEqualTo(before);
      }
    }
  }

  private Execution in(ExecutionState state) {
    Execution execution = node.queued("patch-vm");
    if (state != ExecutionState.QUEUED) {
      node.journal.running(execution.id()).join();
    }
    if (state == ExecutionState.WAITING) {
      node.journal.waiting(execution.id(), null, "event").join();
    }
    if (state == ExecutionState.ENDED) {
      node.journal.ended(execution.id(), Outcome.SKIPPED, "nothing to do", null).join();
    }
    return execution;
  }

  @Test
  void runningAgainKeepsTheFirstStartAndAnEndedOneNeverRuns() {
    Execution execution = node.running("patch-vm");
    Instant first = execution.startedAt();
    ledger.clock.forward(Duration.ofMinutes(1));
    node.journal.waiting(execution.id(), null, "event").join();
    node.journal.running(execution.id()).join();
    assertThat(node.now(execution).startedAt()).isEqualTo(first);
    node.journal.ended(execution.id(), Outcome.SUCCEEDED, null, null).join();
    assertThatThrownBy(() -> node.journal.running(execution.id()).join())
        .hasCauseInstanceOf(IllegalStateChange.class);
  }

  @Test
  void aShortStepBecomesOneRowAndALongOneIsSeenWhileItRuns() {
    Execution execution = node.running("patch-vm");
    node.journal.stepStarted(ledger.started(execution, "quick", 0));
    node.journal.stepEnded(ledger.ended(execution, "quick", 0)).join();
    StepRecord quick = node.executions.steps(execution.id()).get(0);
    assertThat(quick).isEqualTo(ledger.ended(execution, "quick", 0));

    node.journal.stepStarted(ledger.started(execution, "long", 1));
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(
            () ->
                assertThat(node.executions.steps(execution.id()))
                    .contains(ledger.started(execution, "long", 1)));
    node.journal.stepEnded(ledger.ended(execution, "long", 1)).join();
    assertThat(node.executions.steps(execution.id()))
        .containsExactly(ledger.ended(execution, "quick", 0), ledger.ended(execution, "long", 1));
  }

  @Test
  void aStepIsOneWriteWhenItsEndComesFirst() {
    Execution execution = node.running("patch-vm");
    long before = node.journal.meter().writes();
    for (int i = 0; i < 200; i++) {
      node.journal.stepStarted(ledger.started(execution, "step-" + i, i));
      node.journal.stepEnded(ledger.ended(execution, "step-" + i, i)).join();
    }
    assertThat(node.executions.steps(execution.id())).hasSize(200);
    // Some may linger beyond 20 ms on a loaded machine; two rows a step would be 400.
    assertThat(node.journal.meter().writes() - before).isBetween(200L, 250L);
  }

  @Test
  void anEffectIsNeverInTheLedgerWithoutTheStepThatMadeIt() {
    Execution execution = node.running("patch-vm");
    for (int i = 0; i < 50; i++) {
      node.journal.stepStarted(ledger.started(execution, "step-" + i, i));
      node.journal.effectJournaled(ledger.effect(execution, "step-" + i, 1)).join();
      assertThat(node.executions.steps(execution.id())).hasSize(i + 1);
      node.journal.stepEnded(ledger.ended(execution, "step-" + i, i)).join();
    }
    assertThat(node.executions.steps(execution.id()))
        .extracting(StepRecord::state)
        .containsOnly(StepRecord.State.SUCCEEDED);
  }

  @Test
  void oneCommitKeepsTheOrderOfAnExecutionsWrites() {
    Execution execution = node.running("patch-vm");
    List<CompletableFuture<?>> all = new ArrayList<>();
    Effect effect = ledger.effect(execution, "create", 1);
    all.add(node.journal.effectJournaled(effect));
    all.add(node.journal.effectChanged(effect.id(), Effect.State.ACCEPTED, "task-1", null));
    all.add(node.journal.effectChanged(effect.id(), Effect.State.DONE, null, "{\"rp\":1}"));
    for (int i = 0; i < 40; i++) {
      all.add(node.journal.waiting(execution.id(), null, "round " + i));
      all.add(node.journal.running(execution.id()));
      // A waiting execution belongs to nobody, so the next round needs the one before.
    }
    all.add(node.journal.ended(execution.id(), Outcome.SUCCEEDED, "after 40 rounds", "[1]"));
    CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).join();
    assertThat(node.now(execution).state()).isEqualTo(ExecutionState.ENDED);
    assertThat(node.now(execution).result()).isEqualTo("[1]");
    Effect stored = node.executions.effects(execution.id()).get(0);
    assertThat(stored.state()).isEqualTo(Effect.State.DONE);
    assertThat(stored.taskExtId()).isEqualTo("task-1");
    assertThat(stored.result()).isEqualTo("{\"rp\":1}");
    assertThat(node.executions.effectOfTask("prod", "task-1")).contains(stored);
    assertThat(node.executions.effects(execution.id(), "create", 1)).containsExactly(stored);
  }

  @Test
  void aPoisonedWriteFailsAlone() {
    Execution execution = node.running("patch-vm");
    Effect twice = ledger.effect(execution, "create", 1);
    node.journal.effectJournaled(twice).join();
    List<CompletableFuture<?>> good = new ArrayList<>();
    List<CompletableFuture<?>> bad = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      good.add(node.journal.effectJournaled(ledger.effect(execution, "step-" + i, 1)));
      if (i % 10 == 0) {
        bad.add(node.journal.effectJournaled(twice));
      }
    }
    CompletableFuture.allOf(good.toArray(new CompletableFuture<?>[0])).join();
    assertThat(bad)
        .allSatisfy(
            future -> assertThatThrownBy(future::join).hasMessageContaining("refused a write"));
    assertThat(node.executions.effects(execution.id())).hasSize(101);
    node.journal.ended(execution.id(), Outcome.SUCCEEDED, null, null).join();
  }

  @Test
  void anEffectThatIsNotThereCannotChange() {
    assertThatThrownBy(
            () -> node.journal.effectChanged("no.such.1.1", Effect.State.DONE, null, null).join())
        .hasMessageContaining("no.such.1.1");
  }

  @Test
  void anEndTellsTheOutboxInTheSameCommitAndFreesTheLockOnlyWhereThatIsSafe() {
    Subject vm = new Subject("prod", "vm-1", "web-1");
    OutboxMessage page = new OutboxMessage("pager", "dedup-1", "{}", null);
    Execution first = node.running("patch-vm");
    assertThat(node.locks.tryAcquire(vm, first.id())).isTrue();
    node.journal.ended(first.id(), Outcome.ROLLBACK_UNPROVEN, "probe red", null, page).join();
    assertThat(node.locks.holder("prod", "vm-1")).isPresent();
    assertThat(node.outbox.due("pager", ledger.clock.now(), 10)).hasSize(1);
    assertThatThrownBy(
            () -> node.journal.ended(first.id(), Outcome.SUCCEEDED, null, null, page).join())
        .hasCauseInstanceOf(IllegalStateChange.class);
    assertThat(node.locks.holder("prod", "vm-1")).isPresent();
    assertThat(node.executions.resolve(first.id(), "bob", "looked at it")).isTrue();
    assertThat(node.locks.holder("prod", "vm-1")).isEmpty();

    Execution second = node.running("patch-vm");
    assertThat(node.locks.tryAcquire(vm, second.id())).isTrue();
    node.journal.ended(second.id(), Outcome.ROLLED_BACK, "proved", null, page).join();
    assertThat(node.locks.all()).isEmpty();
    assertThat(node.outbox.waiting()).isEqualTo(1);
  }

  @Test
  void oneThreadsWritesAreAcknowledgedInOrder() throws Exception {
    Execution execution = node.running("patch-vm");
    ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
    CountDownLatch done = new CountDownLatch(2_000);
    for (int i = 0; i < 2_000; i++) {
      int n = i;
      node.journal
          .effectJournaled(ledger.effect(execution, "step", i + 1))
          .whenComplete(
              (ok, error) -> {
                if (error == null) {
                  order.add(n);
                }
                done.countDown();
              });
    }
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(order).containsExactlyElementsOf(IntStream.range(0, 2_000).boxed().toList());
    assertThat(node.journal.meter().commits()).isLessThan(500);
  }

  @Test
  void aConnectionThatBreaksBetweenCommitsLosesNothing() {
    Execution execution = node.running("patch-vm");
    ledger.breakOtherConnections();
    node.journal.effectJournaled(ledger.effect(execution, "step", 1)).join();
    node.journal.effectJournaled(ledger.effect(execution, "step", 2)).join();
    // The pool's other connections are broken too, and it finds out one by one.
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(node.executions.effects(execution.id())).hasSize(2));
  }

  private interface Start {
    CompletableFuture<Journal.Created> start(int number);
  }

  private static List<Journal.Created> race(int times, Start start) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      CountDownLatch gate = new CountDownLatch(1);
      List<CompletableFuture<Journal.Created>> all = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        int n = i;
        all.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    gate.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  return start.start(n).join();
                },
                threads));
      }
      gate.countDown();
      List<Journal.Created> created = new ArrayList<>();
      for (CompletableFuture<Journal.Created> one : all) {
        created.add(one.get(30, TimeUnit.SECONDS));
      }
      return created;
    } finally {
      threads.shutdownNow();
    }
  }
}
