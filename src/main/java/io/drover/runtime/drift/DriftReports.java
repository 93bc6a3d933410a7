package io.drover.runtime.drift;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.chargeback.Formulas;
import io.drover.drift.DriftText;
import io.drover.drift.Finding;
import io.drover.drift.Summary;
import io.drover.runtime.StepContext;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** What becomes of findings: a file, a message, an incident. */
public final class DriftReports {
  private static final String CSV = "cmdb-drift.csv";
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setHeader(
              "Finding",
              "VM",
              "VM extId",
              "CMDB record",
              "CMDB sys_id",
              "Field",
              "Prism",
              "CMDB",
              "Matched by")
          .get();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final DriftFiles files;

  DriftReports(DriftFiles files) {
    this.files = files;
  }

  /** Writes the findings as CSV; leaves the names of the files for people. */
  public List<String> write(Exchange exchange) throws IOException {
    String execution = StepContext.of(exchange).key().execution();
    return files.findings(
        execution,
        findings -> {
          try (Writer out =
                  new OutputStreamWriter(files.csv(execution, CSV), StandardCharsets.UTF_8);
              CSVPrinter csv = new CSVPrinter(out, FORMAT)) {
            while (findings.hasNext()) {
              csv.printRecord(cells(findings.next()));
            }
          }
          return List.of(CSV, DriftFiles.FINDINGS);
        });
  }

  private static List<@Nullable Object> cells(Finding finding) {
    List<@Nullable Object> cells = new ArrayList<>();
    cells.add(finding.kind().word());
    cells.add(cell(finding.vmName()));
    cells.add(cell(finding.vm()));
    cells.add(cell(finding.ciName()));
    cells.add(cell(finding.ci()));
    cells.add(finding.field());
    cells.add(cell(finding.prism()));
    cells.add(cell(finding.cmdb()));
    cells.add(finding.how().word());
    return cells;
  }

  private static @Nullable String cell(@Nullable String text) {
    return text == null ? null : Formulas.neutral(text);
  }

  /** For a chat. */
  public String announcement(Exchange exchange) throws IOException {
    Summary summary = summary(exchange);
    return DriftText.announcement(summary, first(summary));
  }

  /** For servicenow-report-incident-action. */
  public Map<String, Object> incident(Exchange exchange) throws IOException {
    Summary summary = summary(exchange);
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("key", "drover/cmdb-drift/" + summary.system());
    report.put("findings", summary.findings());
    report.put("title", DriftText.title(summary));
    report.put("description", DriftText.description(summary, first(summary)));
    report.put("note", DriftText.note(summary));
    return report;
  }

  /** One sentence for the execution's end. */
  public String reason(Exchange exchange) {
    return DriftText.reason(summary(exchange));
  }

  private List<Finding> first(Summary summary) throws IOException {
    return files.findings(
        summary.execution(),
        findings -> {
          List<Finding> first = new ArrayList<>();
          while (findings.hasNext() && first.size() < DriftText.SHOWN) {
            first.add(findings.next());
          }
          return first;
        });
  }

  /** As the step left it: JSON by then. */
  private static Summary summary(Exchange exchange) {
    return JSON.convertValue(exchange.getVariable("summary"), Summary.class);
  }
}
