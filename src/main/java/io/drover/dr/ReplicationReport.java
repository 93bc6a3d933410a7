package io.drover.dr;

import io.drover.execution.Outcome;
import io.drover.report.Texts;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** How a run went, from what the ledger has of its VMs. */
public final class ReplicationReport {
  private static final int NAMED = 20;

  private final List<Protection> vms;
  private final Instant now;
  private final Map<String, Category> categories = new TreeMap<>();

  private static final class Category {
    final Map<Protection.State, Integer> counts = new EnumMap<>(Protection.State.class);
    int over;
    int none;
    @Nullable Duration oldest;

    int count(Protection.State state) {
      return counts.getOrDefault(state, 0);
    }
  }

  public ReplicationReport(List<Protection> vms, Instant now) {
    this.vms = vms;
    this.now = now;
    for (Protection vm : vms) {
      Category category = categories.computeIfAbsent(vm.category(), k -> new Category());
      category.counts.merge(vm.state(), 1, Integer::sum);
      Duration lag = vm.lag(now);
      category.none += lag == null ? 1 : 0;
      category.over += vm.overRpo(now) ? 1 : 0;
      if (lag != null && (category.oldest == null || lag.compareTo(category.oldest) > 0)) {
        category.oldest = lag;
      }
    }
  }

  private int count(Protection.State state) {
    return (int) vms.stream().filter(vm -> vm.state() == state).count();
  }

  /**
   * The run as a JSON-like map: {@code outcome, reason, vms, protected, late, failed, overRpo},
   * {@code categories} (each with the same counts, {@code withoutCopy} and {@code oldest}, an ISO
   * duration).
   */
  public Map<String, @Nullable Object> summary() {
    Map<String, @Nullable Object> summary = new LinkedHashMap<>();
    int done = count(Protection.State.PROTECTED);
    int late = count(Protection.State.LATE) + count(Protection.State.PENDING);
    int failed = count(Protection.State.FAILED);
    int over = (int) vms.stream().filter(vm -> vm.overRpo(now)).count();
    Outcome outcome =
        vms.isEmpty()
            ? Outcome.SKIPPED
            : done == vms.size() ? Outcome.SUCCEEDED : Outcome.FAILED_CHANGED;
    summary.put("outcome", outcome.name());
    summary.put(
        "reason",
        vms.isEmpty()
            ? "No VM has a category with a policy"
            : done
                + " of "
                + vms.size()
                + " VMs protected, "
                + late
                + " late, "
                + failed
                + " failed; "
                + over
                + " over their RPO");
    summary.put("vms", vms.size());
    summary.put("protected", done);
    summary.put("late", late);
    summary.put("failed", failed);
    summary.put("overRpo", over);
    Map<String, Object> each = new LinkedHashMap<>();
    categories.forEach(
        (name, category) -> {
          Map<String, @Nullable Object> row = new LinkedHashMap<>();
          row.put("protected", category.count(Protection.State.PROTECTED));
          row.put(
              "late",
              category.count(Protection.State.LATE) + category.count(Protection.State.PENDING));
          row.put("failed", category.count(Protection.State.FAILED));
          row.put("overRpo", category.over);
          row.put("withoutCopy", category.none);
          row.put("oldest", category.oldest == null ? null : category.oldest.toString());
          each.put(name, row);
        });
    summary.put("categories", each);
    return summary;
  }

  /** For a chat: counts by category, then by name who is not protected or over its RPO. */
  public String text(String execution, String system, String target) {
    StringBuilder text = new StringBuilder("DR replication ");
    text.append(execution).append(", ").append(system).append(" to ").append(target);
    text.append(": ").append(summary().get("reason"));
    categories.forEach(
        (name, category) -> {
          Duration oldest = category.oldest;
          text.append("\n").append(Texts.line(name, 130)).append(": ");
          text.append(category.count(Protection.State.PROTECTED)).append(" protected, ");
          text.append(
                  category.count(Protection.State.LATE) + category.count(Protection.State.PENDING))
              .append(" late, ");
          text.append(category.count(Protection.State.FAILED)).append(" failed; oldest copy ");
          text.append(oldest == null ? "none" : shown(oldest));
        });
    List<Protection> bad =
        vms.stream()
            .filter(vm -> vm.state() != Protection.State.PROTECTED || vm.overRpo(now))
            .toList();
    for (Protection vm : bad.subList(0, Math.min(NAMED, bad.size()))) {
      text.append("\n• ").append(Texts.line(vm.vmName(), 80)).append(": ").append(vm.state());
      Duration lag = vm.lag(now);
      if (vm.overRpo(now)) {
        text.append(", over its RPO of ").append(shown(vm.rpo()));
      }
      text.append(lag == null ? ", no copy" : ", newest copy " + shown(lag) + " old");
      String reason = vm.reason();
      if (reason != null) {
        text.append(" – ").append(Texts.line(reason, 200));
      }
    }
    if (bad.size() > NAMED) {
      text.append("\n… and ").append(bad.size() - NAMED).append(" more");
    }
    return text.toString();
  }

  /** In two units: {@code 2 d 3 h}, {@code 45 min}. */
  static String shown(Duration duration) {
    long minutes = duration.toMinutes();
    if (minutes >= 2 * 24 * 60) {
      return minutes / (24 * 60) + " d " + minutes / 60 % 24 + " h";
    }
    return minutes >= 120 ? minutes / 60 + " h " + minutes % 60 + " min" : minutes + " min";
  }

  /** One line a VM. */
  public void csv(Writer out) throws IOException {
    try (CSVPrinter csv = CSVFormat.RFC4180.print(out)) {
      csv.printRecord(
          List.of(
              "VM",
              "extId",
              "Category",
              "State",
              "RPO lag seconds",
              "RPO seconds",
              "Over RPO",
              "Point taken at",
              "Copy",
              "Copy expires at",
              "Seen at",
              "Execution",
              "Reason"));
      for (Protection vm : vms) {
        Duration lag = vm.lag(now);
        List<@Nullable Object> row = new ArrayList<>();
        row.add(Texts.cell(vm.vmName()));
        row.add(vm.vmExtId());
        row.add(Texts.cell(vm.category()));
        row.add(vm.state());
        row.add(lag == null ? null : lag.toSeconds());
        row.add(vm.rpo().toSeconds());
        row.add(vm.overRpo(now));
        row.add(vm.pointAt());
        row.add(vm.replica());
        row.add(vm.expiresAt());
        row.add(vm.verifiedAt());
        row.add(vm.triedBy());
        row.add(vm.reason() == null ? null : Texts.cell(vm.reason()));
        csv.printRecord(row);
      }
    }
  }
}
