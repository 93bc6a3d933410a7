package io.drover.simulator;

import java.util.HashMap;
import java.util.Map;

/** Rate tiers in fixed windows of one second, one bucket a tier for everybody together. */
final class Tiers {
  private static final Map<String, Integer> REAL =
      Map.ofEntries(
          Map.entry("vm-list", 2),
          Map.entry("vm-get", 10),
          Map.entry("vm-action", 5),
          Map.entry("vm-revert", 1),
          Map.entry("recovery-point-read", 10),
          Map.entry("recovery-point-write", 2),
          Map.entry("recovery-point-expiration", 5),
          Map.entry("task-read", 6),
          Map.entry("category-read", 20),
          Map.entry("category-write", 5),
          Map.entry("domain-manager-read", 3),
          Map.entry("other", 10));

  private final double factor;
  private final Map<String, long[]> windows = new HashMap<>();
  private final Map<String, Integer> most = new HashMap<>();
  private int refused;

  Tiers(double factor) {
    this.factor = factor;
  }

  /** Takes one call of the tier; what is left in this second, or -1 when it is over the limit. */
  synchronized int take(String tier) {
    if (factor == 0) {
      return 1000;
    }
    long second = System.nanoTime() / 1_000_000_000L;
    long[] window = windows.computeIfAbsent(tier, t -> new long[2]);
    if (window[0] != second) {
      window[0] = second;
      window[1] = 0;
    }
    if (window[1] >= limit(tier)) {
      refused++;
      return -1;
    }
    window[1]++;
    most.merge(tier, (int) window[1], Math::max);
    return (int) (limit(tier) - window[1]);
  }

  int limit(String tier) {
    return factor == 0 ? 1000 : (int) Math.max(1, REAL.getOrDefault(tier, 10) * factor);
  }

  synchronized int refused() {
    return refused;
  }

  synchronized Map<String, Integer> most() {
    return new HashMap<>(most);
  }
}
