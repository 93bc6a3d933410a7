package io.drover.drift;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A comparison in words: for a chat, for an incident, and for the execution's end. */
public final class DriftText {
  /** Findings that a text may show; the others are in the report. */
  public static final int SHOWN = 25;

  private static final int IN_CHAT = 12;
  private static final int INCIDENT = 3_500; // of the 4,000 characters that a description has
  private static final int NAME = 28;
  private static final int VALUE = 40;

  private DriftText() {}

  /** One sentence. */
  public static String reason(Summary summary) {
    String counts =
        summary.counts().entrySet().stream()
            .filter(each -> each.getValue() > 0)
            .map(each -> each.getValue() + " " + each.getKey())
            .collect(Collectors.joining(", "));
    return summary.findings()
        + " findings in "
        + summary.vms()
        + " VMs and "
        + summary.records()
        + " records"
        + (counts.isEmpty() ? "" : ": " + counts)
        + doubts(summary);
  }

  private static String doubts(Summary summary) {
    StringBuilder doubts = new StringBuilder();
    if (summary.hidden() > 0) {
      doubts.append("; ").append(summary.hidden());
      doubts.append(" records may not be seen by Drover's user, so VMs may look missing");
    }
    if (!summary.sure()) {
      doubts.append("; the inventory changed all the time, so a VM may have been overlooked");
    }
    return doubts.toString();
  }

  /** A small table. */
  public static String announcement(Summary summary, List<Finding> first) {
    StringBuilder text = new StringBuilder("*CMDB drift of ");
    text.append(plain(summary.system(), NAME)).append(": ");
    text.append(summary.findings()).append(" findings*\n");
    if (summary.findings() > 0) {
      text.append("```\n");
      summary
          .counts()
          .forEach(
              (kind, count) -> {
                if (count > 0) {
                  text.append(String.format("%6d  %s\n", count, kind));
                }
              });
      text.append('\n');
      for (Finding finding : first.subList(0, Math.min(IN_CHAT, first.size()))) {
        text.append(line(finding)).append('\n');
      }
      text.append("```\n");
    }
    text.append(summary.vms()).append(" VMs, ").append(summary.records()).append(" records");
    text.append(doubts(summary)).append(". All findings: cmdb-drift.csv of execution ");
    return text.append(summary.execution()).toString();
  }

  /** One line that says how it stands. */
  public static String title(Summary summary) {
    return summary.findings() == 0
        ? "CMDB drift of " + plain(summary.system(), NAME) + ": none any more"
        : "CMDB drift of "
            + plain(summary.system(), NAME)
            + ": "
            + summary.findings()
            + " findings";
  }

  /** What an incident says. */
  public static String description(Summary summary, List<Finding> first) {
    StringBuilder text = new StringBuilder(reason(summary)).append(".\n");
    text.append("Compared at ").append(summary.comparedAt());
    text.append("; all findings: cmdb-drift.csv of the execution named above.\n");
    for (Finding finding : first) {
      String line = "\n" + line(finding);
      if (text.length() + line.length() > INCIDENT) {
        break;
      }
      text.append(line);
    }
    return text.toString();
  }

  /** A work note: figures only, since ServiceNow shows {@code [code]} in a note as HTML. */
  public static String note(Summary summary) {
    String what =
        summary.findings() == 0
            ? "No drift any more: Drover found nothing in " + summary.vms() + " VMs"
            : "Drover compared again: " + reason(summary);
    return what + doubtsOnce(summary) + ". Execution " + summary.execution();
  }

  private static String doubtsOnce(Summary summary) {
    return summary.findings() == 0 ? doubts(summary) : "";
  }

  private static String line(Finding finding) {
    StringBuilder line = new StringBuilder();
    line.append(String.format("%-20s ", finding.kind().word()));
    line.append(plain(finding.called(), NAME));
    if (!finding.field().isEmpty()) {
      line.append("  ").append(finding.field()).append(": Prism ");
      line.append(value(finding.prism())).append(", CMDB ").append(value(finding.cmdb()));
    }
    if (finding.how() == Finding.How.NAME || finding.how() == Finding.How.SWAPPED_UUID) {
      line.append("  (by ").append(finding.how().word()).append(')');
    }
    return line.toString();
  }

  private static String value(@Nullable String value) {
    return value == null || value.isBlank() ? "nothing" : plain(value, VALUE);
  }

  /** Hostile text: one line, and nothing that ends a block of text or begins a tag. */
  private static String plain(String text, int longest) {
    String line =
        text.replaceAll("[\\p{Cntrl}\\p{Cf}\u2028\u2029]", " ")
            .replace('`', '\'')
            .replaceAll("(?i)\\[(/?code)", "[ $1");
    return line.codePointCount(0, line.length()) <= longest
        ? line
        : line.substring(0, line.offsetByCodePoints(0, longest - 1)) + "…";
  }
}
