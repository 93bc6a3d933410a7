package io.drover.runtime;

/**
 * Why a call to a system did not do what was asked. Doors throw it; the step turns it into a {@link
 * StepFailedException} of the same kind.
 */
public final class CallFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What the caller may do. */
  public enum Verdict {
    /** Nothing happened; the same call may be made again. */
    TRANSIENT,
    /** Nothing happened, and the same call would be refused again. */
    REFUSED,
    /** It may have happened: look before repeating. */
    UNKNOWN,
    /** It was taken and then failed for certain. */
    FAILED
  }

  private final Verdict verdict;
  private final String kind;

  public CallFailure(Verdict verdict, String kind, String message, Throwable cause) {
    super(message, cause);
    this.verdict = verdict;
    this.kind = kind;
  }

  public CallFailure(Verdict verdict, String kind, String message) {
    super(message);
    this.verdict = verdict;
    this.kind = kind;
  }

  public Verdict getVerdict() {
    return verdict;
  }

  /**
   * Stable, e.g. {@code http-409}, {@code task-failed}, {@code timeout}, {@code ssh-exit-100},
   * {@code probe-unhealthy}.
   */
  public String getKind() {
    return kind;
  }
}
