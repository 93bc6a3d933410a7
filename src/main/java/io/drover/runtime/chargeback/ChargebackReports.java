package io.drover.runtime.chargeback;

import io.drover.chargeback.Statement;
import io.drover.chargeback.StatementCsv;
import io.drover.chargeback.StatementPage;
import io.drover.chargeback.StatementText;
import io.drover.chargeback.StatementXlsx;
import io.drover.chargeback.Trend;
import io.drover.chargeback.Usage;
import io.drover.execution.Artifacts;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import io.drover.execution.Outcome;
import io.drover.report.Texts;
import io.drover.runtime.StepContext;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What becomes of a statement: files, messages and rows of the trend's sheet. */
public final class ChargebackReports {
  private static final int A_PAGE = 50;

  private final Artifacts artifacts;
  private final Executions executions;
  private final Statements statements;
  private volatile @Nullable StatementPage page;

  ChargebackReports(Artifacts artifacts, Executions executions) {
    this.artifacts = artifacts;
    this.executions = executions;
    this.statements = new Statements(artifacts);
  }

  /** Writes the report in all its forms; leaves their names. */
  public List<String> write(Exchange exchange) throws IOException {
    Statement statement = statement(exchange);
    Trend trend = trend(statement);
    List<String> names = new ArrayList<>();
    text(statement, names, "chargeback.csv", out -> StatementCsv.lines(statement, out));
    text(
        statement,
        names,
        "without-owner.csv",
        out -> StatementCsv.named(statement.withoutOwner(), out));
    text(statement, names, "chargeback.html", out -> page().write(statement, trend, out));
    String workbook = "chargeback.xlsx";
    try (OutputStream out =
        artifacts.create(
            statement.execution(),
            workbook,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")) {
      StatementXlsx.write(statement, trend, out);
    }
    names.add(workbook);
    return names;
  }

  /** Made when the first report is: its library is large. */
  private StatementPage page() {
    StatementPage made = page;
    if (made == null) {
      made = new StatementPage();
      page = made;
    }
    return made;
  }

  private interface Text {
    void write(Writer out) throws IOException;
  }

  private void text(Statement statement, List<String> names, String name, Text text)
      throws IOException {
    String type = name.endsWith(".html") ? "text/html" : "text/csv";
    try (Writer out =
        new OutputStreamWriter(
            artifacts.create(statement.execution(), name, type + ";charset=utf-8"),
            StandardCharsets.UTF_8)) {
      text.write(out);
    }
    names.add(name);
  }

  /** The compact table for a chat. */
  public String announcement(Exchange exchange) throws IOException {
    return StatementText.summary(statement(exchange));
  }

  /** The VMs that nobody answers for. */
  public String alert(Exchange exchange) throws IOException {
    return StatementText.withoutOwner(statement(exchange));
  }

  /** One row a department; the first two cells are a row's key. */
  public Map<String, Object> rows(Exchange exchange) throws IOException {
    Statement statement = statement(exchange);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    statement
        .departments()
        .forEach(
            (name, sum) -> {
              Usage usage = sum.usage();
              List<@Nullable Object> row = new ArrayList<>();
              row.add(statement.execution());
              row.add(Texts.cell(name));
              row.add(statement.day());
              row.add(Texts.cell(statement.system()));
              row.add(usage.vmsOn());
              row.add(usage.vmsOff());
              row.add(usage.vcpusOn());
              row.add(usage.vcpusOff());
              row.add(Usage.shownGib(usage.memoryBytesOn()));
              row.add(Usage.shownGib(usage.memoryBytesOff()));
              row.add(Usage.shownGib(usage.storageBytes()));
              row.add(sum.cost());
              row.add(sum.cost() == null ? null : statement.currency());
              rows.add(row);
            });
    Map<String, Object> sheet = new LinkedHashMap<>();
    sheet.put(
        "header",
        List.of(
            "Execution",
            "Department",
            "Day",
            "System",
            "VMs on",
            "VMs off",
            "vCPU on",
            "vCPU off",
            "Memory GiB on",
            "Memory GiB off",
            "Storage GiB",
            "Cost a month",
            "Currency"));
    sheet.put("keyColumns", 2);
    sheet.put("rows", rows);
    return sheet;
  }

  private Statement statement(Exchange exchange) throws IOException {
    String execution = StepContext.of(exchange).key().execution();
    return statements
        .find(execution)
        .orElseThrow(() -> new IllegalStateException("The step before keeps " + Statements.NAME));
  }

  /** The runs before this one, of the same system; what is created later is not looked at. */
  private Trend trend(Statement statement) throws IOException {
    Execution own = executions.find(statement.execution()).orElseThrow();
    Executions.Filter earlier =
        new Executions.Filter(
            own.runbook(),
            ExecutionState.ENDED,
            Outcome.SUCCEEDED,
            null,
            null,
            null,
            own.createdAt(),
            true,
            false);
    List<Trend.Run> runs = new ArrayList<>(List.of(Trend.Run.of(statement)));
    String cursor = null;
    do {
      Executions.Page found = executions.list(earlier, cursor, A_PAGE);
      for (Execution execution : found.rows()) {
        if (runs.size() < Trend.RUNS && !execution.id().equals(own.id())) {
          statements
              .find(execution.id())
              .filter(before -> before.system().equals(statement.system()))
              .ifPresent(before -> runs.add(Trend.Run.of(before)));
        }
      }
      cursor = found.next();
    } while (cursor != null && runs.size() < Trend.RUNS);
    Collections.reverse(runs);
    return new Trend(runs);
  }
}
