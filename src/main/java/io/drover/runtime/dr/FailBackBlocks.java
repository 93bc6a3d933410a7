package io.drover.runtime.dr;

import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.LedgerClock;
import io.drover.execution.Outcome;
import io.drover.runtime.CallFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What going back from a failover decides in Java, by the names that its route uses. */
public final class FailBackBlocks {
  private final Drills plans;
  private final Executions executions;
  private final RoutingBlocks routing;
  private final LedgerClock clock;

  FailBackBlocks(Drills plans, Executions executions, RoutingBlocks routing, LedgerClock clock) {
    this.plans = plans;
    this.executions = executions;
    this.routing = routing;
    this.clock = clock;
  }

  private Execution failover(Exchange exchange) {
    String id = Drills.text(Drills.inputs(exchange), "execution");
    Execution found = executions.find(id).orElse(null);
    boolean real =
        found != null
            && found.runbook().equals("dr-drill")
            && "failover".equals(Groups.inputs(found).get("mode"));
    if (found == null || !real || found.outcome() != Outcome.SUCCEEDED) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "no-failover",
          "execution: "
              + id
              + (found == null ? "" : ", " + found.runbook() + " " + found.outcome())
              + " (expected: a failover that succeeded)");
    }
    return found;
  }

  /** A VM on both sides. */
  private record Pair(int stage, String name, String source, String copy) {}

  private List<Pair> pairs(Execution failover) throws IOException {
    Map<String, Execution> restores = new LinkedHashMap<>();
    executions.children(failover.id()).stream()
        .filter(child -> child.runbook().equals("dr-restore-vm"))
        .forEach(child -> restores.put(String.valueOf(child.key()), child));
    List<Pair> pairs = new ArrayList<>();
    for (Map<String, Object> row : plans.of(failover.id())) {
      String source = String.valueOf(row.get("extId"));
      Execution restore = restores.get(source);
      String copy = restore == null ? null : plans.madeBy(restore).orElse(null);
      if (copy == null) {
        throw new CallFailure(
            CallFailure.Verdict.REFUSED,
            "no-failover",
            "The ledger does not say which VM was made of " + row.get("name"));
      }
      pairs.add(new Pair(Drills.stageOf(row), String.valueOf(row.get("name")), source, copy));
    }
    return pairs;
  }

  /** What the approvers see. */
  public Map<String, @Nullable Object> facts(Exchange exchange) throws IOException {
    Execution failover = failover(exchange);
    Map<String, Object> before = Groups.inputs(failover);
    List<Pair> pairs = pairs(failover);
    boolean delete = Boolean.TRUE.equals(Drills.inputs(exchange).get("deleteCopies"));
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put(
        "what",
        "FAIL BACK: the "
            + pairs.size()
            + " VMs at "
            + before.get("target")
            + " are powered off, hard, the VMs at "
            + before.get("system")
            + " are powered on as they were when they went down, and users are led there again."
            + " WHAT WAS WRITTEN AT "
            + before.get("target")
            + " SINCE THE FAILOVER IS NOT AT "
            + before.get("system")
            + ": copy it first, or lose it."
            + (delete ? " The VMs at " + before.get("target") + " are then deleted." : ""));
    facts.put("failover", failover.id());
    facts.put("routing", routing.told());
    facts.put("vms", pairs.stream().map(pair -> pair.name() + " (" + pair.source() + ")").toList());
    if (delete) {
      facts.put("delete", rows(before, pairs, true));
    }
    Map<String, @Nullable Object> ages = new LinkedHashMap<>();
    Instant ended = failover.endedAt();
    Instant now = clock.now();
    ages.put("readAt", now.toString());
    ages.put(
        "minutesSinceFailover", ended == null ? null : Duration.between(ended, now).toMinutes());
    facts.put("asOf", ages);
    return facts;
  }

  private static List<Map<String, Object>> rows(
      Map<String, Object> before, List<Pair> pairs, boolean copies) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Pair pair : pairs) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("system", before.get(copies ? "target" : "system"));
      row.put("extId", copies ? pair.copy() : pair.source());
      row.put("name", pair.name());
      rows.add(row);
    }
    return rows;
  }

  /** The other side's VMs, the last stage first. */
  public List<Map<String, Object>> copies(Exchange exchange) throws IOException {
    Execution failover = failover(exchange);
    List<Pair> pairs = new ArrayList<>(pairs(failover));
    java.util.Collections.reverse(pairs);
    return rows(Groups.inputs(failover), pairs, true);
  }

  /** Whether there is a stage for this round. */
  public boolean more(Exchange exchange) {
    return round(exchange) < Groups.maps(Groups.inputs(failover(exchange)).get("stages")).size();
  }

  private static int round(Exchange exchange) {
    return exchange.getVariable("round") instanceof Number round ? round.intValue() : 0;
  }

  public int next(Exchange exchange) {
    return round(exchange) + 1;
  }

  /** The source's VMs of the round's stage, each as the inputs of its start. */
  public List<Map<String, Object>> stage(Exchange exchange) throws IOException {
    Execution failover = failover(exchange);
    Map<String, Object> before = Groups.inputs(failover);
    Object check = Groups.maps(before.get("stages")).get(round(exchange)).get("healthCheck");
    List<Pair> own =
        pairs(failover).stream().filter(pair -> pair.stage() == round(exchange)).toList();
    List<Map<String, Object>> rows = rows(before, own, false);
    if (check != null) {
      rows.forEach(row -> row.put("healthCheck", check));
    }
    return rows;
  }

  /** The source's VMs that this execution itself powered on. */
  public List<Map<String, Object>> started(Exchange exchange) throws IOException {
    return touched(exchange, false, "power-on-vm");
  }

  /** The other side's VMs that this execution itself powered off. */
  public List<Map<String, Object>> stopped(Exchange exchange) throws IOException {
    return touched(exchange, true, "power-off-vm");
  }

  private List<Map<String, Object>> touched(Exchange exchange, boolean copies, String kind)
      throws IOException {
    Execution failover = failover(exchange);
    List<Effect> effects = executions.kinEffects(Drills.own(exchange), kind);
    return rows(Groups.inputs(failover), pairs(failover), copies).stream()
        .filter(
            row ->
                effects.stream()
                    .anyMatch(
                        effect ->
                            effect.state().mayHaveChanged()
                                && effect.system().equals(row.get("system"))
                                && effect.target().equals(row.get("extId"))))
        .toList();
  }
}
