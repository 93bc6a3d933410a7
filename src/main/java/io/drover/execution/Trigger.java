package io.drover.execution;

/**
 * What started an execution.
 *
 * @param kind the kind of trigger
 * @param detail the schedule's name, the client's address, the parent's id: whatever finds the
 *     cause
 */
public record Trigger(Kind kind, String detail) {

  /** The kinds of triggers. */
  public enum Kind {
    OPERATOR,
    HTTP,
    SCHEDULE,
    EVENT,
    PARENT,
    RETRY,
    RERUN,
    /** Nothing is changed; see {@link Execution#dry}. */
    DRY_RUN
  }
}
