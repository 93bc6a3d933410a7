package io.drover.drift;

import io.drover.report.Texts;
import java.io.IOException;
import java.io.Writer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Findings as a table, and in short. */
public final class FindingsText {
  private static final int SHOWN = 20;

  private FindingsText() {}

  /** RFC 4180; text that looks like a formula is made harmless. */
  public static void csv(List<Finding> findings, Writer out) throws IOException {
    CSVFormat format =
        CSVFormat.RFC4180
            .builder()
            .setHeader(
                "Finding", "Matched by", "VM", "VM extId", "CI", "CI sys_id", "In Prism", "In CMDB")
            .get();
    try (CSVPrinter csv = new CSVPrinter(out, format)) {
      for (Finding each : findings) {
        csv.printRecord(
            each.kind(),
            each.matchedBy(),
            Texts.cell(each.vmName()),
            Texts.cell(each.vmExtId()),
            Texts.cell(each.ciName()),
            Texts.cell(each.ciSysId()),
            Texts.cell(each.inPrism()),
            Texts.cell(each.inCmdb()));
      }
    }
  }

  /** How many of each kind; kinds without one are left out. */
  public static Map<Finding.Kind, Integer> counts(List<Finding> findings) {
    Map<Finding.Kind, Integer> counts = new EnumMap<>(Finding.Kind.class);
    findings.forEach(each -> counts.merge(each.kind(), 1, Integer::sum));
    return counts;
  }

  /** Counts and the first findings, in lines of plain text. */
  public static String table(List<Finding> findings) {
    StringBuilder text = new StringBuilder();
    counts(findings)
        .forEach((kind, count) -> text.append(String.format("%6d  %s%n", count, words(kind))));
    if (!findings.isEmpty()) {
      text.append('\n');
    }
    for (Finding each : findings.subList(0, Math.min(SHOWN, findings.size()))) {
      String name = each.vmName().isEmpty() ? each.ciName() : each.vmName();
      text.append(String.format("%-20s %s", words(each.kind()), Texts.line(name, 60)));
      if (each.matchedBy() == Finding.MatchedBy.NAME) {
        text.append(" (by name)");
      } else if (each.matchedBy() == Finding.MatchedBy.SWAPPED_UUID) {
        text.append(" (by a UUID in another byte order)");
      }
      if (!each.inPrism().isEmpty() || !each.inCmdb().isEmpty()) {
        text.append(": Prism '").append(Texts.line(each.inPrism(), 60));
        text.append("', CMDB '").append(Texts.line(each.inCmdb(), 60)).append('\'');
      }
      text.append('\n');
    }
    if (findings.size() > SHOWN) {
      text.append("and ").append(findings.size() - SHOWN).append(" more\n");
    }
    return text.toString();
  }

  private static String words(Finding.Kind kind) {
    return kind.name()
        .toLowerCase(java.util.Locale.ROOT)
        .replace('_', ' ')
        .replace("cmdb", "CMDB")
        .replace("prism", "Prism");
  }
}
