package io.drover.runtime;

import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import io.drover.execution.Journal;
import io.drover.execution.LedgerClock;
import io.drover.execution.LostOwnership;
import io.drover.execution.NewExecution;
import io.drover.execution.OutboxMessage;
import io.drover.execution.Outcome;
import io.drover.execution.Ownership;
import io.drover.execution.StepKey;
import io.drover.execution.StepRecord;
import io.drover.execution.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives executions: runs a runbook's route from the start with the recorded inputs, and says how
 * it ended. Resuming is the same thing with recorded steps.
 */
final class Engine {
  static final String NAME = "droverEngine";
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final Duration REDRIVE = Duration.ofSeconds(2);

  /** Who was answered and not woken waits so long at most. */
  private static final Duration FORGOTTEN = Duration.ofSeconds(10);

  private final Journal journal;
  private final Executions executions;
  private final Ownership ownership;
  private final LedgerClock clock;
  private final Workers workers;
  private final LoadedRunbooks runbooks;
  private final Milestones milestones;
  private final StartMessages startMessages;
  private final EndMessages endMessages;
  private final DryRuns dryRuns;
  private final OutcomeCodec codec = new OutcomeCodec();
  private final Map<String, Run> runs = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Execution>> watchers = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  Engine(
      Journal journal,
      Executions executions,
      Ownership ownership,
      LedgerClock clock,
      Workers workers,
      LoadedRunbooks runbooks,
      Milestones milestones,
      StartMessages startMessages,
      EndMessages endMessages) {
    this.journal = journal;
    this.executions = executions;
    this.ownership = ownership;
    this.clock = clock;
    this.workers = workers;
    this.runbooks = runbooks;
    this.milestones = milestones;
    this.startMessages = startMessages;
    this.endMessages = endMessages;
    this.dryRuns = new DryRuns(journal, clock);
  }

  DryRuns dryRuns() {
    return dryRuns;
  }

  /**
   * Takes over what nobody drives, and goes on looking for such and for waiting ones that are due.
   */
  void begin() {
    ownership.register();
    for (Execution execution : ownership.takeOver()) {
      drive(execution);
    }
    workers.every(Duration.ofSeconds(1), this::lookForWork);
    workers.every(FORGOTTEN, this::lookForAnswered);
  }

  private void lookForAnswered() {
    if (stopping) {
      return;
    }
    try {
      executions.wakeAnswered();
    } catch (LostOwnership lost) {
      stopBecauseLost(lost);
    } catch (RuntimeException e) {
      LOG.warn("Looking for answered questions failed; it is tried again soon", e);
    }
  }

  private void lookForWork() {
    if (stopping) {
      return;
    }
    try {
      ownership.takeOver().forEach(this::drive);
      executions.due(clock.now(), 500).forEach(this::drive);
    } catch (LostOwnership lost) {
      stopBecauseLost(lost);
    } catch (RuntimeException e) {
      LOG.warn("Looking for executions to take over failed; it is tried again in a second", e);
    }
  }

  /** Completes when the execution has ended, with its final state. */
  CompletableFuture<Execution> watch(String id) {
    CompletableFuture<Execution> watcher =
        watchers.computeIfAbsent(id, i -> new CompletableFuture<>());
    Execution now = executions.find(id).orElseThrow();
    if (now.state() == ExecutionState.ENDED) {
      watchers.remove(id, watcher);
      watcher.complete(now);
    }
    return watcher;
  }

  /** As {@link #watch} for one that was created just now and cannot have ended. */
  CompletableFuture<Execution> watchNew(String id) {
    return watchers.computeIfAbsent(id, i -> new CompletableFuture<>());
  }

  boolean drives(String id) {
    return runs.containsKey(id);
  }

  /**
   * Drives an execution on from where the ledger says it is; nothing if this process does so
   * already.
   */
  void drive(Execution execution) {
    drive(execution, execution.state() != ExecutionState.QUEUED || execution.epoch() > 1);
  }

  /** Drives one that was created just now: there is nothing to read. */
  void driveNew(Execution execution) {
    drive(execution, false);
  }

  private void drive(Execution execution, boolean hasHistory) {
    if (stopping || execution.state() == ExecutionState.ENDED) {
      return;
    }
    Run fresh = new Run(execution, List.of());
    if (runs.putIfAbsent(execution.id(), fresh) != null) {
      return;
    }
    workers.pool().execute(() -> drive(execution, fresh, hasHistory));
  }

  private void drive(Execution execution, Run placeholder, boolean hasHistory) {
    try {
      if (execution.haltRequested()
          || (execution.cancelRequested() && execution.startedAt() == null)) {
        end(
            placeholder,
            execution.haltRequested() ? haltOutcome(execution) : Outcome.CANCELLED,
            "Stopped by an operator",
            null);
        return;
      }
      RunbookConsumer consumer = runbooks.consumer(execution.runbook(), execution.version());
      if (consumer == null) {
        resumeFailed(
            placeholder,
            "Version " + execution.version() + " of " + execution.runbook() + " is not loaded");
        return;
      }
      Run run = hasHistory ? new Run(execution, executions.steps(execution.id())) : placeholder;
      if (run != placeholder) {
        runs.put(execution.id(), run);
      }
      journal
          .running(execution.id())
          .whenCompleteAsync(
              (ok, error) -> {
                if (error != null) {
                  lost(run, error);
                } else {
                  consumer.drive(run, exchange -> completed(run, exchange));
                }
              },
              workers.pool());
    } catch (RuntimeException e) {
      LOG.error("Execution {} could not be driven", execution.id(), e);
      resumeFailed(placeholder, Failures.message(e));
    }
  }

  private void resumeFailed(Run run, String why) {
    LOG.warn("Execution {} cannot go on: {}; it is tried again", run.id(), why);
    run.kill();
    runs.remove(run.id(), run);
    String reason = "It could not be resumed: " + why;
    Execution current = executions.find(run.id()).orElse(run.execution());
    OutboxMessage[] messages =
        endMessages(current, Outcome.NEEDS_HUMAN, reason).toArray(new OutboxMessage[0]);
    if (ownership.resumeFailed(run.id(), reason, messages)) {
      announceEnd(executions.find(run.id()).orElseThrow());
    } else {
      workers.after(REDRIVE, () -> executions.find(run.id()).ifPresent(this::drive));
    }
  }

  /** The route has come to an end. */
  private void completed(Run run, Exchange exchange) {
    if (run.dead()) {
      return;
    }
    Throwable error = exchange.getException();
    if (Failures.interrupted(error)) {
      giveBack(run);
      return;
    }
    Object outcomeWord = exchange.getVariable("outcome");
    Object reason = exchange.getVariable("outcomeReason");
    String told = reason == null ? null : reason.toString();
    if (run.halted()) {
      haltNow(run);
      return;
    }
    if (error != null) {
      endFailed(run, error);
      return;
    }
    if (outcomeWord != null) {
      try {
        end(run, Outcome.valueOf(outcomeWord.toString()), told, exchange);
      } catch (IllegalArgumentException e) {
        end(
            run,
            Outcome.NEEDS_HUMAN,
            "The runbook named an outcome that does not exist: " + outcomeWord,
            exchange);
      }
      return;
    }
    boolean handled =
        Boolean.TRUE.equals(exchange.getExchangeExtension().getErrorHandlerHandled())
            || exchange.getExchangeExtension().isRollbackOnly()
            || exchange.getExchangeExtension().isRollbackOnlyLast();
    if (handled || exchange.getExchangeExtension().isRouteStop()) {
      StepRecord failure = run.lastFailure();
      end(
          run,
          Outcome.NEEDS_HUMAN,
          failure == null
              ? "The runbook ended before its end without naming an outcome"
              : "The runbook handled a failure of step "
                  + failure.key().step()
                  + " without naming an outcome: "
                  + failure.errorMessage(),
          exchange);
      return;
    }
    end(run, Outcome.SUCCEEDED, told, exchange);
  }

  private void endFailed(Run run, Throwable error) {
    StepRecord failure = run.lastFailure();
    String message = Failures.message(error);
    if (error instanceof StepFailedException failed) {
      message = "Step " + failed.getStep() + " failed (" + failed.getKind() + "): " + message;
    }
    if (failure != null && failure.recovery()) {
      end(run, Outcome.ROLLBACK_UNPROVEN, message, null);
      return;
    }
    boolean changed = mayHaveChanged(run.id());
    if (!changed && error instanceof StepFailedException failed) {
      Outcome early =
          switch (failed.getKind()) {
            case "rejected" -> Outcome.REJECTED;
            case "cancelled" -> Outcome.CANCELLED;
            case "window-closed" -> Outcome.SKIPPED;
            default -> Outcome.FAILED_UNCHANGED;
          };
      end(run, early, message, null);
      return;
    }
    end(run, changed ? Outcome.FAILED_CHANGED : Outcome.FAILED_UNCHANGED, message, null);
  }

  private Outcome haltOutcome(Execution execution) {
    return mayHaveChanged(execution.id()) ? Outcome.NEEDS_HUMAN : Outcome.CANCELLED;
  }

  private static String lastStep(Run run) {
    StepKey open = run.open();
    StepRecord failure = run.lastFailure();
    return open != null ? open.label() : failure != null ? failure.key().label() : "none";
  }

  /** To be written with the execution. */
  OutboxMessage[] startMessages(NewExecution execution) {
    return execution.trigger().kind() == Trigger.Kind.DRY_RUN
        ? new OutboxMessage[0]
        : startMessages.of(execution).toArray(new OutboxMessage[0]);
  }

  private List<OutboxMessage> endMessages(
      Execution execution, Outcome outcome, @Nullable String reason) {
    return execution.dry() ? List.of() : endMessages.of(execution, outcome, reason);
  }

  private void end(Run run, Outcome outcome, @Nullable String reason, @Nullable Exchange exchange) {
    String result = null;
    if (exchange != null) {
      try {
        Object body = exchange.getMessage().getBody();
        result = body == null ? null : codec.encode("result", body, OutcomeCodec.BODY_LIMIT);
      } catch (CallFailure unstorable) {
        LOG.warn("The result of execution {} is left out: {}", run.id(), unstorable.getMessage());
      }
    }
    Execution current = executions.find(run.id()).orElse(run.execution());
    if (current.dry()) {
      boolean recorded = DryRuns.recorded(run.id(), executions);
      Outcome told =
          recorded ? Outcome.SKIPPED : outcome.bad() ? Outcome.FAILED_UNCHANGED : outcome;
      write(run, told, recorded ? DryRuns.TOLD : reason, null);
      return;
    }
    OutboxMessage[] messages = endMessages(current, outcome, reason).toArray(new OutboxMessage[0]);
    if (exchange != null) {
      milestones.reached("execution-ending", exchange);
    }
    write(run, outcome, reason, result, messages);
  }

  private void write(
      Run run,
      Outcome outcome,
      @Nullable String reason,
      @Nullable String result,
      OutboxMessage... messages) {
    journal
        .ended(run.id(), outcome, reason, result, messages)
        .whenCompleteAsync(
            (ok, error) -> {
              if (error != null) {
                lost(run, error);
                return;
              }
              run.kill();
              runs.remove(run.id(), run);
              LOG.info(
                  "Execution {} ({}) ended {}{}",
                  run.id(),
                  run.execution().runbook(),
                  outcome,
                  reason == null ? "" : ": " + reason);
              executions.find(run.id()).ifPresent(this::announceEnd);
            },
            workers.pool());
  }

  private void announceEnd(Execution ended) {
    CompletableFuture<Execution> watcher = watchers.remove(ended.id());
    if (watcher != null) {
      watcher.complete(ended);
    }
  }

  /**
   * An operator's halt: no call after this; what is not over in five seconds is cut off where it
   * stands.
   */
  void halt(String id) {
    Run run = runs.get(id);
    if (run == null) {
      return;
    }
    run.halt();
    workers.after(Duration.ofSeconds(4), () -> haltNow(run));
  }

  /** Ends a halted run where it stands. */
  void haltNow(Run run) {
    if (run.dead() || runs.get(run.id()) != run || !run.claimEnd()) {
      return;
    }
    end(
        run,
        haltOutcome(run.execution()),
        "Halted by an operator; last step " + lastStep(run),
        null);
  }

  /** An operator's cancel: no further child begins. */
  void cancel(String id) {
    Run run = runs.get(id);
    if (run != null) {
      run.cancel();
    }
  }

  /**
   * Replay came to another place than the one recorded: nobody can know what the route means now.
   */
  void diverged(Run run, StepKey recorded, StepKey arrived) {
    end(
        run,
        Outcome.NEEDS_HUMAN,
        "Replay diverged: recorded " + recorded.label() + ", route came to " + arrived.label(),
        null);
  }

  /**
   * The run ends here without a word in the ledger: it goes on after a restart, or soon if we are
   * not stopping.
   */
  void giveBack(Run run) {
    if (!run.kill()) {
      return;
    }
    runs.remove(run.id(), run);
    if (!stopping) {
      workers.after(REDRIVE, () -> executions.find(run.id()).ifPresent(this::drive));
    }
  }

  /**
   * The exchange ends; the ledger wakes the execution, which then comes to this step again.
   *
   * @param overAlready asked once it waits in the ledger: what it waits for may have happened
   *     before there was anybody to wake
   */
  void suspend(Run run, @Nullable Instant wakeAt, String waitingFor, BooleanSupplier overAlready) {
    journal
        .waiting(run.id(), wakeAt, waitingFor)
        .whenCompleteAsync(
            (ok, error) -> {
              if (error != null) {
                lost(run, error);
                return;
              }
              run.kill();
              runs.remove(run.id(), run);
              if (overAlready.getAsBoolean() && executions.wake(run.id())) {
                lookForWork();
              }
            },
            workers.pool());
  }

  /**
   * A write failed: either we lost the ledger, or it cannot be written. Both end this run here at
   * once.
   */
  void lost(Run run, Throwable error) {
    run.kill();
    runs.remove(run.id(), run);
    Throwable cause = error.getCause() instanceof LostOwnership ? error.getCause() : error;
    if (cause instanceof LostOwnership) {
      stopBecauseLost(cause);
    } else {
      LOG.error(
          "The ledger refused a write of execution {}; it is resumed from what is recorded",
          run.id(),
          cause);
      if (!stopping) {
        workers.after(REDRIVE, () -> executions.find(run.id()).ifPresent(this::drive));
      }
    }
  }

  private void stopBecauseLost(Throwable lost) {
    if (!stopping) {
      stopping = true;
      LOG.error(
          "Another process took this ledger over; everything here stops at once: {}",
          lost.getMessage());
      runs.values().forEach(Run::kill);
      runs.clear();
    }
  }

  /** From now on steps refuse to begin and give their execution back. */
  void stop() {
    stopping = true;
    runs.values().forEach(Run::kill);
    runs.clear();
  }

  void failed(StepKey key, Throwable error) {
    LOG.warn(
        "Step {} of execution {} failed ({}): {}",
        key.label(),
        key.execution(),
        Failures.kind(error),
        Failures.message(error));
    LOG.debug("Cause of the failure of {}", key.label(), error);
  }

  void stepEnded(Run run, StepRecord record) {
    LOG.debug("Step {} of execution {} {}", record.key().label(), run.id(), record.state());
  }

  /** Whether it, or one of its children, may have changed something. */
  private boolean mayHaveChanged(String execution) {
    return executions.effects(execution).stream()
            .map(Effect::state)
            .anyMatch(Effect.State::mayHaveChanged)
        || executions.children(execution).stream().anyMatch(child -> mayHaveChanged(child.id()));
  }

  boolean stopping() {
    return stopping;
  }

  Instant now() {
    return clock.now();
  }

  Journal journal() {
    return journal;
  }

  Executions executions() {
    return executions;
  }

  Executor workers() {
    return workers.pool();
  }

  OutcomeCodec codec() {
    return codec;
  }

  Milestones milestones() {
    return milestones;
  }

  LoadedRunbooks runbooks() {
    return runbooks;
  }

  @Nullable Run run(String id) {
    return runs.get(id);
  }

  int inFlight() {
    return runs.size();
  }

  @Override
  public String toString() {
    return "Engine[" + Objects.toString(runs.size()) + " in flight]";
  }
}
