package io.drover.runtime.dr;

import io.drover.dr.DrillReport;
import io.drover.execution.Artifacts;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.Outcome;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What is told of drills and failovers, by the names that their route uses. */
public final class DrillReports {
  private final Drills plans;
  private final Executions executions;
  private final Artifacts artifacts;

  DrillReports(Drills plans, Executions executions, Artifacts artifacts) {
    this.plans = plans;
    this.executions = executions;
    this.artifacts = artifacts;
  }

  /** What the validators see. */
  public Map<String, @Nullable Object> toValidate(Exchange exchange) throws IOException {
    DrillReport report = report(Drills.own(exchange), Drills.inputs(exchange));
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put(
        "what",
        "The drill's VMs run at "
            + Drills.inputs(exchange).get("target")
            + ". Look at them; yes: they are as they must be, no: they are not. They are deleted"
            + " after either answer, and when nobody answers.");
    facts.put(
        "vms",
        report.vms().stream()
            .map(vm -> vm.stage() + ": " + vm.name() + " is VM " + vm.madeExtId())
            .toList());
    return facts;
  }

  /** Writes the report; leaves what matters of it, and the text for people. */
  public Map<String, @Nullable Object> report(Exchange exchange) throws IOException {
    String own = Drills.own(exchange);
    DrillReport report = report(own, Drills.inputs(exchange));
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
    List<Map<String, Object>> plan = plans.of(own);
    for (int i = 0; i < stages.size(); i++) {
      int stage = i;
      String name = String.valueOf(stages.get(i).get("name"));
      List<DrillReport.Vm> of = new ArrayList<>();
      plan.stream()
          .filter(row -> Drills.stageOf(row) == stage)
          .forEach(row -> of.add(vm(name, row, restores.get(String.valueOf(row.get("extId"))))));
      vms.addAll(of);
      List<Instant> begun =
          of.stream().map(DrillReport.Vm::begun).flatMap(DrillReports::some).toList();
      List<Instant> ended =
          of.stream().map(DrillReport.Vm::ended).flatMap(DrillReports::some).toList();
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

  private static Stream<Instant> some(@Nullable Instant at) {
    return at == null ? Stream.empty() : Stream.of(at);
  }

  private DrillReport.Vm vm(String stage, Map<String, Object> row, @Nullable Execution restore) {
    Outcome outcome = restore == null ? null : restore.outcome();
    return new DrillReport.Vm(
        stage,
        String.valueOf(row.get("name")),
        String.valueOf(row.get("extId")),
        restore == null ? null : plans.madeBy(restore).orElse(null),
        row.get("takenAt") == null ? null : row.get("takenAt").toString(),
        restore == null ? null : restore.createdAt(),
        restore == null ? null : restore.endedAt(),
        outcome == null ? "NOT_BEGUN" : outcome.name(),
        restore == null ? null : restore.reason(),
        restore == null ? null : restore.id());
  }

  /** What was said to people is in the outbox; the rest is the result. */
  public Map<String, @Nullable Object> withoutText(Exchange exchange) {
    Map<String, @Nullable Object> rest =
        new LinkedHashMap<>(Groups.map(exchange.getMessage().getBody()));
    rest.remove("text");
    return rest;
  }
}
