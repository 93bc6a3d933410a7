package io.drover.dr;

import io.drover.report.Texts;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * How long a drill or a failover took, stage by stage. The recovery time counts from the beginning
 * of the first stage: what people thought about before is not the machines'.
 */
public record DrillReport(String execution, String what, List<Stage> stages, List<Vm> vms) {

  /** A stage; times are null when it was not begun. */
  public record Stage(
      String name, int vms, int good, @Nullable Instant begun, @Nullable Instant ended) {
    public @Nullable Duration took() {
      return begun == null || ended == null ? null : Duration.between(begun, ended);
    }
  }

  /**
   * One VM.
   *
   * @param copyOf when the copy was taken that it was started from
   * @param execution that restored it; null when its turn never came
   */
  public record Vm(
      String stage,
      String name,
      String extId,
      @Nullable String madeExtId,
      @Nullable String copyOf,
      @Nullable Instant begun,
      @Nullable Instant ended,
      String outcome,
      @Nullable String reason,
      @Nullable String execution) {}

  /** From the first stage's beginning to the last one's end; null when a stage is missing. */
  public @Nullable Duration recoveryTime() {
    if (stages.isEmpty() || stages.stream().anyMatch(stage -> stage.took() == null)) {
      return null;
    }
    Instant begun = stages.get(0).begun();
    Instant ended = stages.get(stages.size() - 1).ended();
    return begun == null || ended == null ? null : Duration.between(begun, ended);
  }

  /** For a chat. */
  public String text(String how) {
    StringBuilder text = new StringBuilder(what).append(' ').append(execution);
    text.append(": ").append(how);
    Duration all = recoveryTime();
    if (all != null) {
      text.append("\nRecovery time ").append(shown(all));
    }
    for (Stage stage : stages) {
      Duration took = stage.took();
      text.append("\n• ").append(Texts.line(stage.name(), 80)).append(": ");
      text.append(stage.good()).append(" of ").append(stage.vms()).append(" VMs healthy");
      text.append(took == null ? ", not begun" : " after " + shown(took));
    }
    List<Vm> bad =
        vms.stream()
            .filter(vm -> vm.execution() != null && !vm.outcome().equals("SUCCEEDED"))
            .toList();
    for (Vm vm : bad.subList(0, Math.min(20, bad.size()))) {
      text.append("\n• ").append(Texts.line(vm.name(), 80)).append(": ").append(vm.outcome());
      String reason = vm.reason();
      if (reason != null) {
        text.append(" – ").append(Texts.line(reason, 200));
      }
    }
    if (bad.size() > 20) {
      text.append("\n… and ").append(bad.size() - 20).append(" more");
    }
    return text.toString();
  }

  static String shown(Duration time) {
    return time.toMinutes() >= 2
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : String.format(java.util.Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }

  /** One line a VM, then one a stage. */
  public void csv(Writer out) throws IOException {
    try (CSVPrinter csv = CSVFormat.RFC4180.print(out)) {
      csv.printRecord(
          List.of(
              "Stage",
              "VM",
              "extId",
              "New VM",
              "Copy taken at",
              "Begun",
              "Healthy at",
              "Seconds",
              "Outcome",
              "Execution",
              "Reason"));
      for (Vm vm : vms) {
        List<@Nullable Object> row = new ArrayList<>();
        row.add(Texts.cell(vm.stage()));
        row.add(Texts.cell(vm.name()));
        row.add(vm.extId());
        row.add(vm.madeExtId());
        row.add(vm.copyOf());
        row.add(vm.begun());
        row.add(vm.ended());
        row.add(seconds(vm.begun(), vm.ended()));
        row.add(vm.outcome());
        row.add(vm.execution());
        row.add(vm.reason() == null ? null : Texts.cell(vm.reason()));
        csv.printRecord(row);
      }
      for (Stage stage : stages) {
        List<@Nullable Object> row = new ArrayList<>();
        row.add(Texts.cell(stage.name()));
        row.add("(stage: " + stage.good() + " of " + stage.vms() + " healthy)");
        row.add(null);
        row.add(null);
        row.add(null);
        row.add(stage.begun());
        row.add(stage.ended());
        row.add(seconds(stage.begun(), stage.ended()));
        row.add(stage.good() == stage.vms() ? "SUCCEEDED" : "");
        row.add(null);
        row.add(null);
        csv.printRecord(row);
      }
    }
  }

  private static @Nullable Object seconds(@Nullable Instant from, @Nullable Instant to) {
    return from == null || to == null
        ? null
        : String.format(
            java.util.Locale.ROOT, "%.3f", Duration.between(from, to).toMillis() / 1000.0);
  }
}
