package io.drover.chargeback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A statement as one page that needs nothing else: numbers, and the trend as a chart that Chart.js
 * draws in the browser. The page allows exactly its own two scripts, by their hashes, so that
 * nothing that a VM is called can be one.
 */
public final class StatementPage {
  private static final String CHART =
      "/META-INF/resources/webjars/chart.js/4.4.3/dist/chart.umd.js";

  /** Lines in the chart; the rest of the departments are in the table. */
  private static final int CHARTED = 12;

  private final Template template;
  private final String chart;
  private final String draw;
  private final ObjectMapper json = new ObjectMapper();

  public StatementPage() {
    template = Mustache.compiler().defaultValue("").compile(resource("/reports/chargeback.html"));
    // Its source map is not here.
    chart = resource(CHART).replaceAll("(?m)^//# sourceMappingURL=.*$", "");
    draw = resource("/reports/chargeback.js");
    json.getFactory().setCharacterEscapes(new InScript());
  }

  public void write(Statement statement, Trend trend, Writer out) throws IOException {
    Map<String, @Nullable Object> page = new LinkedHashMap<>();
    page.put("statement", statement);
    page.put("currency", statement.currency());
    page.put("priced", statement.currency() != null);
    page.put("unsure", !statement.sure());
    page.put("policy", "'" + hash(chart) + "' '" + hash(draw) + "'");
    page.put("total", cells("All", statement.total()));
    List<Map<String, @Nullable Object>> departments = new ArrayList<>();
    statement.departments().forEach((name, sum) -> departments.add(cells(name, sum)));
    page.put("departments", departments);
    List<Map<String, @Nullable Object>> lines = new ArrayList<>();
    for (Statement.Line line : statement.lines()) {
      Map<String, @Nullable Object> row =
          cells(line.department(), new Statement.Sum(line.usage(), line.cost()));
      row.put("owner", line.owner());
      row.put("environment", line.environment());
      lines.add(row);
    }
    page.put("lines", lines);
    page.put("withoutOwner", statement.withoutOwner());
    page.put("someWithoutOwner", statement.withoutOwnerCount() > 0);
    page.put("moreWithoutOwner", more(statement.withoutOwnerCount(), statement.withoutOwner()));
    page.put("incomplete", statement.incomplete());
    page.put("someIncomplete", statement.incompleteCount() > 0);
    page.put("moreIncomplete", more(statement.incompleteCount(), statement.incomplete()));
    trend(statement, trend, page);
    page.put("chart", chart);
    page.put("draw", draw);
    template.execute(page, out);
    out.flush();
  }

  private static @Nullable Object more(long count, List<?> named) {
    return count > named.size() ? count - named.size() : null;
  }

  private static Map<String, @Nullable Object> cells(String name, Statement.Sum sum) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("name", name);
    row.put("cells", StatementCsv.usage(sum.usage()));
    row.put("cost", sum.cost() == null ? null : sum.cost().toPlainString());
    return row;
  }

  private void trend(Statement statement, Trend trend, Map<String, @Nullable Object> page)
      throws JsonProcessingException {
    boolean priced = statement.currency() != null;
    Map<String, List<Statement.Sum>> departments = trend.departments();
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    List<Map<String, @Nullable Object>> series = new ArrayList<>();
    departments.forEach(
        (name, sums) -> {
          List<@Nullable Object> shown = sums.stream().map(sum -> charted(sum, priced)).toList();
          Map<String, @Nullable Object> row = new LinkedHashMap<>();
          row.put("name", name);
          row.put(
              "cells",
              shown.stream().map(value -> value == null ? "–" : value.toString()).toList());
          rows.add(row);
          Map<String, @Nullable Object> line = new LinkedHashMap<>();
          line.put("label", name);
          line.put("data", shown);
          series.add(line);
        });
    series.sort((a, b) -> latest(b).compareTo(latest(a)));
    List<String> days = trend.runs().stream().map(Trend.Run::day).toList();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("labels", days);
    data.put("datasets", series.subList(0, Math.min(CHARTED, series.size())));
    page.put("days", days);
    page.put("trend", rows);
    page.put("trendOf", priced ? "cost a month, " + statement.currency() : "VMs");
    page.put("data", json.writeValueAsString(data));
  }

  private static @Nullable Object charted(Statement.Sum sum, boolean priced) {
    return priced ? sum.cost() : Long.valueOf(sum.usage().vmsOn() + sum.usage().vmsOff());
  }

  private static BigDecimal latest(Map<String, @Nullable Object> series) {
    List<?> data = (List<?>) series.getOrDefault("data", List.of());
    Object last = data == null || data.isEmpty() ? null : data.get(data.size() - 1);
    return last == null ? BigDecimal.ZERO : new BigDecimal(last.toString());
  }

  private static String hash(String script) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = StatementPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not among the program's files");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** JSON between script tags: what could end them is written as an escape. */
  private static final class InScript extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] escapes = CharacterEscapes.standardAsciiEscapesForJSON();
      for (char c : new char[] {'<', '>', '&', '\''}) {
        escapes[c] = CharacterEscapes.ESCAPE_STANDARD;
      }
      return escapes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
      return c == 0x2028 || c == 0x2029 ? new SerializedString(String.format("\\u%04x", c)) : null;
    }
  }
}
