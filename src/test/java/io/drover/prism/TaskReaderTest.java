package io.drover.prism;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TaskReaderTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private final HandTurnedTimeline time = new HandTurnedTimeline();
  private final FakeTasks tasks = new FakeTasks();
  private final TaskReader reader = new TaskReader(tasks, time, TaskReader.Settings.USUAL);

  /** Tasks that end by themselves when their time has come, read over a link of 2 ms. */
  private final class FakeTasks implements TaskReader.Source {
    final Map<String, Long> began = new HashMap<>();
    final Map<String, Long> ends = new HashMap<>();
    final Map<String, String> endsAs = new HashMap<>();
    final List<List<String>> reads = new ArrayList<>();
    boolean away;

    void begin(String extId, Duration duration) {
      began.put(extId, time.nanos());
      ends.put(extId, time.nanos() + duration.toNanos());
    }

    @Override
    public CompletableFuture<List<PrismTask>> read(Supplier<List<String>> ids, boolean urgent) {
      List<String> wanted = ids.get();
      reads.add(wanted);
      CompletableFuture<List<PrismTask>> answer = new CompletableFuture<>();
      time.after(Duration.ofMillis(1), () -> answer(wanted, answer));
      return answer;
    }

    private void answer(List<String> wanted, CompletableFuture<List<PrismTask>> answer) {
      if (away) {
        answer.completeExceptionally(new java.io.IOException("connection refused"));
        return;
      }
      List<PrismTask> found = new ArrayList<>();
      for (String id : wanted) {
        if (ends.containsKey(id)) {
          found.add(task(id));
        }
      }
      time.after(Duration.ofMillis(1), () -> answer.complete(found));
    }

    private PrismTask task(String id) {
      long end = ends.getOrDefault(id, 0L);
      boolean over = time.nanos() >= end;
      ObjectNode node = Json.MAPPER.createObjectNode().put("extId", id);
      node.put("status", over ? endsAs.getOrDefault(id, "SUCCEEDED") : "RUNNING");
      node.put("createdTime", at(began.getOrDefault(id, 0L)));
      if (over) {
        node.put("completedTime", at(end));
      }
      PrismTask task = PrismTask.of(node);
      if (task == null) {
        throw new AssertionError("has an id");
      }
      return task;
    }

    private String at(long nanos) {
      return Instant.EPOCH.plusNanos(nanos + 3_600_000_000_000L).toString();
    }
  }

  /** Waits for a task and notes when it was told. */
  private final class Waiter {
    final TaskWatch watch;
    @Nullable PrismTask last;
    @Nullable Throwable error;
    boolean over;
    long toldAt;
    int looks;

    Waiter(String extId, Duration patience) {
      watch = reader.watch(extId, "create-recovery-point", patience, false, () -> {});
      ask();
    }

    private void ask() {
      watch
          .next()
          .whenComplete(
              (look, problem) -> {
                toldAt = time.nanos();
                looks++;
                error = problem;
                if (look == null) {
                  return;
                }
                last = look.task() == null ? last : look.task();
                over = look.over();
                if (!over && (look.task() == null || !look.task().status().terminal())) {
                  ask();
                }
              });
    }

    @Nullable String status() {
      PrismTask seen = last;
      return seen == null ? null : seen.status().name();
    }
  }

  @Test
  void tellsEachTerminalStateAndToleratesTheOthers() {
    Map<String, Waiter> waiters = new HashMap<>();
    for (String state : List.of("SUCCEEDED", "FAILED", "CANCELED")) {
      tasks.begin(state, Duration.ofSeconds(2));
      tasks.endsAs.put(state, state);
      waiters.put(state, new Waiter(state, MINUTE));
    }
    for (String state : List.of("SUSPENDED", "$UNKNOWN", "SOMETHING_NEW", "CANCELING")) {
      tasks.begin(state, Duration.ZERO);
      tasks.endsAs.put(state, state);
      waiters.put(state, new Waiter(state, MINUTE));
    }
    time.pass(Duration.ofSeconds(50));
    waiters.forEach(
        (state, waiter) -> {
          boolean terminal = List.of("SUCCEEDED", "FAILED", "CANCELED").contains(state);
          assertThat(waiter.watch.extId()).isEqualTo(state);
          assertThat(waiter.over).as(state).isFalse();
          if (terminal) {
            assertThat(waiter.status()).isEqualTo(state);
          }
        });
    time.pass(Duration.ofSeconds(20));
    assertThat(waiters.values().stream().filter(waiter -> waiter.over)).hasSize(4);
    assertThat(reader.waiting()).isZero();
  }

  @Test
  void readsManyTasksWithOneListOfAtMostForty() {
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      tasks.begin("t" + i, Duration.ofMillis(10));
      waiters.add(new Waiter("t" + i, MINUTE));
    }
    time.pass(Duration.ofMillis(200));
    assertThat(waiters).allSatisfy(w -> assertThat(w.status()).isEqualTo("SUCCEEDED"));
    assertThat(tasks.reads).hasSize(3).allSatisfy(ids -> assertThat(ids).hasSizeBetween(20, 40));
  }

  @Test
  void asksOnceForATaskThatTwoWaitFor() {
    tasks.begin("t", Duration.ofMillis(1));
    Waiter one = new Waiter("t", MINUTE);
    Waiter two = new Waiter("t", MINUTE);
    time.pass(Duration.ofMillis(100));
    assertThat(one.status()).isEqualTo("SUCCEEDED");
    assertThat(two.status()).isEqualTo("SUCCEEDED");
    assertThat(tasks.reads).containsExactly(List.of("t"));
  }

  @Test
  void goesOnWhilePrismIsAwayAndNeverTakesThatForAFailure() {
    tasks.begin("t", Duration.ofSeconds(3));
    Waiter waiter = new Waiter("t", Duration.ofHours(1));
    time.pass(Duration.ofSeconds(1));
    tasks.away = true;
    int before = tasks.reads.size();
    time.pass(Duration.ofMinutes(20));
    assertThat(waiter.over).isFalse();
    assertThat(waiter.error).isNull();
    assertThat(tasks.reads.size() - before).as("slower and slower").isBetween(60, 130);
    tasks.away = false;
    time.pass(Duration.ofSeconds(20));
    assertThat(waiter.status()).isEqualTo("SUCCEEDED");
  }

  @Test
  void endsAtTheWaitersDeadlineWhilePrismIsAway() {
    tasks.away = true;
    Waiter waiter = new Waiter("t", Duration.ofSeconds(90));
    time.pass(Duration.ofSeconds(89));
    assertThat(waiter.over).isFalse();
    time.pass(Duration.ofSeconds(3));
    assertThat(waiter.over).isTrue();
    assertThat(waiter.last).isNull();
  }

  @Test
  void givesATaskUpThatPrismDoesNotKnowForLong() {
    Waiter waiter = new Waiter("gone", Duration.ofHours(1));
    time.pass(Duration.ofMillis(29_900));
    assertThat(waiter.error).isNull();
    // Half a minute after the first look, at the next one: those are at most 5.5 s apart.
    time.pass(Duration.ofMillis(5_700));
    assertThat(waiter.error)
        .isInstanceOfSatisfying(
            PrismProblem.class, p -> assertThat(p.kind()).isEqualTo("task-missing"));
  }

  @Test
  void findsATaskThatIsListableOnlyAWhileAfterItWasAccepted() {
    Waiter waiter = new Waiter("late", MINUTE);
    time.pass(Duration.ofSeconds(5));
    tasks.begin("late", Duration.ZERO);
    time.pass(Duration.ofSeconds(10));
    assertThat(waiter.status()).isEqualTo("SUCCEEDED");
  }

  /** 256 tasks in flight of about 300 ms: told soon after their end, with few reads. */
  @Test
  void looksNearTheEndThatTasksOfAKindUsuallyHave() {
    Random random = new Random(7);
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      tasks.begin("t" + i, Duration.ofMillis(290 + random.nextInt(20)));
      waiters.add(new Waiter("t" + i, MINUTE));
      time.pass(Duration.ofNanos(1_170_000));
    }
    time.pass(Duration.ofSeconds(5));
    List<Waiter> learned = waiters.subList(500, waiters.size());
    double lag =
        learned.stream()
            .mapToLong(w -> w.toldAt - tasks.ends.getOrDefault(w.watch.extId(), 0L))
            .average()
            .orElseThrow();
    double looks = learned.stream().mapToInt(w -> w.looks).average().orElseThrow();
    assertThat(lag).as("average lag in ns").isLessThan(15_000_000);
    assertThat(looks).as("looks a task").isLessThan(2.5);
    assertThat(tasks.reads.size()).as("reads for 3,000 tasks").isLessThan(500);
  }
}
