package io.drover.runtime;

/**
 * The one failure that leaves a step. It has no cause on purpose: a clause on the cause's class
 * would match live and not on replay, where only step, kind and message are known.
 */
public final class StepFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String step;
  private final String kind;

  public StepFailedException(String step, String kind, String message) {
    super(message);
    this.step = step;
    this.kind = kind;
  }

  /** Plain id of the step that failed. */
  public String getStep() {
    return step;
  }

  /**
   * Stable kind for {@code onWhen}, e.g. {@code task-failed}, {@code timeout}, {@code http-409}.
   */
  public String getKind() {
    return kind;
  }
}
