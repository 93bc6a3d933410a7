package io.drover.runtime.prism;

import io.drover.execution.Effect;
import io.drover.execution.Executions;
import io.drover.prism.PrismChange;
import io.drover.prism.PrismProblem;
import io.drover.prism.PrismRequests;
import io.drover.prism.PrismTask;
import io.drover.prism.TaskWatch;
import io.drover.prism.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a call whose answer is unknown has happened: first what it made or left behind,
 * then the tasks on its target since it was written down.
 */
final class PrismLook {
  private static final Logger LOG = LoggerFactory.getLogger(PrismLook.class);
  private static final Duration BETWEEN = Duration.ofMillis(500);

  private final PrismCalls calls;
  private final Executions executions;
  private final Timeline timeline;

  PrismLook(PrismCalls calls, Executions executions, Timeline timeline) {
    this.calls = calls;
    this.executions = executions;
    this.timeline = timeline;
  }

  /** What a look found: a result, a task that goes on, or (neither) nothing. */
  record Found(@Nullable Map<String, Object> result, @Nullable String taskExtId) {
    static final Found NOTHING = new Found(null, null);

    boolean nothing() {
      return result == null && taskExtId == null;
    }
  }

  /**
   * Looks, as long as patience lasts when Prism is away.
   *
   * @param effect null when only the state of things is asked for
   */
  CompletableFuture<@Nullable Map<String, Object>> proof(
      PrismCentral central, PrismChange change, @Nullable Effect effect, Caller caller) {
    PrismChange.Proof proof = change.proof();
    if (proof == null) {
      return CompletableFuture.completedFuture(null);
    }
    return calls
        .read(central, proof.read().apply(effect), caller)
        .handle(
            (answer, error) -> {
              if (error == null) {
                return proof.happened().apply(effect, answer);
              }
              PrismProblem problem = PrismProblemsIn.find(error);
              if (problem != null && problem.status() == 404) {
                return proof.happened().apply(effect, null);
              }
              throw PrismProblemsIn.rethrown(error);
            });
  }

  /** Looks for what became of an effect's call; goes on until the deadline while Prism is away. */
  CompletableFuture<Found> look(
      PrismCentral central, PrismChange change, Effect effect, Caller caller, Duration patience) {
    return again(central, change, effect, caller, timeline.nanos() + patience.toNanos());
  }

  private CompletableFuture<Found> again(
      PrismCentral central, PrismChange change, Effect effect, Caller caller, long deadline) {
    return proof(central, change, effect, caller)
        .thenCompose(
            result ->
                result != null
                    ? CompletableFuture.completedFuture(new Found(result, null))
                    : tasks(central, change, effect, caller, deadline))
        .handle(
            (found, error) -> {
              if (error == null) {
                return CompletableFuture.completedFuture(found);
              }
              PrismProblem problem = PrismProblemsIn.find(error);
              boolean away = problem != null && problem.verdict() == PrismProblem.Verdict.TRANSIENT;
              if (!away || timeline.nanos() - deadline >= 0) {
                return CompletableFuture.<Found>failedFuture(PrismProblemsIn.unwrap(error));
              }
              return pause(BETWEEN)
                  .thenCompose(ok -> again(central, change, effect, caller, deadline));
            })
        .thenCompose(next -> next);
  }

  private CompletableFuture<Found> tasks(
      PrismCentral central, PrismChange change, Effect effect, Caller caller, long deadline) {
    Instant since = central.theirs(effect.journaledAt());
    return calls
        .read(central, PrismRequests.tasksOn(change.target(), since), caller)
        .thenCompose(
            answer -> {
              List<PrismTask> candidates =
                  answer.tasks().stream()
                      .filter(task -> task.speaksOf(change.taskWords()))
                      .filter(task -> free(central, task, effect))
                      .sorted(
                          Comparator.comparing(
                              task -> {
                                Instant created = task.createdTime();
                                return created == null ? Instant.MAX : created;
                              }))
                      .toList();
              return change.own() != null
                  ? byName(central, change, effect, caller, candidates, deadline)
                  : CompletableFuture.completedFuture(oldest(change, effect, candidates));
            });
  }

  private boolean free(PrismCentral central, PrismTask task, Effect effect) {
    return executions
        .effectOfTask(central.name(), task.extId())
        .map(holder -> holder.id().equals(effect.id()))
        .orElse(true);
  }

  private static Found oldest(PrismChange change, Effect effect, List<PrismTask> candidates) {
    if (candidates.isEmpty()) {
      return Found.NOTHING;
    }
    String adopted = candidates.get(0).extId();
    if (candidates.size() > 1) {
      LOG.error(
          "Effect {}: {} tasks could be its own ({}); the oldest is followed. Somebody else works"
              + " on {} at the same time",
          effect.id(),
          candidates.size(),
          candidates.stream().map(PrismTask::extId).toList(),
          change.target());
    }
    return new Found(null, adopted);
  }

  /**
   * A task doesn't tell the name of what it is making, so one that could be ours is waited for and
   * what it made is read.
   */
  private CompletableFuture<Found> byName(
      PrismCentral central,
      PrismChange change,
      Effect effect,
      Caller caller,
      List<PrismTask> candidates,
      long deadline) {
    for (PrismTask task : candidates) {
      if (!task.status().terminal()) {
        Duration left = Duration.ofNanos(Math.max(1, deadline - timeline.nanos()));
        TaskWatch watch =
            central
                .tasks()
                .watch(task.extId(), change.kind(), left, caller.urgent(), caller.ensureLive());
        return end(watch).thenCompose(ok -> again(central, change, effect, caller, deadline));
      }
    }
    CompletableFuture<Found> found = CompletableFuture.completedFuture(Found.NOTHING);
    for (PrismTask task : candidates) {
      PrismChange.Detail detail = change.detail().apply(task);
      if (task.status() == PrismTask.Status.SUCCEEDED && detail != null) {
        found =
            found.thenCompose(
                known ->
                    known.nothing()
                        ? made(central, change, effect, caller, detail)
                        : CompletableFuture.completedFuture(known));
      }
    }
    return found;
  }

  private CompletableFuture<Found> made(
      PrismCentral central,
      PrismChange change,
      Effect effect,
      Caller caller,
      PrismChange.Detail detail) {
    return calls
        .read(central, detail.read(), caller)
        .handle(
            (answer, error) -> {
              if (error != null) {
                PrismProblem problem = PrismProblemsIn.find(error);
                if (problem != null && problem.status() == 404) {
                  return Found.NOTHING;
                }
                throw PrismProblemsIn.rethrown(error);
              }
              Map<String, Object> result = detail.result().apply(answer);
              BiPredicate<Effect, Map<String, Object>> own = change.own();
              return own != null && own.test(effect, result)
                  ? new Found(result, null)
                  : Found.NOTHING;
            });
  }

  private static CompletableFuture<@Nullable Void> end(TaskWatch watch) {
    return watch
        .next()
        .thenCompose(
            look -> {
              PrismTask task = look.task();
              if (look.over()) {
                return CompletableFuture.failedFuture(
                    PrismProblem.of(
                        PrismProblem.Verdict.UNKNOWN,
                        "timeout",
                        "Task " + watch.extId() + " has not ended in time"));
              }
              return task != null && task.status().terminal()
                  ? CompletableFuture.completedFuture(null)
                  : end(watch);
            });
  }

  CompletableFuture<@Nullable Void> pause(Duration duration) {
    CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
    timeline.after(duration, () -> over.complete(null));
    return over;
  }
}
