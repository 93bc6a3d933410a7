package io.drover.execution;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The reading side of the ledger, and what operators ask of an execution. Blocking; short
 * transactions.
 */
public interface Executions {

  Optional<Execution> find(String id);

  /** Id of the execution that a requester started with an idempotency key. */
  Optional<String> startedBy(String requester, String idempotencyKey);

  Optional<Execution> child(String parent, String key);

  /** All children of a parent with one query, in order of creation. */
  List<Execution> children(String parent);

  /** Newest first. */
  Page list(Filter filter, @Nullable String cursor, int limit);

  /** Attempts in order of arrival. */
  List<StepRecord> steps(String execution);

  /** Effects in order of writing. */
  List<Effect> effects(String execution);

  /** Effects of one visit of a step, by ordinal. */
  List<Effect> effects(String execution, String step, int visit);

  /** Effects of a kind of this execution and of all that have the same root with it. */
  List<Effect> kinEffects(String execution, String kind);

  /** Which effect, if any, holds this task. */
  Optional<Effect> effectOfTask(String system, String taskExtId);

  /** Those of these effect ids and request ids that the ledger knows. */
  Set<String> knownEffects(Collection<String> ids);

  /**
   * What made these, by effect ids and request ids; those that the ledger does not know are left
   * out.
   */
  List<Maker> makers(Collection<String> ids);

  /**
   * What made something.
   *
   * @param id the effect's, or the request's, as it was asked for
   * @param needed whether its execution is not over, or ended so that a person must still look
   */
  record Maker(String id, Effect.State state, String execution, String runbook, boolean needed) {}

  /**
   * Effects of ended executions whose fate nobody followed to the end, unless a person closed the
   * execution; oldest first.
   */
  List<Effect> unsettledEffects(int limit);

  /**
   * How many executions are open on each version of a runbook: a version with none may be unloaded.
   */
  Set<String> openVersions(String runbook);

  /**
   * Asks that no further child is started, for this execution and all below it. False if it has
   * ended.
   */
  boolean requestCancel(String id, String who);

  /**
   * Asks that no further call is made, for this execution and all below it. False if it has ended.
   */
  boolean requestHalt(String id, String who);

  /**
   * Closes an unproven or unknown one: the reason is recorded and its locks are released. False if
   * it cannot be.
   */
  boolean resolve(String id, String who, String reason);

  /** Wakes a waiting execution now. False if it does not wait. */
  boolean wake(String id);

  /**
   * Wakes executions that wait for a question which is settled. A decision that came just while its
   * execution was about to wait, in a process that died then, woke nobody.
   */
  void wakeAnswered();

  /** Waiting executions whose time has come, and queued ones that nobody drives, oldest first. */
  List<Execution> due(Instant now, int limit);

  /** Ids among these that have ended. */
  Set<String> ended(Collection<String> ids);

  /**
   * What to list; null means any.
   *
   * @param topLevelOnly leaves children out
   */
  record Filter(
      @Nullable String runbook,
      @Nullable ExecutionState state,
      @Nullable Outcome outcome,
      @Nullable String requester,
      @Nullable String vmExtId,
      @Nullable Instant createdFrom,
      @Nullable Instant createdBefore,
      boolean topLevelOnly,
      boolean needsHuman) {
    public static final Filter ANY =
        new Filter(null, null, null, null, null, null, null, false, false);
  }

  /** One page and the cursor of the next; null at the end. */
  record Page(List<Execution> rows, @Nullable String next) {}
}
