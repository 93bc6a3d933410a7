package io.drover.runtime.notice;

/** A message that the far side will never take. */
public final class Undeliverable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Undeliverable(String why) {
    super(why);
  }
}
