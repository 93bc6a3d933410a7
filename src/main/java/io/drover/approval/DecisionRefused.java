package io.drover.approval;

/** A decision that does not count; it is on record all the same. */
public final class DecisionRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Why why;

  /** Why not. */
  public enum Why {
    /** Nobody decides on what he asked for himself. */
    REQUESTER,
    /** Not named by the gate. */
    NOT_AN_APPROVER,
    /** Decided, expired, replaced, or of an execution that has ended. */
    TOO_LATE,
    /** He has decided before. */
    TWICE,
    /** He saw something else than what is asked now. */
    CHANGED
  }

  public DecisionRefused(Why why, String message) {
    super(message);
    this.why = why;
  }

  public Why why() {
    return why;
  }
}
