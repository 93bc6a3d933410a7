package io.drover.runtime.dr;

import io.drover.dr.DrillPlan;
import io.drover.dr.Protections;
import io.drover.execution.Executions;
import io.drover.execution.InvalidInput;
import io.drover.execution.LedgerClock;
import io.drover.patch.Eligibility;
import io.drover.runtime.CallFailure;
import io.drover.runtime.StepFailedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What drills and failovers decide in Java before and while VMs start, by their routes' names. */
public final class DrillBlocks {
  private static final String VM = "drillVm";
  private static final int MOST = 100_000;

  private final Protections protections;
  private final Executions executions;
  private final Drills plans;
  private final RoutingBlocks routing;
  private final LedgerClock clock;

  DrillBlocks(
      Protections protections,
      Executions executions,
      Drills plans,
      RoutingBlocks routing,
      LedgerClock clock) {
    this.protections = protections;
    this.executions = executions;
    this.plans = plans;
    this.routing = routing;
    this.clock = clock;
  }

  /** The VMs of all stages, as rows. */
  public List<Map<String, Object>> wanted(Exchange exchange) {
    Map<String, Object> inputs = Drills.inputs(exchange);
    Protections.Filter filter =
        new Protections.Filter(
            Drills.text(inputs, "system"), Drills.text(inputs, "target"), null, null, null);
    List<DrillPlan.Chosen> chosen;
    try {
      chosen = DrillPlan.choose(Groups.maps(inputs.get("stages")), protections.list(filter, MOST));
    } catch (InvalidInput e) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED, "invalid-input", String.valueOf(e.getMessage()), e);
    }
    int limit = ((Number) inputs.getOrDefault("maxVms", 100)).intValue();
    if (chosen.isEmpty() || chosen.size() > limit) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "too-many-vms",
          "stages: " + chosen.size() + " VMs (expected: 1.." + limit + ", as maxVms says)");
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (DrillPlan.Chosen vm : chosen) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("stage", vm.stage());
      row.put("extId", vm.extId());
      row.put("name", vm.name());
      rows.add(row);
    }
    return rows;
  }

  /** Body: a row. Remembers it; leaves what finds its copies. */
  public void ask(Exchange exchange) {
    Map<String, Object> row = Groups.map(exchange.getMessage().getBody());
    exchange.setProperty(VM, row);
    exchange
        .getMessage()
        .setBody(
            Map.of(
                "system",
                Drills.text(Drills.inputs(exchange), "target"),
                "vmExtId",
                String.valueOf(row.get("extId"))));
  }

  /** Body: the copies of the row that was remembered. The row, with its copy if it has one. */
  public Map<String, Object> pick(Exchange exchange) {
    Map<String, Object> row = Groups.map(exchange.getProperty(VM));
    Map<String, Object> copy =
        DrillPlan.copy(
            String.valueOf(row.get("extId")),
            Groups.maps(exchange.getMessage().getBody()),
            clock.now());
    if (copy != null) {
      row.putAll(copy);
    }
    return row;
  }

  /** Body: all rows. Keeps the plan; leaves its outline. */
  public Map<String, @Nullable Object> plan(Exchange exchange) throws IOException {
    List<Map<String, Object>> vms = Groups.maps(exchange.getMessage().getBody());
    Map<String, Object> inputs = Drills.inputs(exchange);
    List<String> findings =
        DrillPlan.findings(vms, Duration.parse(Drills.text(inputs, "maxCopyAge")), clock.now());
    if (!findings.isEmpty()) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "no-copy",
          findings.size()
              + " VMs cannot be restored, so nothing is: "
              + String.join("; ", findings.subList(0, Math.min(20, findings.size()))));
    }
    plans.keep(Drills.own(exchange), vms);
    Map<String, @Nullable Object> outline = new LinkedHashMap<>();
    outline.put("vms", vms.size());
    outline.put("stages", Groups.maps(inputs.get("stages")).size());
    return outline;
  }

  /** The plan's VMs. */
  public List<Map<String, Object>> planned(Exchange exchange) throws IOException {
    return plans.of(Drills.own(exchange));
  }

  /** Body: a planned row's copies, read anew. The row, if its copy is still as it was. */
  public Map<String, Object> again(Exchange exchange) {
    Map<String, Object> row = Groups.map(exchange.getProperty(VM));
    boolean there =
        Groups.maps(exchange.getMessage().getBody()).stream()
            .filter(
                copy -> String.valueOf(row.get("recoveryPoint")).equals(copy.get("recoveryPoint")))
            .anyMatch(
                copy ->
                    DrillPlan.copy(String.valueOf(row.get("extId")), List.of(copy), clock.now())
                        != null);
    if (!there) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "no-copy",
          "The copy "
              + row.get("recoveryPoint")
              + " of "
              + row.get("name")
              + " is no longer there; start anew");
    }
    return row;
  }

  /** Body: the plan's rows, read anew. What the approvers see. */
  public Map<String, @Nullable Object> facts(Exchange exchange) {
    List<Map<String, Object>> vms = Groups.maps(exchange.getMessage().getBody());
    Map<String, Object> inputs = Drills.inputs(exchange);
    boolean real = Drills.real(exchange);
    List<Map<String, Object>> stages = Groups.maps(inputs.get("stages"));
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    String oldest =
        vms.stream().map(vm -> String.valueOf(vm.get("takenAt"))).min(String::compareTo).orElse("");
    facts.put("what", what(inputs, vms.size(), stages.size(), real, oldest));
    facts.put("mode", inputs.get("mode"));
    facts.put("system", inputs.get("system"));
    facts.put("target", inputs.get("target"));
    facts.put("network", inputs.get("network"));
    if (real) {
      facts.put("routing", routing.told());
    }
    List<Map<String, Object>> shown = new ArrayList<>();
    for (int i = 0; i < stages.size(); i++) {
      int stage = i;
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", stages.get(i).get("name"));
      row.put(
          "vms",
          vms.stream()
              .filter(vm -> Drills.stageOf(vm) == stage)
              .map(
                  vm -> vm.get("name") + " (" + vm.get("extId") + "), copy of " + vm.get("takenAt"))
              .toList());
      shown.add(row);
    }
    facts.put("stages", shown);
    Map<String, @Nullable Object> ages = new LinkedHashMap<>();
    Instant now = clock.now();
    ages.put("readAt", now.toString());
    ages.put(
        "oldestCopyAgeMinutes",
        oldest.isEmpty() ? null : Duration.between(Instant.parse(oldest), now).toMinutes());
    facts.put("asOf", ages);
    return facts;
  }

  private static String what(
      Map<String, Object> inputs, int vms, int stages, boolean real, String oldest) {
    if (!real) {
      return "Drill: restore "
          + vms
          + " VMs of "
          + inputs.get("system")
          + " at "
          + inputs.get("target")
          + " as new VMs, named drill-…, on the test network "
          + inputs.get("network")
          + " and no other, in "
          + stages
          + " stages. Production stays as it is. The new VMs are deleted when the validators have"
          + " answered.";
    }
    boolean off = "power-off".equals(inputs.get("sourceVms"));
    return "FAILOVER FOR REAL: "
        + (off
            ? "the " + vms + " VMs are powered off at " + inputs.get("system") + ", hard, and "
            : vms
                + " VMs are NOT touched at "
                + inputs.get("system")
                + " (see that they are off!), and ")
        + "started at "
        + inputs.get("target")
        + " under their own names from copies as old as "
        + oldest
        + ". What was written since a copy was taken is not in it. Users are led there by the routing"
        + " shown. If a stage fails, the new VMs are deleted"
        + (off ? ", the source's VMs powered on again" : "")
        + " and routing is put back.";
  }

  /** Whether there is a stage for this round. */
  public boolean more(Exchange exchange) {
    return exchange.getVariable("failure") == null
        && round(exchange) < Groups.maps(Drills.inputs(exchange).get("stages")).size();
  }

  private static int round(Exchange exchange) {
    return ((Number) exchange.getVariable("round")).intValue();
  }

  public int next(Exchange exchange) {
    return round(exchange) + 1;
  }

  /** The VMs of the round's stage, each as the inputs of its restore. */
  public List<Map<String, Object>> stage(Exchange exchange) throws IOException {
    Map<String, Object> inputs = Drills.inputs(exchange);
    Map<String, Object> stage = Groups.maps(inputs.get("stages")).get(round(exchange));
    List<Map<String, Object>> vms = new ArrayList<>();
    for (Map<String, Object> row : plans.of(Drills.own(exchange))) {
      if (Drills.stageOf(row) != round(exchange)) {
        continue;
      }
      Map<String, Object> vm = new LinkedHashMap<>();
      vm.put("system", inputs.get("target"));
      vm.put("extId", row.get("extId"));
      vm.put("vmName", row.get("name"));
      vm.put(
          "name",
          Drills.real(exchange)
              ? row.get("name")
              : DrillPlan.drillName(Drills.own(exchange), String.valueOf(row.get("name"))));
      vm.put("recoveryPoint", row.get("recoveryPoint"));
      vm.put("vmRecoveryPoint", row.get("vmRecoveryPoint"));
      if (!Drills.real(exchange)) {
        vm.put("source", inputs.get("system"));
      }
      copy(row, "cluster", vm);
      copy(inputs, "network", vm);
      copy(stage, "healthCheck", vm);
      vms.add(vm);
    }
    return vms;
  }

  private static void copy(Map<String, Object> from, String name, Map<String, Object> to) {
    if (from.get(name) != null) {
      to.put(name, from.get(name));
    }
  }

  /**
   * Body: how the stage's VMs ended.
   *
   * @throws CallFailure of kind {@code stage-failed} when one is not healthy
   */
  public Map<String, @Nullable Object> judge(Exchange exchange) {
    List<Map<String, Object>> results = Groups.maps(exchange.getMessage().getBody());
    List<String> bad = new ArrayList<>();
    for (Map<String, Object> result : results) {
      if (!"SUCCEEDED".equals(result.get("outcome"))) {
        bad.add(name(result) + ": " + result.get("reason"));
      }
    }
    if (!bad.isEmpty()) {
      Object stage =
          Groups.maps(Drills.inputs(exchange).get("stages")).get(round(exchange)).get("name");
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "stage-failed",
          "Stage "
              + stage
              + ": "
              + bad.size()
              + " of "
              + results.size()
              + " VMs are not healthy, so no further stage is begun: "
              + String.join("; ", bad.subList(0, Math.min(5, bad.size()))));
    }
    return Map.of("healthy", results.size());
  }

  private String name(Map<String, Object> result) {
    return executions
        .find(String.valueOf(result.get("execution")))
        .map(child -> String.valueOf(Groups.inputs(child).get("vmName")))
        .orElse(String.valueOf(result.get("key")));
  }

  /** What happened, for whoever decides next. */
  public String failure(Exchange exchange) {
    Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    return failure == null ? "unknown" : String.valueOf(failure.getMessage());
  }

  /** Stable kind of what happened. */
  public String failureKind(Exchange exchange) {
    Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    return failure instanceof StepFailedException step
        ? step.getStep() + "/" + step.getKind()
        : "unknown";
  }

  /** How it ends when a step failed, before anything is taken away. */
  public String failedOutcome(Exchange exchange) {
    boolean begun = exchange.getVariable("begun") != null;
    Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    String kind = failure instanceof StepFailedException step ? step.getKind() : "";
    return switch (kind) {
      case "rejected" -> "REJECTED";
      case "cancelled" -> begun ? "FAILED_CHANGED" : "CANCELLED";
      default -> begun ? "FAILED_CHANGED" : "FAILED_UNCHANGED";
    };
  }

  /** How one VM's part of a way back ends when it failed; its parent decides what that means. */
  public String childOutcome(Exchange exchange) {
    Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    String kind = failure instanceof StepFailedException step ? step.getKind() : "";
    return kind.equals("not-ours") || kind.equals("vm-locked")
        ? "FAILED_UNCHANGED"
        : "FAILED_CHANGED";
  }

  /** What reads the VM in production whose copy this is. */
  public Map<String, Object> original(Exchange exchange) {
    Map<String, Object> inputs = Drills.inputs(exchange);
    return Map.of("system", Drills.text(inputs, "source"), "vmExtId", Drills.text(inputs, "extId"));
  }

  /**
   * Body: the VM in production. A copy with a static address reports the same one, and a probe of
   * that would ask production and call the copy healthy.
   *
   * @throws CallFailure of kind {@code address-of-production} when both have one address
   */
  public void otherAddress(Exchange exchange) {
    Object own = exchange.getVariable("address");
    String original = Eligibility.address(Groups.map(exchange.getMessage().getBody()));
    if (own != null && own.equals(original)) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "address-of-production",
          "The copy reports the address "
              + own
              + ", which is production's: a probe would not ask the copy. Leave the health check out;"
              + " then its guest tools must answer");
    }
  }

  /**
   * The address of a guest that is to be probed.
   *
   * @throws CallFailure of kind {@code no-address} when it reports none
   */
  public String ownAddress(Exchange exchange) {
    Object address = exchange.getVariable("address");
    if (address == null || address.toString().isEmpty()) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "no-address",
          "VM " + exchange.getVariable("vmExtId") + " reports no address to probe it at");
    }
    return address.toString();
  }
}
