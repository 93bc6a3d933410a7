package io.drover.dr;

import io.drover.execution.InvalidInput;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which VMs a drill or a failover starts on the other side, from which copies, in which order. */
public final class DrillPlan {
  private static final String UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

  private DrillPlan() {}

  /**
   * A VM that is to be started.
   *
   * @param stage counted from 0
   */
  public record Chosen(int stage, String extId, String name) {}

  /**
   * The VMs of the inputs' stages. Names and categories are looked up among what replication knows,
   * so that the source may be gone; an extId need not be known there.
   *
   * @throws InvalidInput when a stage names nobody, a VM stands in two, or a name is not clear
   */
  public static List<Chosen> choose(List<? extends Map<?, ?>> stages, List<Protection> known) {
    Map<String, Chosen> chosen = new LinkedHashMap<>();
    List<InvalidInput.Field> wrong = new ArrayList<>();
    for (int i = 0; i < stages.size(); i++) {
      String at = "stages[" + i + "]";
      List<Chosen> own = new ArrayList<>();
      int stage = i;
      for (String category : texts(stages.get(i).get("categories"))) {
        List<Protection> of = known.stream().filter(vm -> vm.category().equals(category)).toList();
        if (of.isEmpty()) {
          wrong.add(
              new InvalidInput.Field(
                  at + ".categories", category, "the category of a policy with replicated VMs"));
        }
        of.forEach(vm -> own.add(new Chosen(stage, vm.vmExtId(), vm.vmName())));
      }
      for (String vm : texts(stages.get(i).get("vms"))) {
        byName(at, stage, vm, known, own, wrong);
      }
      for (Chosen each : own) {
        Chosen before = chosen.putIfAbsent(each.extId(), each);
        if (before != null && before.stage() != stage) {
          wrong.add(
              new InvalidInput.Field(
                  at, each.name(), "a VM that stands in no other stage, not in two"));
        }
      }
    }
    if (!wrong.isEmpty()) {
      throw new InvalidInput(wrong);
    }
    return List.copyOf(chosen.values());
  }

  private static void byName(
      String at,
      int stage,
      String wanted,
      List<Protection> known,
      List<Chosen> own,
      List<InvalidInput.Field> wrong) {
    List<Protection> found =
        known.stream()
            .filter(vm -> vm.vmExtId().equals(wanted) || vm.vmName().equals(wanted))
            .toList();
    if (found.size() == 1) {
      own.add(new Chosen(stage, found.get(0).vmExtId(), found.get(0).vmName()));
    } else if (found.isEmpty() && wanted.matches(UUID)) {
      own.add(new Chosen(stage, wanted, wanted));
    } else {
      wrong.add(
          new InvalidInput.Field(
              at + ".vms",
              wanted,
              found.isEmpty()
                  ? "the name of a replicated VM, or an extId"
                  : "a name that only one VM has, or an extId; it is shared by "
                      + found.stream().map(Protection::vmExtId).toList()));
    }
  }

  private static List<String> texts(@Nullable Object value) {
    return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  /**
   * The copy that a VM is started from: the newest that is complete, holds it and lasts.
   *
   * @param copies as JSON-like maps, newest first
   * @return null when there is none
   */
  public static @Nullable Map<String, Object> copy(
      String vmExtId, List<? extends Map<String, ?>> copies, Instant now) {
    for (Map<String, ?> copy : copies) {
      Object part =
          copy.get("vmRecoveryPoints") instanceof Map<?, ?> parts ? parts.get(vmExtId) : null;
      Object expires = copy.get("expirationTime");
      boolean lasts = expires == null || Instant.parse(expires.toString()).isAfter(now);
      if (part != null && lasts && Boolean.TRUE.equals(copy.get("complete"))) {
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("recoveryPoint", String.valueOf(copy.get("recoveryPoint")));
        own.put("vmRecoveryPoint", part.toString());
        own.put("takenAt", String.valueOf(copy.get("creationTime")));
        if (copy.get("cluster") != null) {
          own.put("cluster", String.valueOf(copy.get("cluster")));
        }
        return own;
      }
    }
    return null;
  }

  /** What is wrong with a plan's copies, by what; empty when nothing is. */
  public static List<String> findings(
      List<? extends Map<String, ?>> vms, Duration longest, Instant now) {
    Map<String, String> findings = new TreeMap<>();
    for (Map<String, ?> vm : vms) {
      Object taken = vm.get("takenAt");
      if (taken == null) {
        findings.put(String.valueOf(vm.get("name")), "has no complete copy there");
      } else {
        Duration age = Duration.between(Instant.parse(taken.toString()), now);
        if (age.compareTo(longest) > 0) {
          findings.put(
              String.valueOf(vm.get("name")), "its newest copy is of " + taken + ", too old");
        }
      }
    }
    return findings.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .toList();
  }

  /** What a restored VM is called in a drill: marked, and of this execution for all to see. */
  public static String drillName(String execution, String name) {
    String clean = name.replaceAll("\\p{Cntrl}", " ");
    int length = clean.codePointCount(0, clean.length());
    return prefix(execution)
        + (length <= 40 ? clean : clean.substring(0, clean.offsetByCodePoints(0, 40)));
  }

  /** How the names of a drill's VMs begin. */
  public static String prefix(String execution) {
    return "drill-" + execution + "-";
  }
}
