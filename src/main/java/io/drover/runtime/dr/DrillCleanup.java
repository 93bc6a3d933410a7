package io.drover.runtime.dr;

import io.drover.dr.DrillPlan;
import io.drover.execution.Effect;
import io.drover.execution.Executions;
import io.drover.prism.PrismVms;
import io.drover.runtime.CallFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** How drills and failovers are taken back in Java, by the names that their routes use. */
public final class DrillCleanup {
  private final Drills plans;
  private final Executions executions;

  DrillCleanup(Drills plans, Executions executions) {
    this.plans = plans;
    this.executions = executions;
  }

  /** Whether what was made is taken away: after a drill, and after a failover that failed. */
  public boolean cleans(Exchange exchange) {
    boolean failed = exchange.getVariable("failure") != null;
    boolean rejected = "REJECTED".equals(exchange.getVariable("outcome"));
    boolean keep = Boolean.TRUE.equals(Drills.inputs(exchange).get("keepOnFailure"));
    return failed ? rejected || !keep : !Drills.real(exchange);
  }

  /** How it ends when nothing is left of what was made. */
  public String cleanedOutcome(Exchange exchange) {
    String outcome = String.valueOf(exchange.getVariable("outcome"));
    return outcome.equals("FAILED_CHANGED") ? "ROLLED_BACK" : outcome;
  }

  public String cleanedReason(Exchange exchange) {
    String reason = String.valueOf(exchange.getVariable("outcomeReason"));
    if (Drills.real(exchange)) {
      return reason
          + ". Taken back: the new VMs are gone, the source's VMs that were powered off are on, and"
          + " routing is as before";
    }
    Object validated = exchange.getVariable("validated");
    return reason
        + (validated == null ? "" : ", validated by " + validated)
        + ". All VMs that the drill made are deleted";
  }

  /** How it ends when that is not certain. */
  public String uncleanOutcome(Exchange exchange) {
    return Drills.real(exchange) ? "ROLLBACK_UNPROVEN" : "NEEDS_HUMAN";
  }

  public String keptReason(Exchange exchange) {
    String reason = String.valueOf(exchange.getVariable("outcomeReason"));
    return exchange.getVariable("failure") == null
        ? reason + "; the VMs run at " + Drills.inputs(exchange).get("target")
        : reason + ". The VMs that were made are kept, as asked for: delete them by hand";
  }

  /** Searches that find whatever this execution's restores made, each as a block's input. */
  public List<Map<String, Object>> searches(Exchange exchange) {
    String own = Drills.own(exchange);
    String target = Drills.text(Drills.inputs(exchange), "target");
    List<Map<String, Object>> searches = new ArrayList<>();
    if (!Drills.real(exchange)) {
      searches.add(Map.of("system", target, "filter", Map.of("namePrefix", DrillPlan.prefix(own))));
      return searches;
    }
    executions.kinEffects(own, PrismVms.RESTORE).stream()
        .filter(effect -> effect.state().mayHaveChanged())
        .map(Effect::targetName)
        .distinct()
        .forEach(
            name ->
                searches.add(
                    Map.of("system", target, "filter", Map.of("name", String.valueOf(name)))));
    return searches;
  }

  /** Body: what the searches found, a list of lists. Exactly the VMs that our restores made. */
  public List<Map<String, Object>> made(Exchange exchange) {
    List<Effect> restores = executions.kinEffects(Drills.own(exchange), PrismVms.RESTORE);
    Map<String, Map<String, Object>> made = new LinkedHashMap<>();
    String target = Drills.text(Drills.inputs(exchange), "target");
    for (Object list : (List<?>) exchange.getMessage().getBody(List.class)) {
      for (Map<String, Object> vm : Groups.maps(list)) {
        if (restores.stream().anyMatch(effect -> PrismVms.isOf(effect, vm))) {
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("system", target);
          row.put("extId", vm.get("extId"));
          row.put("name", vm.get("name"));
          made.put(String.valueOf(vm.get("extId")), row);
        }
      }
    }
    return List.copyOf(made.values());
  }

  /**
   * Body: what is still found after the clean-up. Says so when something is, or when a restore may
   * yet make something.
   */
  public Map<String, @Nullable Object> proved(Exchange exchange) {
    List<Map<String, Object>> left = made(exchange);
    List<String> open =
        executions.kinEffects(Drills.own(exchange), PrismVms.RESTORE).stream()
            .filter(
                effect ->
                    effect.state() == Effect.State.ACCEPTED
                        || effect.state() == Effect.State.JOURNALED)
            .map(effect -> effect.targetName() + " (task " + effect.taskExtId() + ")")
            .toList();
    if (!left.isEmpty() || !open.isEmpty()) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "not-clean",
          (left.isEmpty()
                  ? ""
                  : "Still there: "
                      + left.stream()
                          .map(vm -> vm.get("name") + " (" + vm.get("extId") + ")")
                          .toList())
              + (open.isEmpty() ? "" : " A restore is not over, and may make a VM yet: " + open));
    }
    return Map.of("left", 0);
  }

  /** The source's VMs in the order in which they go down: the last stage first. */
  public List<Map<String, Object>> sources(Exchange exchange) throws IOException {
    String system = Drills.text(Drills.inputs(exchange), "system");
    List<Map<String, Object>> vms = new ArrayList<>();
    for (Map<String, Object> row : plans.of(Drills.own(exchange))) {
      Map<String, Object> vm = new LinkedHashMap<>();
      vm.put("system", system);
      vm.put("extId", row.get("extId"));
      vm.put("name", row.get("name"));
      vms.add(0, vm);
    }
    return vms;
  }

  /** Body: how the VMs ended that were to be powered off or on. Fails when one did not. */
  public Map<String, @Nullable Object> allDone(Exchange exchange) {
    List<String> bad = new ArrayList<>();
    for (Map<String, Object> result : Groups.maps(exchange.getMessage().getBody())) {
      if (!"SUCCEEDED".equals(result.get("outcome")) && !"SKIPPED".equals(result.get("outcome"))) {
        bad.add(result.get("name") + ": " + result.get("reason"));
      }
    }
    if (!bad.isEmpty()) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "power-failed",
          bad.size() + " VMs: " + String.join("; ", bad.subList(0, Math.min(5, bad.size()))));
    }
    return Map.of("done", true);
  }

  /** The source's VMs that this execution itself powered off, in boot order. */
  public List<Map<String, Object>> stopped(Exchange exchange) throws IOException {
    List<Map<String, Object>> stopped = new ArrayList<>();
    for (Map<String, Object> vm : sources(exchange)) {
      boolean own =
          executions.kinEffects(Drills.own(exchange), "power-off-vm").stream()
              .anyMatch(
                  effect ->
                      effect.state().mayHaveChanged()
                          && effect.system().equals(vm.get("system"))
                          && effect.target().equals(vm.get("extId")));
      if (own) {
        stopped.add(0, vm);
      }
    }
    return stopped;
  }
}
