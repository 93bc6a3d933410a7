package io.drover.runtime;

import io.drover.execution.Effect;
import io.drover.execution.ExecutionIds;
import io.drover.execution.Executions;
import io.drover.execution.Hold;
import io.drover.execution.Journal;
import io.drover.execution.LedgerClock;
import io.drover.execution.StepKey;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Effects in the ledger: written before the call, found again by a later attempt of the same visit.
 */
final class JournaledCalls implements MutatingCalls {
  private static final int REQUEST_LIMIT = 4_000;

  private final Journal journal;
  private final Executions executions;
  private final Hold hold;
  private final LedgerClock clock;
  private final Milestones milestones;
  private final Executor workers;
  private final List<CompletableFuture<@Nullable Void>> held = new CopyOnWriteArrayList<>();

  JournaledCalls(
      Journal journal,
      Executions executions,
      Hold hold,
      LedgerClock clock,
      Milestones milestones,
      Workers workers) {
    this.journal = journal;
    this.executions = executions;
    this.hold = hold;
    this.clock = clock;
    this.milestones = milestones;
    this.workers = workers.pool();
    hold.onChange(this::release);
  }

  @Override
  public CompletableFuture<Opened> open(Exchange exchange, Intent intent) {
    StepContext context = StepContext.of(exchange);
    try {
      context.ensureLive();
      readEarlierEffects(context);
      if (context.dry()) {
        String what = intent.kind() + " in " + intent.system();
        return new DryRuns(journal, clock)
            .record(context, intent)
            .thenCompose(ok -> CompletableFuture.failedFuture(DryRuns.recorded(what)));
      }
      Effect earlier = context.adopt(intent);
      if (earlier != null) {
        // What was begun before the hold or the window's end is followed to its end.
        return CompletableFuture.completedFuture(new Opened(earlier, situation(earlier)));
      }
      return whenAllowed(context)
          .thenComposeAsync(ok -> journalFresh(exchange, context, intent), workers);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void readEarlierEffects(StepContext context) {
    StepKey key = context.key();
    if (!context.effectsRead() && (context.resumed() || key.attempt() > 1)) {
      context.remember(executions.effects(key.execution(), key.step(), key.visit()));
    }
  }

  private CompletableFuture<@Nullable Void> whenAllowed(StepContext context) {
    if (context.recovery()) {
      return CompletableFuture.completedFuture(null);
    }
    Instant notAfter = context.notAfter();
    if (notAfter != null && clock.now().isAfter(notAfter)) {
      return CompletableFuture.failedFuture(
          new CallFailure(
              CallFailure.Verdict.REFUSED,
              "window-closed",
              "The window closed at " + notAfter + "; nothing more is begun"));
    }
    if (!hold.isOn()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<@Nullable Void> released = new CompletableFuture<>();
    held.add(released);
    if (!hold.isOn()) {
      release();
    }
    return released.thenComposeAsync(
        ok -> {
          context.ensureLive();
          return whenAllowed(context);
        },
        workers);
  }

  private void release() {
    if (hold.isOn()) {
      return;
    }
    for (CompletableFuture<@Nullable Void> waiting : held) {
      held.remove(waiting);
      waiting.completeAsync(() -> null, workers);
    }
  }

  /** Lets those go that wait for the end of a hold although their execution was halted. */
  void releaseAll() {
    for (CompletableFuture<@Nullable Void> waiting : held) {
      held.remove(waiting);
      waiting.completeAsync(() -> null, workers);
    }
  }

  private CompletableFuture<Opened> journalFresh(
      Exchange exchange, StepContext context, Intent intent) {
    context.ensureLive();
    StepKey key = context.key();
    int ordinal = context.nextOrdinal();
    String id = ExecutionIds.effect(key.execution(), key.step(), key.visit(), ordinal);
    Effect effect =
        new Effect(
            id,
            key.execution(),
            key.step(),
            key.visit(),
            key.attempt(),
            ordinal,
            intent.system(),
            intent.kind(),
            intent.target(),
            intent.targetName(),
            ExecutionIds.requestId(id),
            cut(intent.request()),
            Effect.State.JOURNALED,
            null,
            null,
            clock.now(),
            null);
    context.add(effect);
    milestones.reached("effect-before-journal", exchange);
    return journal
        .effectJournaled(effect)
        .thenApplyAsync(
            ok -> {
              milestones.reached("effect-journaled", exchange);
              context.ensureLive();
              return new Opened(effect, Situation.FRESH);
            },
            workers);
  }

  private static Situation situation(Effect effect) {
    return switch (effect.state()) {
      case JOURNALED -> Situation.UNKNOWN;
      case ACCEPTED -> Situation.ACCEPTED;
      case DONE -> Situation.DONE;
      case FAILED, REFUSED, RECORDED, EXPECTED ->
          Situation.FRESH; // never adopted; kept total for the compiler
    };
  }

  @Override
  public CompletableFuture<@Nullable Void> accepted(Opened opened, @Nullable String taskExtId) {
    return journal.effectChanged(opened.effect().id(), Effect.State.ACCEPTED, taskExtId, null);
  }

  @Override
  public CompletableFuture<@Nullable Void> done(Opened opened, @Nullable String result) {
    return journal.effectChanged(opened.effect().id(), Effect.State.DONE, null, result);
  }

  @Override
  public CompletableFuture<@Nullable Void> failed(Opened opened, String why) {
    return journal.effectChanged(opened.effect().id(), Effect.State.FAILED, null, cut(why));
  }

  @Override
  public CompletableFuture<@Nullable Void> refused(Opened opened, String why) {
    return journal.effectChanged(opened.effect().id(), Effect.State.REFUSED, null, cut(why));
  }

  private static String cut(String text) {
    return text.length() > REQUEST_LIMIT ? text.substring(0, REQUEST_LIMIT) + "…" : text;
  }
}
