package io.drover.runtime;

import io.drover.execution.LedgerClock;
import io.drover.patch.Eligibility;
import io.drover.patch.PatchPlan;
import io.drover.patch.WindowSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What the patch runbooks decide in Java, by the names that their routes use. */
public final class PatchBlocks {
  private final LedgerClock clock;

  PatchBlocks(LedgerClock clock) {
    this.clock = clock;
  }

  /**
   * Body: the VMs found (a list). Property {@code categoryNames}: names by extId. Leaves the plan.
   */
  public void plan(Exchange exchange) {
    Map<String, Object> inputs = map(exchange.getVariable("inputs"));
    Map<String, String> names = new HashMap<>();
    map(exchange.getProperty("categoryNames"))
        .forEach((id, name) -> names.put(id, String.valueOf(name)));
    exchange
        .getMessage()
        .setBody(PatchPlan.of(inputs, maps(exchange.getMessage().getBody()), names, clock.now()));
  }

  /** Leaves the batch of the round, one input map a VM. */
  public List<Map<String, Object>> batch(Exchange exchange) {
    Object batches = map(exchange.getVariable("plan")).get("batches");
    return maps(((List<?>) java.util.Objects.requireNonNull(batches)).get(round(exchange)));
  }

  /** How many more VMs may end badly; below zero: none may begin. */
  public int badLeft(Exchange exchange) {
    return PatchPlan.badLeft(
        map(exchange.getVariable("plan")), round(exchange), maps(exchange.getVariable("results")));
  }

  /** The results so far with those of the batch in the body. */
  public List<Map<String, ?>> append(Exchange exchange) {
    return WindowSummary.append(
        maps(exchange.getVariable("results")), maps(exchange.getMessage().getBody()));
  }

  /** The window's summary from the results. */
  public Map<String, @Nullable Object> summary(Exchange exchange) {
    return WindowSummary.of(maps(exchange.getVariable("results")));
  }

  /** The inputs that every VM of the window shares. */
  public Map<String, Object> shared(Exchange exchange) {
    Map<String, Object> shared = new LinkedHashMap<>(map(exchange.getVariable("inputs")));
    for (String own :
        List.of(
            "categories",
            "vms",
            "consistency",
            "batchSize",
            "concurrency",
            "canaries",
            "errorBudget",
            "maxVms",
            "windowEnd",
            "windowMinutes",
            "cluster")) {
      shared.remove(own);
    }
    Object consistency = map(exchange.getVariable("inputs")).get("consistency");
    if (consistency instanceof Map<?, ?> wish && Boolean.TRUE.equals(wish.get("degrade"))) {
      shared.put("degradeConsistency", true);
    }
    return shared;
  }

  /** Body: the VM as Prism shows it. Leaves the verdict. */
  public Map<String, @Nullable Object> judge(Exchange exchange) {
    return Eligibility.of(
        map(exchange.getVariable("inputs")), map(exchange.getMessage().getBody()));
  }

  /**
   * When the recovery point that is made now expires: its retention, and never inside the rollback
   * window.
   */
  public String expiry(Exchange exchange) {
    Map<String, Object> inputs = map(exchange.getVariable("inputs"));
    Duration retention = Duration.ofHours(number(inputs, "retentionHours", 72));
    Duration least =
        Duration.ofMinutes(number(inputs, "rollbackWindowMinutes", 120)).multipliedBy(2);
    return clock.now().plus(retention.compareTo(least) < 0 ? least : retention).toString();
  }

  /**
   * Whether the VM may still be reverted by itself: users' data since the recovery point would be
   * lost.
   */
  public boolean insideRollbackWindow(Exchange exchange) {
    Map<String, Object> point = map(exchange.getVariable("recoveryPoint"));
    Instant at = Instant.parse(String.valueOf(point.get("takenAt")));
    long minutes = number(map(exchange.getVariable("inputs")), "rollbackWindowMinutes", 120);
    return !clock.now().isAfter(at.plus(Duration.ofMinutes(minutes)));
  }

  /** The ledger's time, as text. */
  public String now(Exchange exchange) {
    return clock.now().toString();
  }

  private static int round(Exchange exchange) {
    return exchange.getVariable("round", 0, Integer.class);
  }

  private static long number(Map<String, Object> map, String name, long otherwise) {
    return map.get(name) instanceof Number number ? number.longValue() : otherwise;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  private static List<Map<String, Object>> maps(@Nullable Object value) {
    List<Map<String, Object>> list = new ArrayList<>();
    if (value instanceof Iterable<?> items) {
      items.forEach(item -> list.add(map(item)));
    } else if (value instanceof java.util.Iterator<?> items) {
      items.forEachRemaining(item -> list.add(map(item)));
    }
    return list;
  }
}
