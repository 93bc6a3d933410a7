package io.drover.runtime.dr;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.dr.DrillPlan;
import io.drover.dr.DrillReport;
import io.drover.dr.Protections;
import io.drover.execution.Artifacts;
import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.InvalidInput;
import io.drover.execution.LedgerClock;
import io.drover.execution.Outcome;
import io.drover.prism.PrismVms;
import io.drover.runtime.CallFailure;
import io.drover.runtime.StepContext;
import io.drover.runtime.StepFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What drills and failovers decide in Java, by the names that their routes use. The plan is kept as
 * an artifact: it is too large for a variable, and the same whenever it is read.
 */
public final class DrillBlocks {
  static final String PLAN = "plan.json";
  private static final String VM = "drillVm";
  private static final int MOST = 100_000;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<List<Map<String, Object>>> ROWS = new TypeReference<>() {};

  private final Protections protections;
  private final Executions executions;
  private final Artifacts artifacts;
  private final RoutingBlocks routing;
  private final LedgerClock clock;

  DrillBlocks(
      Protections protections,
      Executions executions,
      Artifacts artifacts,
      RoutingBlocks routing,
      LedgerClock clock) {
    this.protections = protections;
    this.executions = executions;
    this.artifacts = artifacts;
    this.routing = routing;
    this.clock = clock;
  }

  /** The VMs of all stages, as rows. */
  public List<Map<String, Object>> wanted(Exchange exchange) {
    Map<String, Object> inputs = inputs(exchange);
    Protections.Filter filter =
        new Protections.Filter(text(inputs, "system"), text(inputs, "target"), null, null, null);
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
                text(inputs(exchange), "target"),
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
    Map<String, Object> inputs = inputs(exchange);
    List<String> findings =
        DrillPlan.findings(vms, Duration.parse(text(inputs, "maxCopyAge")), clock.now());
    if (!findings.isEmpty()) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "no-copy",
          findings.size()
              + " VMs cannot be restored, so nothing is: "
              + String.join("; ", findings.subList(0, Math.min(20, findings.size()))));
    }
    String execution = own(exchange);
    try (OutputStream out = artifacts.create(execution, PLAN, "application/json")) {
      JSON.writeValue(out, vms);
    }
    Map<String, @Nullable Object> outline = new LinkedHashMap<>();
    outline.put("vms", vms.size());
    outline.put("stages", Groups.maps(inputs.get("stages")).size());
    return outline;
  }

  List<Map<String, Object>> plan(String execution) throws IOException {
    try (InputStream in = artifacts.open(execution, PLAN)) {
      return JSON.readValue(in, ROWS);
    }
  }

  /** The plan's VMs. */
  public List<Map<String, Object>> planned(Exchange exchange) throws IOException {
    return plan(own(exchange));
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
    Map<String, Object> inputs = inputs(exchange);
    boolean real = real(exchange);
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
              .filter(vm -> stageOf(vm) == stage)
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

  boolean real(Exchange exchange) {
    return "failover".equals(inputs(exchange).get("mode"));
  }

  /** Whether there is a stage for this round. */
  public boolean more(Exchange exchange) {
    return exchange.getVariable("failure") == null
        && round(exchange) < Groups.maps(inputs(exchange).get("stages")).size();
  }

  private static int round(Exchange exchange) {
    return ((Number) exchange.getVariable("round")).intValue();
  }

  public int next(Exchange exchange) {
    return round(exchange) + 1;
  }

  /** The VMs of the round's stage, each as the inputs of its restore. */
  public List<Map<String, Object>> stage(Exchange exchange) throws IOException {
    Map<String, Object> inputs = inputs(exchange);
    Map<String, Object> stage = Groups.maps(inputs.get("stages")).get(round(exchange));
    List<Map<String, Object>> vms = new ArrayList<>();
    for (Map<String, Object> row : plan(own(exchange))) {
      if (stageOf(row) != round(exchange)) {
        continue;
      }
      Map<String, Object> vm = new LinkedHashMap<>();
      vm.put("system", inputs.get("target"));
      vm.put("extId", row.get("extId"));
      vm.put("vmName", row.get("name"));
      vm.put(
          "name",
          real(exchange)
              ? row.get("name")
              : DrillPlan.drillName(own(exchange), String.valueOf(row.get("name"))));
      vm.put("recoveryPoint", row.get("recoveryPoint"));
      vm.put("vmRecoveryPoint", row.get("vmRecoveryPoint"));
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
      Object stage = Groups.maps(inputs(exchange).get("stages")).get(round(exchange)).get("name");
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

  /** What the validators see. */
  public Map<String, @Nullable Object> toValidate(Exchange exchange) throws IOException {
    DrillReport report = report(own(exchange), inputs(exchange));
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put(
        "what",
        "The drill's VMs run at "
            + inputs(exchange).get("target")
            + ". Look at them; yes: they are as they must be, no: they are not. They are deleted"
            + " after either answer, and when nobody answers.");
    facts.put(
        "vms",
        report.vms().stream()
            .map(vm -> vm.stage() + ": " + vm.name() + " is VM " + vm.madeExtId())
            .toList());
    return facts;
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

  /** Whether what was made is taken away: after a drill, and after a failover that failed. */
  public boolean cleans(Exchange exchange) {
    boolean failed = exchange.getVariable("failure") != null;
    boolean rejected = "REJECTED".equals(exchange.getVariable("outcome"));
    boolean keep = Boolean.TRUE.equals(inputs(exchange).get("keepOnFailure"));
    return failed ? rejected || !keep : !real(exchange);
  }

  /** How it ends when nothing is left of what was made. */
  public String cleanedOutcome(Exchange exchange) {
    String outcome = String.valueOf(exchange.getVariable("outcome"));
    return outcome.equals("FAILED_CHANGED") ? "ROLLED_BACK" : outcome;
  }

  public String cleanedReason(Exchange exchange) {
    String reason = String.valueOf(exchange.getVariable("outcomeReason"));
    if (real(exchange)) {
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
    return real(exchange) ? "ROLLBACK_UNPROVEN" : "NEEDS_HUMAN";
  }

  public String keptReason(Exchange exchange) {
    String reason = String.valueOf(exchange.getVariable("outcomeReason"));
    return exchange.getVariable("failure") == null
        ? reason + "; the VMs run at " + inputs(exchange).get("target")
        : reason + ". The VMs that were made are kept, as asked for: delete them by hand";
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

  // Clean-up.

  /** Searches that find whatever this execution's restores made, each as a block's input. */
  public List<Map<String, Object>> searches(Exchange exchange) {
    String own = own(exchange);
    String target = text(inputs(exchange), "target");
    List<Map<String, Object>> searches = new ArrayList<>();
    if (!real(exchange)) {
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
    List<Effect> restores = executions.kinEffects(own(exchange), PrismVms.RESTORE);
    Map<String, Map<String, Object>> made = new LinkedHashMap<>();
    String target = text(inputs(exchange), "target");
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
        executions.kinEffects(own(exchange), PrismVms.RESTORE).stream()
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

  // The report.

  /** Writes the report; leaves what matters of it, and the text for people. */
  public Map<String, @Nullable Object> report(Exchange exchange) throws IOException {
    String own = own(exchange);
    DrillReport report = report(own, inputs(exchange));
    try (Writer out =
        new OutputStreamWriter(
            artifacts.create(own, "drill.csv", "text/csv;charset=utf-8"), StandardCharsets.UTF_8)) {
      report.csv(out);
    }
    Duration time = report.recoveryTime();
    Map<String, @Nullable Object> told = new LinkedHashMap<>();
    told.put("recoveryTimeSeconds", time == null ? null : time.toMillis() / 1000.0);
    List<Map<String, @Nullable Object>> stages = new ArrayList<>();
    for (DrillReport.Stage stage : report.stages()) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      Duration took = stage.took();
      row.put("name", stage.name());
      row.put("vms", stage.vms());
      row.put("healthy", stage.good());
      row.put("seconds", took == null ? null : took.toMillis() / 1000.0);
      stages.add(row);
    }
    told.put("stages", stages);
    told.put(
        "text",
        report.text(
            exchange.getVariable("outcome") + ". " + exchange.getVariable("outcomeReason")));
    return told;
  }

  private DrillReport report(String own, Map<String, Object> inputs) throws IOException {
    Map<String, Execution> restores = new LinkedHashMap<>();
    executions.children(own).stream()
        .filter(child -> child.runbook().equals("dr-restore-vm"))
        .forEach(child -> restores.put(String.valueOf(child.key()), child));
    List<Map<String, Object>> stages = Groups.maps(inputs.get("stages"));
    List<DrillReport.Vm> vms = new ArrayList<>();
    List<DrillReport.Stage> sums = new ArrayList<>();
    List<Map<String, Object>> plan = plan(own);
    for (int i = 0; i < stages.size(); i++) {
      int stage = i;
      String name = String.valueOf(stages.get(i).get("name"));
      List<DrillReport.Vm> of = new ArrayList<>();
      plan.stream()
          .filter(row -> stageOf(row) == stage)
          .forEach(row -> of.add(vm(name, row, restores.get(String.valueOf(row.get("extId"))))));
      vms.addAll(of);
      List<Instant> begun =
          of.stream().map(DrillReport.Vm::begun).flatMap(DrillBlocks::some).toList();
      List<Instant> ended =
          of.stream().map(DrillReport.Vm::ended).flatMap(DrillBlocks::some).toList();
      sums.add(
          new DrillReport.Stage(
              name,
              of.size(),
              (int) of.stream().filter(vm -> vm.outcome().equals("SUCCEEDED")).count(),
              begun.stream().min(Instant::compareTo).orElse(null),
              ended.size() < of.size()
                  ? null
                  : ended.stream().max(Instant::compareTo).orElse(null)));
    }
    String what = "failover".equals(inputs.get("mode")) ? "DR failover" : "DR drill";
    return new DrillReport(own, what, sums, vms);
  }

  private static java.util.stream.Stream<Instant> some(@Nullable Instant at) {
    return at == null ? java.util.stream.Stream.empty() : java.util.stream.Stream.of(at);
  }

  private DrillReport.Vm vm(String stage, Map<String, Object> row, @Nullable Execution restore) {
    Outcome outcome = restore == null ? null : restore.outcome();
    return new DrillReport.Vm(
        stage,
        String.valueOf(row.get("name")),
        String.valueOf(row.get("extId")),
        restore == null ? null : madeBy(restore).orElse(null),
        row.get("takenAt") == null ? null : row.get("takenAt").toString(),
        restore == null ? null : restore.createdAt(),
        restore == null ? null : restore.endedAt(),
        outcome == null ? "NOT_BEGUN" : outcome.name(),
        restore == null ? null : restore.reason(),
        restore == null ? null : restore.id());
  }

  /** The extId of the VM that a restore made. */
  Optional<String> madeBy(Execution restore) {
    return executions.effects(restore.id()).stream()
        .filter(effect -> effect.kind().equals(PrismVms.RESTORE))
        .map(Effect::result)
        .filter(result -> result != null)
        .map(
            result -> {
              try {
                return JSON.readTree(result).path("vm").asText("");
              } catch (IOException e) {
                throw new IllegalStateException("An effect's result is no JSON", e);
              }
            })
        .filter(id -> !id.isEmpty())
        .findFirst();
  }

  /** What was said to people is in the outbox; the rest is the result. */
  public Map<String, @Nullable Object> withoutText(Exchange exchange) {
    Map<String, @Nullable Object> rest =
        new LinkedHashMap<>(Groups.map(exchange.getMessage().getBody()));
    rest.remove("text");
    return rest;
  }

  // The source's VMs in a failover.

  /** The source's VMs in the order in which they go down: the last stage first. */
  public List<Map<String, Object>> sources(Exchange exchange) throws IOException {
    String system = text(inputs(exchange), "system");
    List<Map<String, Object>> vms = new ArrayList<>();
    for (Map<String, Object> row : plan(own(exchange))) {
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
          executions.kinEffects(own(exchange), "power-off-vm").stream()
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

  private static int stageOf(Map<String, Object> row) {
    return row.get("stage") instanceof Number stage ? stage.intValue() : -1;
  }

  private static Map<String, Object> inputs(Exchange exchange) {
    return Groups.map(exchange.getVariable("inputs"));
  }

  private static String text(Map<String, Object> map, String name) {
    return String.valueOf(map.get(name));
  }

  private static String own(Exchange exchange) {
    return StepContext.of(exchange).key().execution();
  }
}
