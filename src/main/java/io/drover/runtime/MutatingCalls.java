package io.drover.runtime;

import io.drover.execution.Effect;
import io.drover.execution.StepKey;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * How doors make calls that change something: the effect is written down first, and an effect of an
 * earlier attempt is found again instead of being made twice.
 */
public interface MutatingCalls {

  /**
   * Opens the effect for the call that is about to be made. Waits while the house is on hold (not
   * in recovery); fails with a {@link CallFailure} of kind {@code halted}, {@code window-closed} or
   * {@code interrupted} when the call must not be made.
   */
  CompletableFuture<Opened> open(Exchange exchange, Intent intent);

  /** The system took it. Call before polling; ids are kept. */
  CompletableFuture<@Nullable Void> accepted(Opened opened, @Nullable String taskExtId);

  /** It happened. */
  CompletableFuture<@Nullable Void> done(Opened opened, @Nullable String result);

  /** The system took it and it failed for certain. */
  CompletableFuture<@Nullable Void> failed(Opened opened, String why);

  /** The system refused it; nothing happened. */
  CompletableFuture<@Nullable Void> refused(Opened opened, String why);

  /**
   * What is about to be done.
   *
   * @param system the configured system's name
   * @param kind e.g. {@code create-recovery-point}
   * @param target extId of what it acts on
   * @param targetName for people
   * @param request method, path and body, secrets masked
   */
  record Intent(
      String system, String kind, String target, @Nullable String targetName, String request) {}

  /** Stands for the effect of a call that is shown and never made. */
  static Effect unsent(StepKey step) {
    return new Effect(
        DryRuns.KIND,
        step.execution(),
        step.step(),
        step.visit(),
        step.attempt(),
        1,
        "",
        "",
        "",
        null,
        DryRuns.KIND,
        "",
        Effect.State.RECORDED,
        null,
        null,
        Instant.EPOCH,
        null);
  }

  /** An open effect and what is known about it. */
  record Opened(Effect effect, Situation situation) {}

  /** What the ledger knows of the effect when it is opened. */
  enum Situation {
    /** New: make the call. */
    FRESH,
    /**
     * Journaled by an earlier attempt, answer unknown: look on the far side; adopt, or repeat with
     * the same request id.
     */
    UNKNOWN,
    /** Taken by the far side under {@code effect.taskExtId()}: do not call, go on polling. */
    ACCEPTED,
    /** Done before: do not call, use {@code effect.result()}. */
    DONE
  }
}
