package io.drover.execution;

/**
 * This process no longer owns what it tried to write: another one took over. Whoever sees it stops
 * at once, writes nothing more and reports nothing: the new owner does.
 */
public final class LostOwnership extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LostOwnership(String message) {
    super(message);
  }
}
