package io.drover.chargeback;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a run found: who uses what, and what it costs.
 *
 * @param day as {@code 2026-11-23}: whose prices hold
 * @param currency ISO 4217; null where no price holds on that day
 * @param sure whether no VM that was there all along is missing
 * @param passes over the list of VMs
 * @param lines by department, owner and environment, in this order
 * @param withoutOwner the first {@link Totals#NAMED} of them
 * @param incomplete VMs that lacked something, which counted as 0; the first {@link Totals#NAMED}
 */
public record Statement(
    String execution,
    String system,
    String day,
    @Nullable String currency,
    boolean sure,
    int passes,
    List<Line> lines,
    List<Named> withoutOwner,
    long withoutOwnerCount,
    List<Named> incomplete,
    long incompleteCount) {

  /**
   * One group's usage.
   *
   * @param cost of a month; null without a price
   */
  public record Line(
      String department,
      String owner,
      String environment,
      Usage usage,
      @Nullable BigDecimal cost) {}

  /**
   * A VM that needs a look.
   *
   * @param cluster its name, or else its extId
   * @param creator extId of the user that Prism names as its owner; null when it names none
   * @param missing what it lacked; empty when nothing
   */
  public record Named(
      String name,
      String extId,
      @Nullable String cluster,
      @Nullable String creator,
      List<String> missing) {}

  /** A department's or everybody's sums; a cost is the sum of the rounded costs of its lines. */
  public record Sum(Usage usage, @Nullable BigDecimal cost) {
    static final Sum NOTHING = new Sum(Usage.NONE, null);

    Sum plus(Sum other) {
      BigDecimal both =
          cost == null ? other.cost : other.cost == null ? cost : cost.add(other.cost);
      return new Sum(usage.plus(other.usage), both);
    }
  }

  /** Who issued it and under what circumstances. */
  public record Run(String execution, String system, String day, boolean sure, int passes) {}

  /**
   * @param rate null: nothing costs anything
   * @param clusters names by extId
   */
  public static Statement of(
      Run run, Totals totals, RateCard.@Nullable Rate rate, Map<String, String> clusters) {
    List<Line> lines = new ArrayList<>();
    totals
        .groups()
        .forEach(
            (group, usage) ->
                lines.add(
                    new Line(
                        group.department(),
                        group.owner(),
                        group.environment(),
                        usage,
                        rate == null ? null : rate.cost(usage))));
    return new Statement(
        run.execution(),
        run.system(),
        run.day(),
        rate == null ? null : rate.currency().getCurrencyCode(),
        run.sure(),
        run.passes(),
        lines,
        named(totals.withoutOwner(), clusters),
        totals.withoutOwnerCount(),
        named(totals.incomplete(), clusters),
        totals.incompleteCount());
  }

  private static List<Named> named(List<VmUsage> vms, Map<String, String> clusters) {
    return vms.stream()
        .map(
            vm ->
                new Named(
                    vm.name(),
                    vm.extId(),
                    vm.cluster() == null ? null : clusters.getOrDefault(vm.cluster(), vm.cluster()),
                    vm.creator(),
                    vm.missing()))
        .toList();
  }

  /** By department, in order. */
  public Map<String, Sum> departments() {
    Map<String, Sum> sums = new TreeMap<>();
    for (Line line : lines) {
      sums.merge(line.department(), new Sum(line.usage(), line.cost()), Sum::plus);
    }
    return new LinkedHashMap<>(sums);
  }

  public Sum total() {
    return departments().values().stream().reduce(Sum.NOTHING, Sum::plus);
  }
}
