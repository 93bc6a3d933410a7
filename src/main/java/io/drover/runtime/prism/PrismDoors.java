package io.drover.runtime.prism;

import io.drover.prism.PrismAnswer;
import io.drover.prism.PrismChange;
import io.drover.prism.PrismProblem;
import io.drover.prism.PrismProblems;
import io.drover.prism.PrismSettings;
import io.drover.prism.PrismTask;
import io.drover.prism.TaskWatch;
import io.drover.runtime.Milestones;
import io.drover.runtime.MutatingCalls.Opened;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the doors in {@code systems/prism.camel.yaml}, in the order in which they are
 * passed. State between them stands in exchange properties: variables would be seen outside.
 */
final class PrismDoors {
  /** Whether the change is still to be made (again). */
  static final String CHANGE_OPEN = "prismChangeOpen";

  /** Whether the task is still to be looked at. */
  static final String TASK_OPEN = "prismTaskOpen";

  private static final String CHANGING = "prismChanging";
  private static final String WATCH = "prismWatch";
  private static final String TASK = "prismTask";
  private static final int STALE_TASKS = 5;
  private static final int UNLISTED = 7;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

  private final PrismSystems systems;
  private final PrismCalls calls;
  private final PrismWrites writes;
  private final PrismLook look;
  private final Milestones milestones;

  PrismDoors(
      PrismSystems systems,
      PrismCalls calls,
      PrismWrites writes,
      PrismLook look,
      Milestones milestones) {
    this.systems = systems;
    this.calls = calls;
    this.writes = writes;
    this.look = look;
    this.milestones = milestones;
  }

  /** A change on its way: what is known between its parts. */
  private static final class Changing {
    final PrismCentral central;
    final PrismWrite write;
    @Nullable Opened opened;
    @Nullable Map<String, Object> result;
    int staleTasks;

    Changing(PrismCentral central, PrismWrite write) {
      this.central = central;
      this.write = write;
    }
  }

  CompletableFuture<?> read(Exchange exchange) {
    PrismRead read = body(exchange, PrismRead.class);
    return calls
        .read(systems.get(read.system()), read.request(), Caller.of(exchange))
        .thenAccept(answer -> exchange.getMessage().setBody(read.view().apply(answer)));
  }

  /** Takes the change in. */
  CompletableFuture<?> begin(Exchange exchange) {
    PrismWrite write = body(exchange, PrismWrite.class);
    PrismCentral central = systems.get(write.system());
    PrismSettings settings = central.settings();
    if (settings.apiKey() != null && write.change().kind().equals("replicate-recovery-point")) {
      throw PrismProblem.of(
          PrismProblem.Verdict.REFUSED,
          "api-key-unsupported",
          "Prism does not replicate recovery points for API keys; configure username and password"
              + " for "
              + central.name());
    }
    exchange.setProperty(CHANGING, new Changing(central, write));
    exchange.setProperty(CHANGE_OPEN, true);
    return CompletableFuture.completedFuture(null);
  }

  /** Writes the effect down and makes the call, or finds that it was made. */
  CompletableFuture<?> submit(Exchange exchange) {
    Changing changing = changing(exchange);
    PrismWrite write = changing.write;
    return writes
        .submit(exchange, changing.central, write.change(), write.patience())
        .thenAccept(
            submitted -> {
              changing.opened = submitted.opened();
              changing.result = submitted.result();
              String task = submitted.taskExtId();
              exchange.setProperty(TASK_OPEN, task != null);
              if (task != null) {
                watch(exchange, changing.central, task, write.change().kind(), write.patience());
              }
            });
  }

  private static void watch(
      Exchange exchange, PrismCentral central, String task, String kind, Duration patience) {
    Caller caller = Caller.of(exchange);
    exchange.removeProperty(TASK);
    exchange.setProperty(
        WATCH, central.tasks().watch(task, kind, patience, caller.urgent(), caller.ensureLive()));
  }

  /** Takes a bare task in. */
  CompletableFuture<?> beginAwait(Exchange exchange) {
    PrismAwait await = body(exchange, PrismAwait.class);
    PrismCentral central = systems.get(await.system());
    exchange.setProperty("prismCentral", central);
    exchange.setProperty(TASK_OPEN, true);
    watch(exchange, central, await.taskExtId(), "await-task", await.patience());
    return CompletableFuture.completedFuture(null);
  }

  /** One look at the task, in the company of all others who wait for one. */
  CompletableFuture<?> lookAtTask(Exchange exchange) {
    Caller.of(exchange).ensureLive().run();
    TaskWatch watch = exchange.getProperty(WATCH, TaskWatch.class);
    return watch
        .next()
        .thenAccept(
            seen -> {
              PrismTask task = seen.task();
              if (task != null) {
                milestones.reached("task-polled", exchange);
                exchange.setProperty(TASK, task);
              }
              boolean ended = task != null && task.status().terminal();
              exchange.setProperty(TASK_OPEN, !ended && !seen.over());
            });
  }

  /** Says what the bare task became. */
  CompletableFuture<?> judgeTask(Exchange exchange) {
    PrismCentral central = exchange.getProperty("prismCentral", PrismCentral.class);
    PrismTask task = ended(exchange, "await-task");
    if (task.status() == PrismTask.Status.SUCCEEDED) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("task", task.extId());
      result.put("status", task.status().name());
      result.put("completionDetails", task.details());
      exchange.getMessage().setBody(result);
      return CompletableFuture.completedFuture(null);
    }
    return failure(central, exchange, "await-task", task)
        .thenCompose(CompletableFuture::failedFuture);
  }

  /** Closes the effect with what its task became; a stale entity tag opens the change once more. */
  CompletableFuture<?> settle(Exchange exchange) {
    Changing changing = changing(exchange);
    Map<String, Object> known = changing.result;
    if (known != null) {
      return close(exchange, known);
    }
    PrismChange change = changing.write.change();
    Opened opened = changing.opened;
    if (opened == null) {
      throw new IllegalStateException("A change without a result has an effect");
    }
    PrismTask task = ended(exchange, change.told());
    if (task.status() == PrismTask.Status.SUCCEEDED) {
      return result(changing.central, change, task, Caller.of(exchange), 1)
          .thenCompose(
              result -> writes.done(opened, result).thenCompose(ok -> close(exchange, result)));
    }
    return failure(changing.central, exchange, change.told(), task)
        .thenCompose(
            problem ->
                writes
                    .failed(opened, problem)
                    .thenCompose(
                        ok ->
                            problem.staleTag() && ++changing.staleTasks < STALE_TASKS
                                ? CompletableFuture.completedFuture(null)
                                : CompletableFuture.failedFuture(problem)));
  }

  private static CompletableFuture<?> close(Exchange exchange, Map<String, Object> result) {
    exchange.setProperty(CHANGE_OPEN, false);
    exchange.removeProperty(CHANGING);
    exchange.removeProperty(WATCH);
    exchange.removeProperty(TASK);
    exchange.getMessage().setBody(result);
    return CompletableFuture.completedFuture(null);
  }

  /** What was made may be readable only a moment after its task ended. */
  private CompletableFuture<Map<String, Object>> result(
      PrismCentral central, PrismChange change, PrismTask task, Caller caller, int attempt) {
    PrismChange.Detail detail = change.detail().apply(task);
    if (detail == null) {
      return CompletableFuture.completedFuture(change.result().apply(task));
    }
    return calls
        .read(central, detail.read(), caller)
        .thenApply((PrismAnswer answer) -> detail.result().apply(answer))
        .handle(
            (result, error) -> {
              PrismProblem problem = PrismProblemsIn.find(error);
              if (problem != null && problem.status() == 404 && attempt < UNLISTED) {
                return look.pause(FIRST_PAUSE.multipliedBy(1L << attempt))
                    .thenCompose(ok -> result(central, change, task, caller, attempt + 1));
              }
              return error == null
                  ? CompletableFuture.completedFuture(result)
                  : CompletableFuture.<Map<String, Object>>failedFuture(
                      PrismProblemsIn.unwrap(error));
            })
        .thenCompose(next -> next);
  }

  private CompletableFuture<PrismProblem> failure(
      PrismCentral central, Exchange exchange, String what, PrismTask task) {
    return PrismTasks.causes(calls, central, task, Caller.of(exchange))
        .thenApply(causes -> PrismProblems.of(what, task, causes));
  }

  private static PrismTask ended(Exchange exchange, String what) {
    PrismTask task = exchange.getProperty(TASK, PrismTask.class);
    TaskWatch watch = exchange.getProperty(WATCH, TaskWatch.class);
    if (task == null || !task.status().terminal()) {
      throw PrismProblem.of(
          PrismProblem.Verdict.UNKNOWN,
          "timeout",
          what
              + ": task "
              + watch.extId()
              + " has not ended in time"
              + (task == null ? "; Prism could not be read" : ", it is " + task.status()));
    }
    return task;
  }

  private static Changing changing(Exchange exchange) {
    return exchange.getProperty(CHANGING, Changing.class);
  }

  private static <T> T body(Exchange exchange, Class<T> type) {
    Object body = exchange.getMessage().getBody();
    if (!type.isInstance(body)) {
      throw new IllegalArgumentException(
          "body: "
              + (body == null ? "nothing" : body.getClass().getSimpleName())
              + " (expected: a "
              + type.getSimpleName()
              + "; call the prism Kamelets instead of their door)");
    }
    return type.cast(body);
  }
}
