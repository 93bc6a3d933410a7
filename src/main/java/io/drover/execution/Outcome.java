package io.drover.execution;

/** How an execution ended for the operator. Success is never a default of trouble. */
public enum Outcome {
  /** What was asked for is done. */
  SUCCEEDED(false, true),
  /** Nothing had to be done, or was not allowed to begin; the reason says which. */
  SKIPPED(false, true),
  /** It failed before anything was changed. */
  FAILED_UNCHANGED(true, true),
  /** It failed and something that it changed still stands; the reason says what. */
  FAILED_CHANGED(true, true),
  /** It failed, was put back, and that was proved. */
  ROLLED_BACK(true, true),
  /** It was put back, or should have been, and that is not proved. */
  ROLLBACK_UNPROVEN(true, false),
  /** An approver said no, or nobody answered in time. */
  REJECTED(false, true),
  /** An operator stopped it before it began to change anything. */
  CANCELLED(false, true),
  /** We cannot know; a person has to look. */
  NEEDS_HUMAN(true, false);

  private final boolean bad;
  private final boolean safe;

  Outcome(boolean bad, boolean safe) {
    this.bad = bad;
    this.safe = safe;
  }

  /** Whether it counts against a window's error budget. */
  public boolean bad() {
    return bad;
  }

  /** Whether the VM's lock may be released: false where a person must look first. */
  public boolean safe() {
    return safe;
  }
}
