package io.drover.chargeback;

import io.drover.report.Texts;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.jspecify.annotations.Nullable;

/** A statement as a workbook; text that looks like a formula is made harmless. */
public final class StatementXlsx {
  private final Workbook book;

  private StatementXlsx(Workbook book) {
    this.book = book;
  }

  /** Leaves the stream open. */
  public static void write(Statement statement, Trend trend, OutputStream out) throws IOException {
    Workbook book = new Workbook(out, "Drover", "1.0");
    StatementXlsx sheets = new StatementXlsx(book);
    sheets.departments(statement);
    sheets.lines(statement);
    sheets.trend(trend);
    sheets.named("Without owner", statement.withoutOwner());
    sheets.named("Incomplete", statement.incomplete());
    book.finish();
  }

  private void departments(Statement statement) {
    List<List<? extends @Nullable Object>> rows = new ArrayList<>();
    for (Map.Entry<String, Statement.Sum> each : statement.departments().entrySet()) {
      rows.add(department(Texts.cell(each.getKey()), each.getValue(), statement.currency()));
    }
    rows.add(department("All", statement.total(), statement.currency()));
    sheet("Departments", header("Department"), rows);
  }

  private static List<@Nullable Object> department(
      String name, Statement.Sum sum, @Nullable String currency) {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(name);
    row.addAll(StatementCsv.usage(sum.usage()));
    row.add(sum.cost());
    row.add(sum.cost() == null ? null : currency);
    return row;
  }

  private static List<String> header(String... first) {
    List<String> header = new ArrayList<>(List.of(first));
    header.addAll(StatementCsv.USAGE);
    header.addAll(List.of("Cost a month", "Currency"));
    return header;
  }

  private void lines(Statement statement) {
    List<List<? extends @Nullable Object>> rows = new ArrayList<>();
    for (Statement.Line line : statement.lines()) {
      List<@Nullable Object> row =
          department(
              Texts.cell(line.department()),
              new Statement.Sum(line.usage(), line.cost()),
              statement.currency());
      row.add(1, Texts.cell(line.owner()));
      row.add(2, Texts.cell(line.environment()));
      rows.add(row);
    }
    sheet("Lines", header("Department", "Owner", "Environment"), rows);
  }

  private void trend(Trend trend) {
    List<List<? extends @Nullable Object>> rows = new ArrayList<>();
    for (Trend.Run run : trend.runs()) {
      for (Map.Entry<String, Statement.Sum> each : run.departments().entrySet()) {
        Statement.Sum sum = each.getValue();
        List<@Nullable Object> row = new ArrayList<>();
        row.add(run.day());
        row.add(Texts.cell(run.execution()));
        row.add(Texts.cell(each.getKey()));
        row.addAll(StatementCsv.usage(sum.usage()));
        row.add(sum.cost());
        rows.add(row);
      }
    }
    List<String> header = header("Day", "Execution", "Department");
    sheet("Trend", header.subList(0, header.size() - 1), rows);
  }

  private void named(String name, List<Statement.Named> vms) {
    sheet(
        name,
        List.of("VM", "extId", "Cluster", "Created by", "Missing fields"),
        vms.stream().map(StatementCsv::cells).toList());
  }

  private void sheet(
      String name, List<String> header, List<? extends List<? extends @Nullable Object>> rows) {
    Worksheet sheet = book.newWorksheet(name);
    for (int column = 0; column < header.size(); column++) {
      sheet.value(0, column, header.get(column));
    }
    sheet.range(0, 0, 0, header.size() - 1).style().bold().set();
    sheet.freezePane(0, 1);
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < rows.get(row).size(); column++) {
        Object value = rows.get(row).get(column);
        if (value instanceof BigDecimal number) {
          sheet.value(row + 1, column, number);
          sheet.style(row + 1, column).format("#,##0.00").set();
        } else if (value instanceof Number number) {
          sheet.value(row + 1, column, number);
        } else if (value != null) {
          sheet.value(row + 1, column, value.toString());
        }
      }
    }
  }
}
