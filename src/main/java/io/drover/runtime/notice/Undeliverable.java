package io.drover.runtime.notice;

/** A message that the far side will never take. */
final class Undeliverable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Undeliverable(String why) {
    super(why);
  }
}
