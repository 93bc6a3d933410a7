package io.drover.patch;

import io.drover.execution.Outcome;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a window went, derived from how its VMs ended. */
public final class WindowSummary {
  private WindowSummary() {}

  /** Appends a batch's results; neither list is changed. */
  public static List<Map<String, ?>> append(
      @Nullable List<? extends Map<String, ?>> before, List<? extends Map<String, ?>> batch) {
    List<Map<String, ?>> all = new ArrayList<>();
    if (before != null) {
      all.addAll(before);
    }
    all.addAll(batch);
    return all;
  }

  static int bad(@Nullable List<? extends Map<String, ?>> results) {
    return results == null ? 0 : (int) results.stream().filter(WindowSummary::isBad).count();
  }

  static boolean isBad(Map<String, ?> result) {
    return outcome(result).bad();
  }

  private static Outcome outcome(Map<String, ?> result) {
    Object name = result.get("outcome");
    return name == null ? Outcome.NEEDS_HUMAN : Outcome.valueOf(name.toString());
  }

  /**
   * The summary as a JSON-like map: {@code outcome}, {@code reason}, {@code counts} by outcome,
   * {@code vms} (one row each, in the plan's order).
   */
  public static Map<String, @Nullable Object> of(List<? extends Map<String, ?>> results) {
    Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (Map<String, ?> result : results) {
      counts.merge(outcome(result), 1, Integer::sum);
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("name", result.get("name"));
      row.put("vm", result.get("key"));
      row.put("outcome", outcome(result).name());
      row.put("reason", result.get("reason"));
      row.put("execution", result.get("execution"));
      rows.add(row);
    }
    Outcome outcome = derive(counts, results.size());
    Map<String, @Nullable Object> summary = new LinkedHashMap<>();
    summary.put("outcome", outcome.name());
    summary.put("reason", sentence(counts, results.size()));
    Map<String, Integer> named = new LinkedHashMap<>();
    counts.forEach((key, value) -> named.put(key.name(), value));
    summary.put("counts", named);
    summary.put("vms", rows);
    return summary;
  }

  /**
   * The worst that a person must know first; a window in which every bad VM was put back is itself
   * rolled back in part.
   */
  private static Outcome derive(Map<Outcome, Integer> counts, int total) {
    if (counts.containsKey(Outcome.ROLLBACK_UNPROVEN)) {
      return Outcome.ROLLBACK_UNPROVEN;
    }
    if (counts.containsKey(Outcome.NEEDS_HUMAN)) {
      return Outcome.NEEDS_HUMAN;
    }
    int succeeded = counts.getOrDefault(Outcome.SUCCEEDED, 0);
    boolean failed =
        counts.containsKey(Outcome.FAILED_CHANGED)
            || counts.containsKey(Outcome.ROLLED_BACK)
            || counts.containsKey(Outcome.FAILED_UNCHANGED);
    if (failed) {
      if (succeeded > 0 || counts.containsKey(Outcome.FAILED_CHANGED)) {
        return Outcome.FAILED_CHANGED; // some VMs are patched and stay so
      }
      return counts.containsKey(Outcome.ROLLED_BACK)
          ? Outcome.ROLLED_BACK
          : Outcome.FAILED_UNCHANGED;
    }
    if (counts.containsKey(Outcome.CANCELLED) && succeeded == 0) {
      return Outcome.CANCELLED;
    }
    return succeeded == 0 && total > 0 ? Outcome.SKIPPED : Outcome.SUCCEEDED;
  }

  private static String sentence(Map<Outcome, Integer> counts, int total) {
    List<String> parts = new ArrayList<>();
    counts.forEach(
        (outcome, count) ->
            parts.add(
                count + " " + outcome.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')));
    return total + " VMs: " + String.join(", ", parts);
  }

  /** The summary for people: what went wrong first, at most 20 VMs by name. */
  public static String text(Map<String, ?> summary, String execution) {
    StringBuilder text = new StringBuilder("Patch window ");
    text.append(execution).append(": ").append(summary.get("reason"));
    int named = 0;
    if (summary.get("vms") instanceof List<?> rows) {
      for (Object row : rows) {
        if (row instanceof Map<?, ?> vm && !"SUCCEEDED".equals(vm.get("outcome"))) {
          if (++named > 20) {
            text.append("\n… and more");
            break;
          }
          text.append("\n• ").append(vm.get("name")).append(": ").append(vm.get("outcome"));
          if (vm.get("reason") != null) {
            text.append(" – ").append(vm.get("reason"));
          }
        }
      }
    }
    return text.toString();
  }
}
