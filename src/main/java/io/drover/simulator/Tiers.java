package io.drover.simulator;

import java.util.HashMap;
import java.util.Map;

/**
 * Rate tiers in fixed windows of one second, one bucket a tier for everybody together, and one for
 * the whole Prism Central.
 */
final class Tiers {
  static final String WHOLE = "whole";

  private static final int UNLIMITED = 1000;
  private static final Map<String, Integer> REAL =
      Map.ofEntries(
          Map.entry(WHOLE, 80),
          Map.entry("vm-list", 2),
          Map.entry("vm-get", 10),
          Map.entry("vm-action", 5),
          Map.entry("vm-revert", 1),
          Map.entry("recovery-point-read", 10),
          Map.entry("recovery-point-write", 2),
          Map.entry("recovery-point-expiration", 5),
          Map.entry("task-read", 6),
          Map.entry("task-cancel", 10),
          Map.entry("category-read", 20),
          Map.entry("category-write", 10),
          Map.entry("domain-manager-read", 3),
          Map.entry("alert-read", 5),
          Map.entry("other", 10));

  private final double factor;
  private final Map<String, long[]> windows = new HashMap<>();
  private final Map<String, Integer> most = new HashMap<>();
  private int refused;

  /**
   * @param factor of the real limits; 0 for no limits at all
   */
  Tiers(double factor) {
    this.factor = factor;
  }

  /** What is left in this second. */
  record Left(int tier, int whole, boolean refused) {}

  synchronized Left take(String tier) {
    if (factor == 0) {
      return new Left(UNLIMITED, UNLIMITED, false);
    }
    long second = System.nanoTime() / 1_000_000_000L;
    int whole = left(WHOLE, second);
    int own = left(tier, second);
    if (whole <= 0 || own <= 0) {
      refused++;
      return new Left(own, whole, true);
    }
    count(WHOLE);
    count(tier);
    return new Left(own - 1, whole - 1, false);
  }

  private int left(String tier, long second) {
    long[] window = windows.computeIfAbsent(tier, t -> new long[2]);
    if (window[0] != second) {
      window[0] = second;
      window[1] = 0;
    }
    return (int) (limit(tier) - window[1]);
  }

  private void count(String tier) {
    long[] window = windows.get(tier);
    if (window != null) {
      window[1]++;
      most.merge(tier, (int) window[1], Math::max);
    }
  }

  int limit(String tier) {
    return factor == 0
        ? UNLIMITED
        : (int) Math.max(1, REAL.getOrDefault(tier, REAL.getOrDefault("other", 1)) * factor);
  }

  synchronized int refused() {
    return refused;
  }

  /** The most calls that a second had, by tier. */
  synchronized Map<String, Integer> most() {
    return new HashMap<>(most);
  }
}
