package io.drover.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerStoresTest {
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
  void oneVmIsLockedByOneExecutionWhoeverRaces() {
    TestLedger.Node other = ledger.node("two");
    List<Execution> racers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      racers.add((i % 2 == 0 ? node : other).running("patch-vm"));
    }
    List<Boolean> got =
        race(
            40,
            i ->
                (i % 2 == 0 ? node : other)
                    .locks.tryAcquire(new Subject("prod", "vm-1", "web-1"), racers.get(i).id()));
    assertThat(got).filteredOn(won -> won).hasSize(1);
    String winner = racers.get(got.indexOf(true)).id();
    assertThat(node.locks.holder("prod", "vm-1").orElseThrow().execution()).isEqualTo(winner);
    assertThat(node.locks.all()).hasSize(1);
  }

  @Test
  void aLockIsHeldAgainByItsHolderAndHandedOverOnlyFromAnUnprovenOne() {
    Subject vm = new Subject("prod", "vm-1", "web-1");
    Execution first = node.running("patch-vm");
    Execution second = node.running("retry-rollback");
    assertThat(node.locks.tryAcquire(vm, first.id())).isTrue();
    assertThat(node.locks.tryAcquire(vm, first.id())).isTrue();
    assertThat(node.locks.tryAcquire(vm, second.id())).isFalse();
    assertThat(node.locks.handOver(first.id(), second.id())).isFalse();
    node.journal.ended(first.id(), Outcome.ROLLBACK_UNPROVEN, "probe red", null).join();
    assertThatThrownBy(() -> node.locks.tryAcquire(vm, first.id()))
        .isInstanceOf(IllegalStateChange.class);
    assertThat(node.locks.handOver(first.id(), second.id())).isTrue();
    assertThat(node.locks.tryAcquire(vm, second.id())).isTrue();
    node.locks.release(second.id());
    assertThat(node.locks.holder("prod", "vm-1")).isEmpty();
  }

  @Test
  void anOccurrenceIsClaimedOnceWhoeverRaces() {
    TestLedger.Node other = ledger.node("two");
    Instant fire = Instant.parse("2026-10-25T00:30:00.123456789Z");
    Occurrences.Occurrence planned =
        new Occurrences.Occurrence(
            "patch-window", "nightly", fire, Occurrences.State.CLAIMED, null, null);
    List<Boolean> got = race(40, i -> (i % 2 == 0 ? node : other).occurrences.claim(planned));
    assertThat(got).filteredOn(won -> won).hasSize(1);
    node.occurrences.settle(
        "patch-window", "nightly", fire, Occurrences.State.STARTED, "exec", null);
    Occurrences.Occurrence last = node.occurrences.last("patch-window", "nightly").orElseThrow();
    assertThat(last.state()).isEqualTo(Occurrences.State.STARTED);
    assertThat(last.execution()).isEqualTo("exec");
    assertThat(node.occurrences.last("patch-window", "other")).isEmpty();
    assertThat(node.occurrences.list(null, 10)).containsExactly(last);
    assertThat(node.occurrences.list("patch-window", 10)).containsExactly(last);
  }

  @Test
  void pagesNewestFirstWithoutGapsWhileNewOnesArrive() {
    List<String> created = new ArrayList<>();
    for (int i = 0; i < 57; i++) {
      ledger.clock.forward(Duration.ofMillis(5));
      created.add(0, node.queued(i % 2 == 0 ? "patch-window" : "report").id());
    }
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      Executions.Page page = node.executions.list(Executions.Filter.ANY, cursor, 10);
      page.rows().forEach(row -> seen.add(row.id()));
      cursor = page.next();
      ledger.clock.forward(Duration.ofMillis(5));
      node.queued("late");
    } while (cursor != null);
    assertThat(seen).isEqualTo(created);
    Executions.Page whole = node.executions.list(only("report", null), null, 28);
    assertThat(whole.rows()).hasSize(28);
    assertThat(whole.next()).isNull();
    assertThatThrownBy(() -> node.executions.list(Executions.Filter.ANY, "x' OR 1=1", 10))
        .hasMessageContaining("cursor");
    assertThatThrownBy(() -> node.executions.list(Executions.Filter.ANY, null, 0))
        .hasMessageContaining("expected: 1..1000");
  }

  @Test
  void filtersNarrowTheList() {
    Execution window = node.running("patch-window");
    Execution child = node.journal.create(ledger.child(window, "vm-1")).join().execution();
    node.journal.subject(child.id(), new Subject("prod", "3f2a", "web-1")).join();
    node.journal.ended(child.id(), Outcome.NEEDS_HUMAN, "unknown", null).join();
    assertThat(ids(new Executions.Filter(null, null, null, null, "3f2a", null, null, false, false)))
        .containsExactly(child.id());
    assertThat(ids(new Executions.Filter(null, null, null, null, null, null, null, true, false)))
        .containsExactly(window.id());
    Executions.Filter human =
        new Executions.Filter(null, null, null, null, null, null, null, false, true);
    assertThat(ids(human)).containsExactly(child.id());
    assertThat(node.executions.resolve(child.id(), "bob", "looked")).isTrue();
    assertThat(node.executions.resolve(child.id(), "bob", "again")).isFalse();
    assertThat(ids(human)).isEmpty();
    assertThat(node.now(child).resolution()).contains("bob").contains("looked");
    assertThat(
            ids(
                new Executions.Filter(
                    null,
                    ExecutionState.ENDED,
                    Outcome.NEEDS_HUMAN,
                    "alice",
                    null,
                    ledger.clock.now(),
                    ledger.clock.now().plusSeconds(1),
                    false,
                    false)))
        .containsExactly(child.id());
    assertThat(ids(only("patch-window", ledger.clock.now()))).isEmpty();
    assertThat(node.executions.child(window.id(), "vm-1")).contains(node.now(child));
    assertThat(node.executions.ended(List.of(window.id(), child.id()))).containsExactly(child.id());
    assertThat(node.executions.openVersions("patch-window")).containsExactly("v1");
    assertThat(node.executions.openVersions("patch-vm")).isEmpty();
  }

  private static Executions.Filter only(String runbook, @Nullable Instant before) {
    return new Executions.Filter(runbook, null, null, null, null, null, before, false, false);
  }

  private List<String> ids(Executions.Filter filter) {
    return node.executions.list(filter, null, 100).rows().stream().map(Execution::id).toList();
  }

  @Test
  void aMessageIsStoredOnceAndRetriedUntilItIsDelivered() {
    OutboxMessage slack = new OutboxMessage("slack", "exec-1/ended", "{\"text\":1}", null);
    OutboxMessage pager = new OutboxMessage("pager", "exec-1/ended", "{}", null);
    node.journal.outbox(slack).join();
    node.journal.outbox(slack).join();
    node.journal.outbox(pager).join();
    assertThat(node.outbox.channels(ledger.clock.now())).containsExactly("pager", "slack");
    List<Outbox.Pending> due = node.outbox.due("slack", ledger.clock.now(), 10);
    assertThat(due).extracting(Outbox.Pending::message).containsExactly(slack);
    node.outbox.failed(due.get(0).id(), "503", ledger.clock.now().plusSeconds(30));
    node.outbox.delivered(node.outbox.due("pager", ledger.clock.now(), 10).get(0).id());
    assertThat(node.outbox.channels(ledger.clock.now())).isEmpty();
    ledger.clock.forward(Duration.ofSeconds(30));
    Outbox.Pending again = node.outbox.due("slack", ledger.clock.now(), 10).get(0);
    assertThat(again.attempts()).isEqualTo(1);
    assertThat(node.outbox.waiting()).isEqualTo(1);
    node.outbox.dropped(again.id(), "channel_not_found");
    assertThat(node.outbox.waiting()).isZero();
    node.journal.outbox(slack).join();
    assertThat(node.outbox.waiting()).isZero();
  }

  @Test
  void noMessageOvertakesAnotherWhereThatIsWanted() {
    for (int i = 1; i <= 4; i++) {
      node.journal.outbox(new OutboxMessage("events", "event-" + i, "{}", null)).join();
    }
    node.journal.outbox(new OutboxMessage("slack", "event-5", "{}", null)).join();
    List<Outbox.Pending> due = node.outbox.dueInOrder("events", ledger.clock.now(), 3);
    assertThat(due)
        .extracting(one -> one.message().dedupKey())
        .containsExactly("event-1", "event-2", "event-3");
    node.outbox.failed(due.get(1).id(), "away", ledger.clock.now().plusSeconds(30));
    assertThat(node.outbox.dueInOrder("events", ledger.clock.now(), 9))
        .extracting(one -> one.message().dedupKey())
        .containsExactly("event-1");
    node.outbox.delivered(due.get(0).id());
    assertThat(node.outbox.dueInOrder("events", ledger.clock.now(), 9)).isEmpty();
    assertThat(node.outbox.due("events", ledger.clock.now(), 9)).hasSize(2);
    ledger.clock.forward(Duration.ofSeconds(30));
    assertThat(node.outbox.dueInOrder("events", ledger.clock.now(), 9))
        .extracting(one -> one.message().dedupKey())
        .containsExactly("event-2", "event-3", "event-4");
  }

  @Test
  void anArtifactIsSeenWholeOrNotAtAll() throws Exception {
    byte[] bytes = new byte[300_001];
    new Random(1).nextBytes(bytes);
    try (OutputStream out = node.artifacts.create("exec", "inventory", "application/json")) {
      out.write(bytes, 0, 200_000);
      assertThat(node.artifacts.find("exec", "inventory")).isEmpty();
      out.write(bytes, 200_000, 100_000);
      out.write(bytes[300_000]);
    }
    Artifacts.Artifact artifact = node.artifacts.find("exec", "inventory").orElseThrow();
    assertThat(artifact.size()).isEqualTo(300_001);
    assertThat(artifact.sha256())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    try (InputStream in = node.artifacts.open("exec", "inventory")) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    try (OutputStream out = node.artifacts.create("exec", "inventory", "text/plain")) {
      out.write("second".getBytes(StandardCharsets.UTF_8));
    }
    try (InputStream in = node.artifacts.open("exec", "inventory")) {
      assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("second");
    }
    assertThat(ledger.count("artifact_chunk")).isEqualTo(1);
    node.artifacts.create("exec", "empty", "text/plain").close();
    try (InputStream in = node.artifacts.open("exec", "empty")) {
      assertThat(in.read()).isEqualTo(-1);
    }
    assertThat(node.artifacts.of("exec"))
        .extracting(Artifacts.Artifact::name)
        .containsExactly("empty", "inventory");
    assertThatThrownBy(() -> node.artifacts.open("exec", "none")).isInstanceOf(IOException.class);
  }

  @Test
  void whatADeadRunnerHalfWroteIsCleanedAway() throws Exception {
    TestLedger.Node dead = ledger.node("dead");
    try (OutputStream whole = dead.artifacts.create("exec", "whole", "text/plain")) {
      whole.write(1);
    }
    OutputStream half = dead.artifacts.create("exec", "half", "text/plain");
    half.write(new byte[200_000]);
    assertThat(ledger.count("artifact_chunk")).isEqualTo(4);
    ledger.clock.forward(Duration.ofSeconds(31));
    ledger.node("three").ownership.takeOver();
    assertThat(ledger.count("artifact_chunk")).isEqualTo(1);
    assertThatThrownBy(half::close).isInstanceOf(IOException.class);
    assertThat(ledger.count("artifact")).isEqualTo(1);
  }

  @Test
  void theHoldIsSeenByTheOtherProcessAndTellsItsListeners() {
    TestLedger.Node other = ledger.node("two");
    AtomicInteger changes = new AtomicInteger();
    other.hold.onChange(changes::incrementAndGet);
    node.hold.turn(true, "alice", "storage is being moved");
    assertThat(node.hold.isOn()).isTrue();
    other.hold.refresh();
    other.hold.refresh();
    assertThat(other.hold.isOn()).isTrue();
    assertThat(changes).hasValue(1);
    assertThat(other.hold.current())
        .isEqualTo(new Hold.Switch(true, "alice", "storage is being moved", ledger.clock.now()));
    other.hold.turn(false, "bob", "moved");
    assertThat(changes).hasValue(2);
    node.hold.refresh();
    assertThat(node.hold.isOn()).isFalse();
    assertThat(node.audit.list(10))
        .extracting(Audit.Entry::action)
        .containsExactly("release", "hold");
  }

  @Test
  void aHostKeyIsKnownOnceItWasAcceptedAndEachChangeIsOnRecord() {
    assertThat(node.hostKeys.find("prod", "vm-1")).isEmpty();
    node.hostKeys.accept("prod", "vm-1", "SHA256:aaa", "alice");
    node.hostKeys.accept("prod", "vm-1", "SHA256:bbb", "bob");
    assertThat(node.hostKeys.find("prod", "vm-1").orElseThrow().fingerprint())
        .isEqualTo("SHA256:bbb");
    assertThat(node.hostKeys.find("dr", "vm-1")).isEmpty();
    assertThat(node.hostKeys.all()).hasSize(1);
    assertThat(node.hostKeys.forget("prod", "vm-1", "bob")).isTrue();
    assertThat(node.hostKeys.forget("prod", "vm-1", "bob")).isFalse();
    assertThat(node.audit.list(10))
        .extracting(Audit.Entry::action)
        .containsExactly("forget-host-key", "replace-host-key", "accept-host-key");
  }

  @Test
  void anotherPrismCentralOfTheSameNameIsRefused() {
    node.served.serve("prod", "dm-1");
    node.served.serve("prod", "dm-1");
    assertThatThrownBy(() -> node.served.serve("prod", "dm-2"))
        .isInstanceOf(ServedSystems.AnotherSystem.class)
        .hasMessageContaining("dm-1")
        .hasMessageContaining("dm-2");
    assertThat(node.served.forget("prod", "alice", "rebuilt")).isTrue();
    node.served.serve("prod", "dm-2");
    assertThat(node.served.all())
        .containsExactly(new ServedSystems.Served("prod", "dm-2", ledger.clock.now()));
  }

  @Test
  void aVersionIsKeptAndFoundWhileAnExecutionIsOpenOnIt() {
    node.versions.remember("patch-window", "v1", "patch.camel.yaml", "text", "{}");
    node.versions.remember("patch-window", "v1", "renamed.camel.yaml", "text", "{}");
    node.versions.remember("patch-window", "v2", "patch.camel.yaml", "newer", "{}");
    assertThat(node.versions.find("patch-window", "v2").orElseThrow().text()).isEqualTo("newer");
    Execution open = node.running("patch-window");
    assertThat(node.versions.open())
        .extracting(RouteVersions.RouteVersion::version)
        .containsExactly("v1");
    node.journal.ended(open.id(), Outcome.SUCCEEDED, null, null).join();
    assertThat(node.versions.open()).isEmpty();
  }

  @Test
  void theAuditKeepsHostileTextAsText() {
    node.audit.record("al\0ice", "start", "patch-window", "'; DROP TABLE audit; --", null);
    assertThat(node.audit.list(1).get(0))
        .isEqualTo(
            new Audit.Entry(
                ledger.clock.now(),
                "al\uFFFDice",
                "start",
                "patch-window",
                "'; DROP TABLE audit; --",
                null));
  }

  private static <T> List<T> race(int racers, IntFunction<T> racer) {
    ExecutorService threads = Executors.newFixedThreadPool(racers);
    try {
      List<CompletableFuture<T>> all = new ArrayList<>();
      for (int i = 0; i < racers; i++) {
        int n = i;
        all.add(CompletableFuture.supplyAsync(() -> racer.apply(n), threads));
      }
      return all.stream().map(CompletableFuture::join).toList();
    } finally {
      threads.shutdownNow();
    }
  }
}
