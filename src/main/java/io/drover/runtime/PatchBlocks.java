package io.drover.runtime;

import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
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
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What the patch runbooks decide in Java, by the names that their routes use. */
public final class PatchBlocks {
  private static final Set<String> TOUCHING =
      Set.of("apply-updates", "reboot-guest", "power-off-vm", "revert-vm");

  /** What the window decides for all its VMs and they need not know. */
  private static final List<String> OF_THE_WINDOW =
      List.of(
          "categories",
          "vms",
          "cluster",
          "consistency",
          "batchSize",
          "concurrency",
          "canaries",
          "errorBudget",
          "maxVms",
          "windowEnd",
          "windowMinutes");

  private final LedgerClock clock;
  private final Executions executions;

  PatchBlocks(LedgerClock clock, Executions executions) {
    this.clock = clock;
    this.executions = executions;
  }

  /** The categories that the inputs name, each as {@code {category: Key:Value}}. */
  public List<Map<String, Object>> categories(Exchange exchange) {
    Map<String, Object> inputs = map(exchange.getVariable("inputs"));
    Set<String> names = new TreeSet<>();
    if (inputs.get("categories") instanceof List<?> chosen) {
      chosen.forEach(name -> names.add(String.valueOf(name)));
    }
    names.addAll(map(map(inputs.get("consistency")).get("byCategory")).keySet());
    List<Map<String, Object>> each = new ArrayList<>();
    names.forEach(name -> each.add(Map.of("category", name)));
    return each;
  }

  /** Body: the categories as Prism has them. Leaves what to list, each as {@code {filter: …}}. */
  public void selections(Exchange exchange) {
    Map<String, Object> inputs = map(exchange.getVariable("inputs"));
    Map<String, Object> names = new LinkedHashMap<>();
    List<Object> chosen = new ArrayList<>();
    List<?> wanted = inputs.get("categories") instanceof List<?> list ? list : List.of();
    for (Map<String, Object> category : maps(exchange.getMessage().getBody())) {
      String name = category.get("key") + ":" + category.get("value");
      names.put(String.valueOf(category.get("extId")), name);
      if (wanted.contains(name)) {
        chosen.add(String.valueOf(category.get("extId")));
      }
    }
    exchange.setProperty("categoryNames", names);
    List<Map<String, Object>> filters = new ArrayList<>();
    if (!chosen.isEmpty()) {
      filters.add(filter(inputs, "categoryExtIds", chosen));
    }
    if (inputs.get("vms") instanceof List<?> vms) {
      List<Object> ids = new ArrayList<>();
      for (Object vm : vms) {
        if (vm.toString().matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
          ids.add(vm.toString());
        } else {
          filters.add(filter(inputs, "name", vm.toString()));
        }
      }
      if (!ids.isEmpty()) {
        filters.add(filter(inputs, "vmExtIds", ids));
      }
    }
    exchange.getMessage().setBody(filters);
  }

  private static Map<String, Object> filter(Map<String, Object> inputs, String name, Object value) {
    Map<String, Object> filter = new LinkedHashMap<>();
    filter.put(name, value);
    if (inputs.get("cluster") != null) {
      filter.put("clusterExtId", inputs.get("cluster"));
    }
    return Map.of("filter", filter);
  }

  /**
   * Body: the VMs found, a list of lists. Property {@code categoryNames}: names by extId. Leaves
   * the plan.
   */
  public void plan(Exchange exchange) {
    Map<String, Object> inputs = map(exchange.getVariable("inputs"));
    Map<String, String> names = new HashMap<>();
    map(exchange.getProperty("categoryNames"))
        .forEach((id, name) -> names.put(id, String.valueOf(name)));
    List<Map<String, Object>> vms = new ArrayList<>();
    if (exchange.getMessage().getBody() instanceof Iterable<?> lists) {
      lists.forEach(list -> vms.addAll(maps(list)));
    }
    exchange.getMessage().setBody(PatchPlan.of(inputs, vms, names, clock.now()));
  }

  /** Whether there is a batch for this round. */
  public boolean moreBatches(Exchange exchange) {
    return round(exchange) < batches(exchange).size();
  }

  /** The batch of the round, one input map a VM. */
  public List<Map<String, Object>> batch(Exchange exchange) {
    return maps(batches(exchange).get(round(exchange)));
  }

  private static List<?> batches(Exchange exchange) {
    Object batches = map(exchange.getVariable("plan")).get("batches");
    return batches instanceof List<?> list ? list : List.of();
  }

  /** How many more VMs may end badly; below zero: none may begin. */
  public int badLeft(Exchange exchange) {
    int left =
        PatchPlan.badLeft(
            map(exchange.getVariable("plan")),
            round(exchange),
            maps(exchange.getVariable("results")));
    return Math.max(left, -1);
  }

  public int nextRound(Exchange exchange) {
    return round(exchange) + 1;
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

  /** The summary as a message for people. */
  public String announcement(Exchange exchange) {
    return WindowSummary.text(
        WindowSummary.of(maps(exchange.getVariable("results"))),
        String.valueOf(exchange.getVariable("execution")));
  }

  /** The inputs that every VM of the window shares. */
  public Map<String, Object> shared(Exchange exchange) {
    Map<String, Object> inputs = map(exchange.getVariable("inputs"));
    Map<String, Object> shared = new LinkedHashMap<>(inputs);
    OF_THE_WINDOW.forEach(shared::remove);
    if (Boolean.TRUE.equals(map(inputs.get("consistency")).get("degrade"))) {
      shared.put("degradeConsistency", true);
    }
    return shared;
  }

  /** Body: the VM as Prism shows it. Leaves the verdict. */
  public Map<String, @Nullable Object> judge(Exchange exchange) {
    return Eligibility.of(
        map(exchange.getVariable("inputs")), map(exchange.getMessage().getBody()));
  }

  /** How long the recovery point is kept: never less than twice the rollback window. */
  public String retention(Exchange exchange) {
    Map<String, Object> inputs = map(exchange.getVariable("inputs"));
    Duration asked = Duration.ofHours(number(inputs, "retentionHours", 72));
    Duration least = rollbackWindow(inputs).multipliedBy(2);
    return (asked.compareTo(least) < 0 ? least : asked).toString();
  }

  private static Duration rollbackWindow(Map<String, Object> inputs) {
    return Duration.ofMinutes(number(inputs, "rollbackWindowMinutes", 120));
  }

  /** A new expiry for a recovery point that a person will need: 30 days from now. */
  public String longExpiry(Exchange exchange) {
    return clock
        .now()
        .plus(Duration.ofDays(30))
        .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
        .toString();
  }

  /**
   * What a failure left behind, read from the effects: {@code touched} says whether the VM may have
   * been changed, {@code late} whether its recovery point is older than the rollback window (a VM
   * that has served users since must not lose their data).
   */
  public Map<String, Object> damage(Exchange exchange) {
    String execution = String.valueOf(exchange.getVariable("execution"));
    Instant taken = null;
    boolean touched = false;
    for (Effect effect : executions.effects(execution)) {
      if (effect.kind().equals("create-recovery-point") && effect.state() == Effect.State.DONE) {
        taken = effect.journaledAt();
      }
      touched |= TOUCHING.contains(effect.kind()) && effect.state().mayHaveChanged();
    }
    Duration window = rollbackWindow(map(exchange.getVariable("inputs")));
    Map<String, Object> damage = new LinkedHashMap<>();
    damage.put("touched", touched);
    damage.put("late", taken != null && clock.now().isAfter(taken.plus(window)));
    return damage;
  }

  /** How an execution ends that failed before it changed its VM. */
  public String harmlessOutcome(Exchange exchange) {
    Throwable error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    String kind = error == null ? "error" : Failures.kind(error);
    return switch (kind) {
      case "window-closed" -> "SKIPPED";
      case "cancelled" -> "CANCELLED";
      case "rejected" -> "REJECTED";
      default -> "FAILED_UNCHANGED";
    };
  }

  /** The failure in a sentence. */
  public String failure(Exchange exchange) {
    Throwable error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    if (error instanceof StepFailedException failed) {
      return "step "
          + failed.getStep()
          + " failed ("
          + failed.getKind()
          + "): "
          + Failures.message(failed);
    }
    return error == null ? "" : Failures.message(error);
  }

  /**
   * Body: what guest-check-marker-action found. Fails when the marker outlived the revert.
   *
   * @throws CallFailure of kind {@code not-reverted}
   */
  public void markerGone(Exchange exchange) {
    if (!Boolean.FALSE.equals(map(exchange.getMessage().getBody()).get("present"))) {
      throw new CallFailure(
          CallFailure.Verdict.FAILED,
          "not-reverted",
          "The file written after the recovery point is still on the VM: it was not put back");
    }
  }

  /** Whose marker must be gone, for guest-check-marker-action. */
  public Map<String, Object> markerRequest(Exchange exchange) {
    Map<String, Object> request = new HashMap<>();
    Object of = map(exchange.getVariable("inputs")).get("markerOf");
    request.put("execution", String.valueOf(of));
    return request;
  }

  /** Closes the executions that this one puts right, back to the first. */
  public void resolveEarlier(Exchange exchange) {
    String own = String.valueOf(exchange.getVariable("execution"));
    String who = String.valueOf(exchange.getVariable("requester"));
    Object earlier = map(exchange.getVariable("inputs")).get("execution");
    for (int i = 0; earlier != null && i < 100; i++) {
      executions.resolve(earlier.toString(), who, "Put back and proved by execution " + own);
      earlier =
          executions
              .find(earlier.toString())
              .filter(execution -> execution.runbook().equals("roll-back-vm"))
              .map(Execution::rerunOf)
              .orElse(null);
    }
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
