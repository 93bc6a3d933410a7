package io.drover.execution;

/**
 * One try of one visit of a step.
 *
 * @param execution the execution's id
 * @param step the step's plain id, as an operator says it
 * @param visit the nth time the route came to the step, from 1
 * @param attempt the nth try of that visit, from 1
 */
public record StepKey(String execution, String step, int visit, int attempt) {

  /** Short form for logs and messages, {@code create-recovery-point#1.2}. */
  public String label() {
    return step + "#" + visit + "." + attempt;
  }
}
