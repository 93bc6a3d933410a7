package io.drover.access;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Refuses to look at passwords of a user, or from an address, after ten wrong ones in five minutes.
 * Remembers at most ten thousand of them.
 */
final class Lockout {
  private static final int MOST = 10;
  private static final long WINDOW = Duration.ofMinutes(5).toNanos();
  private static final int REMEMBERED = 10_000;

  private final LongSupplier nanos;
  private final Map<String, Failures> failures =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > REMEMBERED;
        }
      };

  private record Failures(int count, long first) {}

  Lockout(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Seconds until it is looked at again; 0 when it is looked at now. */
  synchronized long secondsLeft(String key) {
    Failures known = failures.get(key);
    if (known == null || known.count() < MOST) {
      return 0;
    }
    long left = known.first() + WINDOW - nanos.getAsLong();
    if (left <= 0) {
      failures.remove(key);
      return 0;
    }
    return Math.max(1, left / 1_000_000_000L);
  }

  synchronized void failed(String key) {
    long now = nanos.getAsLong();
    Failures known = failures.get(key);
    failures.put(
        key,
        known == null || now - known.first() > WINDOW
            ? new Failures(1, now)
            : new Failures(known.count() + 1, known.first()));
  }

  synchronized void succeeded(String key) {
    failures.remove(key);
  }
}
