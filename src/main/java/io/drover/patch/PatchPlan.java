package io.drover.patch;

import io.drover.execution.InvalidInput;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a window is going to do, fixed before it begins: which VMs in which batches, canaries first,
 * how many may end badly, and when it closes.
 */
public final class PatchPlan {
  private static final String APPLICATION_CONSISTENT = "APPLICATION_CONSISTENT";
  private static final String CRASH_CONSISTENT = "CRASH_CONSISTENT";

  private PatchPlan() {}

  /**
   * The plan as a JSON-like map: {@code batches} (lists of VMs with extId, name, cluster and
   * consistency), {@code canaries} (how many batches of it are canaries, 0 or 1), {@code maxBad},
   * {@code notAfter} (an instant or empty), {@code total}.
   *
   * @param inputs the window's inputs, valid by its schema
   * @param vms the VMs found, with at least extId, name and categories
   * @param categoryNames the name {@code Key:Value} of each category extId that an input names
   * @throws InvalidInput when the selection is empty, too large or ambiguous, or the window is over
   */
  public static Map<String, @Nullable Object> of(
      Map<String, ?> inputs,
      List<? extends Map<String, ?>> vms,
      Map<String, String> categoryNames,
      Instant now) {
    List<Map<String, @Nullable Object>> chosen = choose(inputs, vms, categoryNames);
    int limit = number(inputs, "maxVms", 50);
    if (chosen.isEmpty()) {
      throw wrong("categories, vms", "0 VMs", "a selection with at least one VM");
    }
    if (chosen.size() > limit) {
      throw wrong(
          "maxVms",
          limit + ", but the selection has " + chosen.size() + " VMs",
          "a selection of at most maxVms VMs");
    }
    int canaries = Math.min(number(inputs, "canaries", 1), chosen.size() - 1);
    int batchSize = number(inputs, "batchSize", 10);
    List<List<Map<String, @Nullable Object>>> batches = new ArrayList<>();
    if (canaries > 0) {
      batches.add(List.copyOf(chosen.subList(0, canaries)));
    }
    for (int from = Math.max(canaries, 0); from < chosen.size(); from += batchSize) {
      batches.add(List.copyOf(chosen.subList(from, Math.min(from + batchSize, chosen.size()))));
    }
    Map<String, @Nullable Object> plan = new LinkedHashMap<>();
    plan.put("total", chosen.size());
    plan.put("canaryBatches", canaries > 0 ? 1 : 0);
    plan.put("maxBad", maxBad(inputs, chosen.size()));
    plan.put("notAfter", end(inputs, now));
    plan.put("batches", batches);
    return plan;
  }

  private static List<Map<String, @Nullable Object>> choose(
      Map<String, ?> inputs,
      List<? extends Map<String, ?>> vms,
      Map<String, String> categoryNames) {
    Set<String> wanted = new LinkedHashSet<>(texts(inputs.get("vms")));
    List<Map<String, @Nullable Object>> chosen = new ArrayList<>();
    Set<String> found = new LinkedHashSet<>();
    if (!wanted.isEmpty()) {
      for (String name : wanted) {
        List<? extends Map<String, ?>> same =
            vms.stream()
                .filter(vm -> name.equals(vm.get("extId")) || name.equals(vm.get("name")))
                .toList();
        if (same.isEmpty()) {
          throw wrong("vms", name, "the name or extId of a VM in " + inputs.get("system"));
        }
        if (same.size() > 1) {
          throw wrong(
              "vms",
              name,
              "a name that only one VM has, or an extId; it is shared by "
                  + String.join(
                      ", ", same.stream().map(vm -> String.valueOf(vm.get("extId"))).toList()));
        }
        if (found.add(String.valueOf(same.get(0).get("extId")))) {
          chosen.add(row(inputs, same.get(0), categoryNames));
        }
      }
      return chosen;
    }
    for (Map<String, ?> vm : vms) {
      if (found.add(String.valueOf(vm.get("extId")))) {
        chosen.add(row(inputs, vm, categoryNames));
      }
    }
    return chosen;
  }

  private static Map<String, @Nullable Object> row(
      Map<String, ?> inputs, Map<String, ?> vm, Map<String, String> categoryNames) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("extId", vm.get("extId"));
    row.put("name", vm.get("name"));
    row.put("consistency", consistency(inputs, vm, categoryNames));
    return row;
  }

  /**
   * The kind of recovery point that the VM's categories ask for; application-consistent wins where
   * two disagree.
   */
  static String consistency(
      Map<String, ?> inputs, Map<String, ?> vm, Map<String, String> categoryNames) {
    Map<?, ?> consistency = inputs.get("consistency") instanceof Map<?, ?> map ? map : Map.of();
    Map<?, ?> byCategory = consistency.get("byCategory") instanceof Map<?, ?> map ? map : Map.of();
    Object otherwise = consistency.get("default");
    String chosen = null;
    if (vm.get("categories") instanceof List<?> categories) {
      for (Object category : categories) {
        Object extId = category instanceof Map<?, ?> reference ? reference.get("extId") : category;
        Object asked = byCategory.get(categoryNames.getOrDefault(String.valueOf(extId), ""));
        if (asked != null && !APPLICATION_CONSISTENT.equals(chosen)) {
          chosen = asked.toString();
        }
      }
    }
    return chosen != null ? chosen : otherwise == null ? CRASH_CONSISTENT : otherwise.toString();
  }

  /**
   * The number of VMs that may end badly before the window stops: the smaller of the count and the
   * share.
   */
  static int maxBad(Map<String, ?> inputs, int total) {
    Map<?, ?> budget = inputs.get("errorBudget") instanceof Map<?, ?> map ? map : Map.of();
    int count =
        budget.get("count") instanceof Number number ? number.intValue() : Integer.MAX_VALUE;
    int share =
        budget.get("percent") instanceof Number percent
            ? (int) ((long) total * percent.intValue() / 100)
            : Integer.MAX_VALUE;
    int least = Math.min(count, share);
    return least == Integer.MAX_VALUE ? total : least;
  }

  private static String end(Map<String, ?> inputs, Instant now) {
    Object at = inputs.get("windowEnd");
    Instant end = null;
    if (at != null && !at.toString().isBlank()) {
      try {
        end = java.time.OffsetDateTime.parse(at.toString()).toInstant();
      } catch (DateTimeParseException e) {
        throw wrong("windowEnd", at.toString(), "an instant like 2026-11-01T04:00:00Z");
      }
    }
    if (inputs.get("windowMinutes") instanceof Number minutes) {
      Instant byLength = now.plus(Duration.ofMinutes(minutes.longValue()));
      end = end == null || byLength.isBefore(end) ? byLength : end;
    }
    if (end != null && !end.isAfter(now)) {
      throw wrong("windowEnd", end.toString(), "an instant after now, " + now);
    }
    return end == null ? "" : end.toString();
  }

  /** How many more VMs may end badly, for the next batch: none among canaries. */
  public static int badLeft(
      Map<String, ?> plan, int round, List<? extends Map<String, ?>> results) {
    int bad = WindowSummary.bad(results);
    if (round < number(plan, "canaryBatches", 0)) {
      return 0;
    }
    int canaries = canaryResults(plan, results, WindowSummary::isBad);
    if (canaries > 0) {
      return -1; // a canary ended badly: the window is over
    }
    return number(plan, "maxBad", 0) - bad;
  }

  private static int canaryResults(
      Map<String, ?> plan,
      List<? extends Map<String, ?>> results,
      Function<Map<String, ?>, Boolean> test) {
    if (number(plan, "canaryBatches", 0) == 0
        || !(plan.get("batches") instanceof List<?> batches)) {
      return 0;
    }
    int size = batches.get(0) instanceof List<?> first ? first.size() : 0;
    return (int) results.stream().limit(size).filter(test::apply).count();
  }

  static int number(Map<String, ?> map, String name, int otherwise) {
    return map.get(name) instanceof Number number ? number.intValue() : otherwise;
  }

  static List<String> texts(@Nullable Object value) {
    return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  static InvalidInput wrong(String field, String value, String expected) {
    return new InvalidInput(List.of(new InvalidInput.Field(field, value, expected)));
  }
}
