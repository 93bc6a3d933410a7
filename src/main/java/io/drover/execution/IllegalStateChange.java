package io.drover.execution;

/**
 * The ledger has no row that may change so: the execution is in another state, or another process
 * drives it. Nothing was written. Only this execution is concerned, unlike {@link LostOwnership}.
 */
public final class IllegalStateChange extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public IllegalStateChange(String message) {
    super(message);
  }
}
