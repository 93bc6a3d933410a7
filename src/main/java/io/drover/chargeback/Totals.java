package io.drover.chargeback;

import io.drover.inventory.Labels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The sums of a scan; takes VMs one by one and holds none but those that need a look. */
public final class Totals implements Consumer<VmUsage> {
  /** Named in full; more are only counted. */
  public static final int NAMED = 1_000;

  /** Where a category is not set. */
  public static final String NONE = "(none)";

  private final Labels.Keys keys;
  private final Labels categories;
  private final Map<Group, Usage> groups = new HashMap<>();
  private final List<VmUsage> withoutOwner = new ArrayList<>();
  private final List<VmUsage> incomplete = new ArrayList<>();
  private long withoutOwnerCount;
  private long incompleteCount;

  /** Whose usage it is. */
  public record Group(String department, String owner, String environment) {
    static final Comparator<Group> ORDER =
        Comparator.comparing(Group::department)
            .thenComparing(Group::owner)
            .thenComparing(Group::environment);
  }

  public Totals(Labels.Keys keys, Labels categories) {
    this.keys = keys;
    this.categories = categories;
  }

  @Override
  public void accept(VmUsage vm) {
    Map<String, String> labels = categories.of(vm.categories());
    String owner = labels.get(keys.owner());
    Group group =
        new Group(or(labels.get(keys.department())), or(owner), or(labels.get(keys.environment())));
    groups.merge(group, Usage.NONE.plus(vm), Usage::plus);
    if (owner == null && withoutOwnerCount++ < NAMED) {
      withoutOwner.add(vm);
    }
    if (!vm.missing().isEmpty() && incompleteCount++ < NAMED) {
      incomplete.add(vm);
    }
  }

  /** Takes the sums of other VMs in. */
  public void add(Totals other) {
    other.groups.forEach((group, usage) -> groups.merge(group, usage, Usage::plus));
    fill(withoutOwner, other.withoutOwner);
    fill(incomplete, other.incomplete);
    withoutOwnerCount += other.withoutOwnerCount;
    incompleteCount += other.incompleteCount;
  }

  private static void fill(List<VmUsage> named, List<VmUsage> more) {
    named.addAll(more.subList(0, Math.min(more.size(), NAMED - named.size())));
  }

  private static String or(@Nullable String value) {
    return value == null ? NONE : value;
  }

  /** In order of department, owner and environment. */
  public SortedMap<Group, Usage> groups() {
    SortedMap<Group, Usage> sorted = new TreeMap<>(Group.ORDER);
    sorted.putAll(groups);
    return sorted;
  }

  /** Sums by department alone, in order. */
  public Map<String, Usage> departments() {
    Map<String, Usage> departments = new TreeMap<>();
    groups.forEach((group, usage) -> departments.merge(group.department(), usage, Usage::plus));
    return departments;
  }

  public Usage all() {
    return groups.values().stream().reduce(Usage.NONE, Usage::plus);
  }

  /** VMs without the owner's category; the first {@link #NAMED}. */
  public List<VmUsage> withoutOwner() {
    return withoutOwner;
  }

  public long withoutOwnerCount() {
    return withoutOwnerCount;
  }

  /** VMs whose rows lacked something, which counted as 0; the first {@link #NAMED}. */
  public List<VmUsage> incomplete() {
    return incomplete;
  }

  public long incompleteCount() {
    return incompleteCount;
  }
}
