package io.drover.runtime.notice;

import java.time.Duration;

/**
 * A message that the far side may have taken, or may still be about to take. The door looks before
 * it sends it again, and not before the pause is over.
 */
public final class MaybeDelivered extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Duration pause;

  public MaybeDelivered(String why, Duration pause) {
    super(why);
    this.pause = pause;
  }

  Duration pause() {
    return pause;
  }
}
