package io.drover.execution;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of the ledger: one group-commit writer. A future completes after the commit is
 * on disk, on the writer's thread (hand over at once), or exceptionally with {@link LostOwnership}
 * when this process was fenced off.
 */
public interface Journal {

  /**
   * Records an execution, QUEUED and owned by this runner. For a child (parent, key) is unique:
   * when it exists already that one is returned and nothing is written. Same for an idempotency key
   * of the same requester (see overload). The messages go to the outbox in the same commit, when it
   * is new.
   */
  CompletableFuture<Created> create(NewExecution execution, OutboxMessage... messages);

  /**
   * As {@link #create(NewExecution, OutboxMessage...)}, once per requester and key; another body
   * under the same key is a conflict.
   */
  CompletableFuture<Created> create(
      NewExecution execution, String idempotencyKey, String requestHash, OutboxMessage... messages);

  /** QUEUED or WAITING → RUNNING; sets startedAt the first time. */
  CompletableFuture<@Nullable Void> running(String execution);

  /** RUNNING → WAITING: the exchange has ended; a time or an event wakes it. */
  CompletableFuture<@Nullable Void> waiting(
      String execution, @Nullable Instant wakeAt, String waitingFor);

  /**
   * RUNNING or QUEUED → ENDED. In the same commit: a safe outcome releases the execution's locks,
   * and the messages go to the outbox.
   */
  CompletableFuture<@Nullable Void> ended(
      String execution,
      Outcome outcome,
      @Nullable String reason,
      @Nullable String result,
      OutboxMessage... messages);

  /**
   * Notes that a step was entered. Not awaited: whatever the step does later is written after it.
   * When the attempt ends before the row was taken for writing, both become one row.
   */
  void stepStarted(StepRecord started);

  /** The outcome of an attempt. The future is awaited before the route goes on. */
  CompletableFuture<@Nullable Void> stepEnded(StepRecord ended);

  /** Writes an effect down before its call is made. */
  CompletableFuture<@Nullable Void> effectJournaled(Effect effect);

  /** The effect's new state; taskExtId and result keep their old values where null. */
  CompletableFuture<@Nullable Void> effectChanged(
      String effect, Effect.State state, @Nullable String taskExtId, @Nullable String result);

  /** Which VM an execution works on, once it is known. */
  CompletableFuture<@Nullable Void> subject(String execution, Subject subject);

  /** A message for the outbox; the same dedup key is written once. */
  CompletableFuture<@Nullable Void> outbox(OutboxMessage message);

  /** What {@link #create} did: the execution, and whether it is new. */
  record Created(Execution execution, boolean isNew) {}

  /** The same idempotency key was used with another request body. */
  final class KeyConflict extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KeyConflict(String message) {
      super(message);
    }
  }
}
