package io.drover.drift;

import io.drover.drift.Finding.How;
import io.drover.drift.Finding.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds which record of the CMDB is which VM's: by UUID, then by turned UUID, then by name among
 * those that are left. Where more than one could be, none is taken.
 */
final class Matching {
  /** Ids that a finding shows of those between which it cannot tell. */
  private static final int SHOWN = 10;

  private final List<Pair> pairs = new ArrayList<>();
  private final List<VmFacts> alone = new ArrayList<>();
  private final List<CiFacts> orphans = new ArrayList<>();
  private final List<Finding> ambiguous = new ArrayList<>();

  /** A VM and its record. */
  record Pair(VmFacts vm, CiFacts ci, How how) {}

  private record Claim(VmFacts vm, How how) {}

  Matching(List<VmFacts> vms, List<CiFacts> cis) {
    Map<UUID, List<CiFacts>> byUuid = new HashMap<>(cis.size() * 2);
    for (CiFacts ci : cis) {
      for (UUID uuid : ci.uuids()) {
        byUuid.computeIfAbsent(uuid, u -> new ArrayList<>(1)).add(ci);
      }
    }
    Set<String> taken = new HashSet<>();
    Map<String, List<Claim>> claims = new LinkedHashMap<>();
    Map<String, CiFacts> claimed = new HashMap<>();
    List<VmFacts> unmatched = new ArrayList<>();
    for (VmFacts vm : vms) {
      UUID uuid = Uuids.parse(vm.extId());
      List<CiFacts> found = uuid == null ? null : byUuid.get(uuid);
      How how = How.UUID;
      if (found == null && uuid != null) {
        found = byUuid.get(Uuids.swapped(uuid));
        how = How.SWAPPED_UUID;
      }
      if (found == null) {
        unmatched.add(vm);
      } else if (found.size() > 1) {
        found.forEach(ci -> taken.add(ci.sysId()));
        ambiguous(List.of(vm), found, "uuid", how);
      } else {
        CiFacts ci = found.get(0);
        claims.computeIfAbsent(ci.sysId(), id -> new ArrayList<>(1)).add(new Claim(vm, how));
        claimed.put(ci.sysId(), ci);
      }
    }
    claims.forEach(
        (sysId, each) -> {
          taken.add(sysId);
          CiFacts ci = java.util.Objects.requireNonNull(claimed.get(sysId));
          if (each.size() == 1) {
            pairs.add(new Pair(each.get(0).vm(), ci, each.get(0).how()));
          } else {
            ambiguous(each.stream().map(Claim::vm).toList(), List.of(ci), "uuid", How.UUID);
          }
        });
    byName(unmatched, cis.stream().filter(ci -> !taken.contains(ci.sysId())).toList());
  }

  private void byName(List<VmFacts> vms, List<CiFacts> cis) {
    Map<String, List<VmFacts>> vmsByName = grouped(vms, VmFacts::name);
    Map<String, List<CiFacts>> cisByName = grouped(cis, CiFacts::name);
    Set<String> taken = new HashSet<>();
    vmsByName.forEach(
        (name, same) -> {
          List<CiFacts> found = name.isEmpty() ? null : cisByName.get(name);
          if (found == null) {
            alone.addAll(same);
            return;
          }
          found.forEach(ci -> taken.add(ci.sysId()));
          if (same.size() == 1 && found.size() == 1) {
            pairs.add(new Pair(same.get(0), found.get(0), How.NAME));
          } else {
            ambiguous(same, found, "name", How.NAME);
          }
        });
    leftOver(cis.stream().filter(ci -> !taken.contains(ci.sysId())).toList());
  }

  /** Records without a VM: those that say that they are the same one are told as one finding. */
  private void leftOver(List<CiFacts> cis) {
    Set<String> taken = new HashSet<>();
    Map<UUID, List<CiFacts>> byUuid = new LinkedHashMap<>();
    List<CiFacts> nameless = new ArrayList<>();
    for (CiFacts ci : cis) {
      if (ci.uuids().isEmpty() && !ci.name().isBlank()) {
        nameless.add(ci);
      }
      ci.uuids().forEach(uuid -> byUuid.computeIfAbsent(uuid, u -> new ArrayList<>(1)).add(ci));
    }
    byUuid.values().forEach(same -> sameRecords(same, "uuid", How.UUID, taken));
    grouped(nameless, CiFacts::name)
        .values()
        .forEach(same -> sameRecords(same, "name", How.NAME, taken));
    cis.stream().filter(ci -> !taken.contains(ci.sysId())).forEach(orphans::add);
  }

  private void sameRecords(List<CiFacts> same, String field, How how, Set<String> taken) {
    // Retired ones without a VM are as they should be.
    List<CiFacts> live =
        same.stream().filter(ci -> !ci.retired() && !taken.contains(ci.sysId())).toList();
    if (live.size() > 1) {
      live.forEach(ci -> taken.add(ci.sysId()));
      ambiguous(List.of(), live, field, how);
    }
  }

  private void ambiguous(List<VmFacts> vms, List<CiFacts> cis, String field, How how) {
    if (!vms.isEmpty() && vms.stream().noneMatch(VmFacts::asked)) {
      return;
    }
    VmFacts vm = vms.size() == 1 ? vms.get(0) : null;
    CiFacts ci = cis.size() == 1 ? cis.get(0) : null;
    ambiguous.add(
        new Finding(
            Kind.AMBIGUOUS,
            vm == null ? null : vm.extId(),
            vms.isEmpty() ? null : vms.get(0).name(),
            ci == null ? null : ci.sysId(),
            cis.get(0).name(),
            field,
            ids(vms, VmFacts::extId),
            ids(cis, CiFacts::sysId),
            how));
  }

  private static <T> @Nullable String ids(List<T> many, Function<T, String> id) {
    if (many.isEmpty()) {
      return null;
    }
    Set<String> ids = new LinkedHashSet<>(many.stream().map(id).sorted().limit(SHOWN).toList());
    String shown = String.join(" ", ids);
    return many.size() > SHOWN ? shown + " and " + (many.size() - SHOWN) + " more" : shown;
  }

  /** Upper and lower case are the same. */
  private static <T> Map<String, List<T>> grouped(List<T> many, Function<T, String> name) {
    Map<String, List<T>> groups = new TreeMap<>();
    for (T each : many) {
      groups
          .computeIfAbsent(
              name.apply(each).strip().toLowerCase(Locale.ROOT), n -> new ArrayList<>(1))
          .add(each);
    }
    return groups;
  }

  List<Pair> pairs() {
    return pairs;
  }

  /** VMs without a record. */
  List<VmFacts> alone() {
    return alone;
  }

  /** Records without a VM. */
  List<CiFacts> orphans() {
    return orphans;
  }

  List<Finding> ambiguous() {
    return ambiguous;
  }
}
