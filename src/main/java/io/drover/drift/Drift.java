package io.drover.drift;

import io.drover.drift.Finding.Kind;
import io.drover.drift.Finding.MatchedBy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares two inventories. VMs and items belong together by UUID, in either byte order; where that
 * says nothing, by name.
 */
public final class Drift {
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, List<Ci>> byUuid = new HashMap<>();
  private final Map<String, List<Ci>> byName = new HashMap<>();
  private final Set<String> settled = new HashSet<>();

  private Drift() {}

  /** In order: the kinds that need a person soonest first. */
  public static List<Finding> between(List<VmFacts> vms, List<Ci> items) {
    Drift drift = new Drift();
    drift.compare(vms, items);
    drift.findings.sort(Finding.ORDER);
    return drift.findings;
  }

  private void compare(List<VmFacts> vms, List<Ci> items) {
    for (Ci item : items) {
      for (String uuid : new HashSet<>(item.uuids())) {
        byUuid.computeIfAbsent(uuid, any -> new ArrayList<>()).add(item);
      }
    }
    List<VmFacts> unmatched = new ArrayList<>();
    Map<String, List<VmFacts>> claims = new HashMap<>();
    for (VmFacts vm : vms) {
      byUuid(vm)
          .forEach(item -> claims.computeIfAbsent(item.sysId(), c -> new ArrayList<>(1)).add(vm));
    }
    for (VmFacts vm : vms) {
      List<Ci> found = byUuid(vm);
      if (found.isEmpty()) {
        unmatched.add(vm);
        continue;
      }
      MatchedBy by =
          byUuid.containsKey(Ci.uuid(vm.extId())) ? MatchedBy.UUID : MatchedBy.SWAPPED_UUID;
      Ci shared =
          found.stream()
              .filter(item -> claims.getOrDefault(item.sysId(), List.of()).size() > 1)
              .findFirst()
              .orElse(null);
      if (shared == null) {
        match(vm, found, by);
      } else { // its fields hold the UUIDs of several VMs
        found.forEach(item -> settled.add(item.sysId()));
        int many = claims.getOrDefault(shared.sysId(), List.of()).size();
        findings.add(
            of(
                Kind.AMBIGUOUS,
                by,
                vm,
                shared,
                many + " VMs of its UUIDs",
                found.size() + " items"));
      }
    }
    for (Ci item : items) {
      if (!settled.contains(item.sysId())) {
        byName.computeIfAbsent(name(item.name()), any -> new ArrayList<>()).add(item);
      }
    }
    Map<String, Integer> names = new HashMap<>();
    unmatched.forEach(vm -> names.merge(name(vm.name()), 1, Integer::sum));
    for (VmFacts vm : unmatched) {
      String name = name(vm.name());
      List<Ci> found = name.isEmpty() ? List.of() : byName.getOrDefault(name, List.of());
      if (found.isEmpty()) {
        findings.add(of(Kind.MISSING_IN_CMDB, MatchedBy.NOTHING, vm, null, vm.owner(), ""));
      } else if (names.getOrDefault(name, 0) > 1) {
        found.forEach(item -> settled.add(item.sysId()));
        findings.add(
            of(
                Kind.AMBIGUOUS,
                MatchedBy.NAME,
                vm,
                found.get(0),
                names.get(name) + " VMs of this name",
                found.size() + " items"));
      } else {
        match(vm, found, MatchedBy.NAME);
      }
    }
    for (Ci item : items) {
      if (!item.retired() && !settled.contains(item.sysId())) {
        findings.add(of(Kind.MISSING_IN_PRISM, MatchedBy.NOTHING, null, item, "", item.owner()));
      }
    }
  }

  private List<Ci> byUuid(VmFacts vm) {
    String uuid = Ci.uuid(vm.extId());
    List<Ci> found = byUuid.get(uuid);
    return found != null ? found : byUuid.getOrDefault(Ci.swapped(uuid), List.of());
  }

  private void match(VmFacts vm, List<Ci> found, MatchedBy by) {
    found.forEach(item -> settled.add(item.sysId()));
    List<Ci> living = found.stream().filter(item -> !item.retired()).toList();
    List<Ci> candidates = living.isEmpty() ? found : living;
    Ci item = candidates.get(0);
    if (candidates.size() > 1) {
      findings.add(of(Kind.AMBIGUOUS, by, vm, item, "1 VM", candidates.size() + " items"));
      return;
    }
    if (item.retired()) {
      if (vm.running()) {
        findings.add(of(Kind.RETIRED_BUT_RUNNING, by, vm, item, "running", "retired"));
      }
      return;
    }
    if (differ(vm.owner(), item.owner())) {
      findings.add(of(Kind.OWNER_DIFFERS, by, vm, item, vm.owner(), item.owner()));
    }
    if (differ(vm.environment(), item.environment())) {
      findings.add(
          of(Kind.ENVIRONMENT_DIFFERS, by, vm, item, vm.environment(), item.environment()));
    }
  }

  private static boolean differ(String left, String right) {
    return !left.strip().equalsIgnoreCase(right.strip());
  }

  private static String name(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  private static Finding of(
      Kind kind,
      MatchedBy by,
      @Nullable VmFacts vm,
      @Nullable Ci item,
      String inPrism,
      String inCmdb) {
    return new Finding(
        kind,
        by,
        vm == null ? "" : vm.name(),
        vm == null ? "" : vm.extId(),
        item == null ? "" : item.name(),
        item == null ? "" : item.sysId(),
        inPrism,
        inCmdb);
  }
}
