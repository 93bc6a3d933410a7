package io.drover.prism;

import java.time.Duration;

/**
 * When to look after a task of one kind: near the end that its forerunners had, then at short
 * intervals that grow. Learns mean and mean deviation as TCP learns round trips (RFC 6298).
 */
final class Pace {
  private static final double GAIN = 0.125;
  private static final double DEVIATION_GAIN = 0.25;
  private static final double GROWTH = 1.3;

  private final Duration shortest;
  private final Duration longest;
  private double mean = -1;
  private double deviation;

  /**
   * @param shortest no two looks at one task are closer
   * @param longest no two looks are further apart
   */
  Pace(Duration shortest, Duration longest) {
    this.shortest = shortest;
    this.longest = longest;
  }

  synchronized void took(Duration duration) {
    double nanos = Math.max(0, duration.toNanos());
    if (mean < 0) {
      mean = nanos;
      deviation = nanos / 2;
      return;
    }
    deviation += DEVIATION_GAIN * (Math.abs(nanos - mean) - deviation);
    mean += GAIN * (nanos - mean);
  }

  /** Nanoseconds from a task's beginning to the first look. */
  synchronized long first() {
    if (mean < 0) {
      return shortest.toNanos() * 2;
    }
    double early = mean - deviation + shortest.toNanos() / 4.0;
    return (long) Math.max(shortest.toNanos() / 2.0, early);
  }

  /** Nanoseconds from the first look to the second. */
  synchronized long interval() {
    double wanted = mean < 0 ? 2.0 * shortest.toNanos() : Math.max(mean / 50, deviation / 4);
    return clamp(wanted);
  }

  /** The interval after this one. */
  long next(long interval) {
    return clamp(interval * GROWTH + 1);
  }

  private long clamp(double nanos) {
    return (long) Math.min(longest.toNanos(), Math.max(shortest.toNanos(), nanos));
  }
}
