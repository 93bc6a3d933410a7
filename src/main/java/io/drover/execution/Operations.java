package io.drover.execution;

import org.jspecify.annotations.Nullable;

/**
 * What operators do to executions, for the API and the command line. Whoever calls has checked that
 * they may.
 */
public interface Operations {

  /**
   * No further VM is started; those in flight finish or roll back.
   *
   * @throws NotPossible when it has ended
   */
  Execution cancel(String id, String who);

  /**
   * No call is made after 5 s; every VM already touched ends NEEDS_HUMAN with its last known state.
   *
   * @throws NotPossible when it has ended
   */
  Execution halt(String id, String who);

  /**
   * Starts a new execution for exactly the children that failed, were skipped or never began.
   *
   * @throws NotPossible when it has not ended, has no such children, or its runbook has none
   */
  Execution retry(String id, String who);

  /**
   * Starts it again with the same inputs.
   *
   * @param recoveryPoint top-level extId of an earlier recovery point of the VM to go back to
   *     first; that needs an approval. Null: none
   * @throws NotPossible when it has not ended, or goes back and is not about one VM
   */
  Execution rerun(String id, String who, @Nullable String recoveryPoint);

  /**
   * Tries the rollback of an unproven execution again, under the lock that it still holds.
   *
   * @throws NotPossible when it is not unproven, was resolved, or has no recovery point of its own
   */
  Execution retryRollback(String id, String who);

  /**
   * Closes an execution that needs a human; its locks are released.
   *
   * @param reason what was found and done, at least 3 characters
   * @throws NotPossible when there is nothing to resolve
   */
  Execution resolve(String id, String who, String reason);

  /** What was asked does not fit the state that the execution is in. */
  final class NotPossible extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotPossible(String message) {
      super(message);
    }
  }
}
