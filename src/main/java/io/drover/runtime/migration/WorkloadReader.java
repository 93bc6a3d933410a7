package io.drover.runtime.migration;

import io.drover.runtime.Workers;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads the workloads of plans: one list call for all who want to know of the same plan, and not
 * more often than once in an interval.
 */
final class WorkloadReader {
  private final MoveClient move;
  private final Workers workers;
  private final Duration interval;
  private final Map<String, Turn> turns = new HashMap<>();

  WorkloadReader(MoveClient move, Workers workers, Duration interval) {
    this.move = move;
    this.workers = workers;
    this.interval = interval;
  }

  private static final class Turn {
    @Nullable CompletableFuture<Map<String, MoveWorkload>> next;
    long last;
    boolean any;
  }

  /** The workloads of a plan by UUID, by a call that begins after this one. */
  CompletableFuture<Map<String, MoveWorkload>> next(String plan) {
    CompletableFuture<Map<String, MoveWorkload>> answer;
    long wait;
    synchronized (turns) {
      Turn turn = turns.computeIfAbsent(plan, p -> new Turn());
      CompletableFuture<Map<String, MoveWorkload>> known = turn.next;
      if (known != null) {
        return known;
      }
      answer = new CompletableFuture<>();
      turn.next = answer;
      wait = turn.any ? Math.max(0, turn.last + interval.toNanos() - System.nanoTime()) : 0;
    }
    CompletableFuture<Map<String, MoveWorkload>> told = answer;
    workers.after(Duration.ofNanos(wait), () -> read(plan, told));
    return answer;
  }

  private void read(String plan, CompletableFuture<Map<String, MoveWorkload>> answer) {
    synchronized (turns) {
      Turn turn = turns.computeIfAbsent(plan, p -> new Turn());
      turn.next = null; // whoever asks from now on wants a later call
      turn.last = System.nanoTime();
      turn.any = true;
    }
    try {
      List<MoveWorkload> all =
          MoveWorkload.list(move.read("POST", "plans/" + plan + "/workloads/list", null));
      Map<String, MoveWorkload> byId = new LinkedHashMap<>();
      all.forEach(each -> byId.put(each.uuid(), each));
      answer.complete(byId);
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }
}
