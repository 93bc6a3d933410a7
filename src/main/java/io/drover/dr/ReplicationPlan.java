package io.drover.dr;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which VMs share a recovery point: those of one policy, one consistency and one cluster, so that
 * what is true of the point (its expiry, its place) is true of each of them.
 */
public final class ReplicationPlan {
  private final List<ReplicationPolicy> policies;
  private final Map<String, Planned> vms = new LinkedHashMap<>();

  public ReplicationPlan(List<ReplicationPolicy> policies) {
    this.policies = List.copyOf(policies);
  }

  /**
   * A VM and how it is protected.
   *
   * @param downgraded whether its guest cannot be quiesced although its policy asks for it
   */
  public record Planned(
      String extId,
      String name,
      @Nullable String cluster,
      ReplicationPolicy policy,
      boolean applicationConsistent,
      boolean downgraded) {}

  /**
   * Takes a VM in, if one of its categories has a policy.
   *
   * @param categories its own, each {@code Key:Value}
   * @param quiescible whether the tools in its guest can quiesce it
   */
  public void accept(
      String extId,
      String name,
      @Nullable String cluster,
      Set<String> categories,
      boolean quiescible) {
    for (ReplicationPolicy policy : policies) {
      if (categories.contains(policy.category())) {
        boolean wanted = policy.applicationConsistent();
        vms.put(
            extId,
            new Planned(extId, name, cluster, policy, wanted && quiescible, wanted && !quiescible));
        return;
      }
    }
  }

  /** Takes another plan's VMs in; it has the same policies. */
  public void add(ReplicationPlan other) {
    vms.putAll(other.vms);
  }

  public List<Planned> vms() {
    return List.copyOf(vms.values());
  }

  /**
   * The groups as JSON-like maps: {@code key, category, consistency, retention, rpo, vms} (each
   * with extId and name), in the order of the policies and of names.
   *
   * @param size VMs a group, at most
   */
  public List<Map<String, Object>> groups(int size) {
    Map<String, List<Planned>> alike = new TreeMap<>();
    for (Planned vm : vms.values()) {
      String key =
          String.format(
              "%03d %s %s",
              policies.indexOf(vm.policy()), vm.applicationConsistent() ? 0 : 1, vm.cluster());
      alike.computeIfAbsent(key, k -> new ArrayList<>()).add(vm);
    }
    List<Map<String, Object>> groups = new ArrayList<>();
    for (List<Planned> same : alike.values()) {
      same.sort(Comparator.comparing(Planned::name).thenComparing(Planned::extId));
      // Evenly: the last group of a policy is no smaller than it need be.
      int count = (same.size() + size - 1) / size;
      for (int i = 0; i < count; i++) {
        List<Planned> members =
            same.subList(
                (int) ((long) same.size() * i / count),
                (int) ((long) same.size() * (i + 1) / count));
        groups.add(group(String.format("group-%04d", groups.size() + 1), members));
      }
    }
    return groups;
  }

  private static Map<String, Object> group(String key, List<Planned> members) {
    Planned first = members.get(0);
    Map<String, Object> group = new LinkedHashMap<>();
    group.put("key", key);
    group.put("category", first.policy().category());
    group.put(
        "consistency",
        first.applicationConsistent() ? "APPLICATION_CONSISTENT" : "CRASH_CONSISTENT");
    group.put("retention", first.policy().retention().toString());
    group.put("rpo", first.policy().rpo().toString());
    List<Map<String, Object>> rows = new ArrayList<>();
    members.forEach(vm -> rows.add(Map.of("extId", vm.extId(), "name", vm.name())));
    group.put("vms", rows);
    return group;
  }

  /**
   * The groups of which nothing was made, each VM by itself: one bad VM must not take its company
   * with it.
   */
  public static List<Map<String, Object>> alone(List<? extends Map<?, ?>> groups) {
    List<Map<String, Object>> single = new ArrayList<>();
    for (Map<?, ?> group : groups) {
      List<?> members = group.get("vms") instanceof List<?> list ? list : List.of();
      if (members.size() < 2) {
        continue;
      }
      for (Object member : members) {
        Map<String, Object> own = new LinkedHashMap<>();
        group.forEach((name, value) -> own.put(String.valueOf(name), value));
        own.put("vms", List.of(member));
        own.put("key", "alone-" + (member instanceof Map<?, ?> vm ? vm.get("extId") : member));
        single.add(own);
      }
    }
    return single;
  }
}
