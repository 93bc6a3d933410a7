package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Google Sheets v4: one spreadsheet with one tab, its values to get, append and update; and the
 * tokens of its service account.
 */
final class Sheets extends Front {
  static final String TAB = "Chargeback";

  /** Requests a minute of one user, for reads and for writes; Google, Sheets API usage limits. */
  private static final int QUOTA = 60;

  private static final Pattern CALL =
      Pattern.compile("/v4/spreadsheets/([^/]+)/values/([^/]+?)(:append)?");
  private static final Pattern RANGE =
      Pattern.compile("(?:('(?:[^']|'')+'|\\w+)!)?([A-Z]{1,2})(\\d*)(?::([A-Z]{1,2})(\\d*))?");

  private final ServiceAccount account;
  private final List<List<JsonNode>> rows = new ArrayList<>();
  private final Map<String, Integer> quota = new LinkedHashMap<>();
  private long minute;
  private int appends;

  Sheets(World world, Faults faults, ServiceAccount account) {
    super("sheets", world, faults);
    this.account = account;
  }

  /** What the tab holds, and how often something was appended to it. */
  synchronized ObjectNode shown() {
    ObjectNode shown = Json.object().put("appends", appends);
    ArrayNode all = shown.putArray("rows");
    rows.forEach(row -> all.add(Json.array().addAll(row)));
    return shown;
  }

  synchronized void forget() {
    rows.clear();
    appends = 0;
  }

  @Override
  void refuse(HttpServerExchange exchange, int status) {
    error(exchange, status, status == 429 ? "RESOURCE_EXHAUSTED" : "UNAVAILABLE", "A fault");
  }

  @Override
  synchronized void take(HttpServerExchange exchange, byte[] body) {
    String path = exchange.getRequestPath();
    if (path.equals("/token")) {
      account.token(exchange, body);
      return;
    }
    if (!account.knows(exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION))) {
      error(exchange, 401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
      return;
    }
    // The range is part of the path and percent-encoded; what the server decoded is as good.
    Matcher call =
        CALL.matcher(URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8));
    if (!call.matches()) {
      error(exchange, 404, "NOT_FOUND", "Requested entity was not found.");
      return;
    }
    boolean get = exchange.getRequestMethod().toString().equals("GET");
    if (overQuota(get ? "read" : "write")) {
      error(exchange, 429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric");
      return;
    }
    if (!call.group(1).equals(world.options.text("spreadsheet"))) {
      error(exchange, 404, "NOT_FOUND", "Requested entity was not found.");
      return;
    }
    if (!world.options.on("spreadsheet-shared")) {
      error(exchange, 403, "PERMISSION_DENIED", "The caller does not have permission");
      return;
    }
    Matcher range = RANGE.matcher(call.group(2));
    if (!range.matches() || (range.group(1) != null && !tab(range.group(1)).equals(TAB))) {
      error(exchange, 400, "INVALID_ARGUMENT", "Unable to parse range: " + call.group(2));
      return;
    }
    if (get) {
      json(exchange, 200, values(call.group(2), range));
    } else if (call.group(3) != null) {
      append(exchange, call.group(1), body);
    } else {
      error(exchange, 404, "NOT_FOUND", "Method not found.");
    }
  }

  private boolean overQuota(String what) {
    if (!world.options.on("sheets-quota")) {
      return false;
    }
    long now = System.nanoTime() / 60_000_000_000L;
    if (now != minute) {
      minute = now;
      quota.clear();
    }
    return quota.merge(what, 1, Integer::sum) > QUOTA;
  }

  private static String tab(String quoted) {
    return quoted.startsWith("'")
        ? quoted.substring(1, quoted.length() - 1).replace("''", "'")
        : quoted;
  }

  private static int column(String letters) {
    int number = 0;
    for (char c : letters.toCharArray()) {
      number = number * 26 + c - 'A' + 1;
    }
    return number - 1;
  }

  /** Empty cells at a row's end, and rows at the end, are cut off; no values, no field. */
  private ObjectNode values(String asked, Matcher range) {
    int from = column(range.group(2));
    int to = range.group(4) == null ? from : column(range.group(4));
    int first = range.group(3).isEmpty() ? 1 : Integer.parseInt(range.group(3));
    ArrayNode found = Json.array();
    for (List<JsonNode> row : rows.subList(Math.min(first - 1, rows.size()), rows.size())) {
      ArrayNode cells = found.addArray();
      int last = Math.min(to, row.size() - 1);
      while (last >= from && row.get(last).asText("").isEmpty()) {
        last--;
      }
      for (int i = from; i <= last; i++) {
        cells.add(row.get(i).asText("")); // formatted, as it is shown
      }
    }
    while (!found.isEmpty() && found.get(found.size() - 1).isEmpty()) {
      found.remove(found.size() - 1);
    }
    ObjectNode answer = Json.object().put("range", asked).put("majorDimension", "ROWS");
    if (!found.isEmpty()) {
      answer.set("values", found);
    }
    return answer;
  }

  private void append(HttpServerExchange exchange, String spreadsheet, byte[] body) {
    String how = parameter(exchange, "valueInputOption");
    if (!how.matches("RAW|USER_ENTERED")) {
      error(exchange, 400, "INVALID_ARGUMENT", "'valueInputOption' is required but not specified");
      return;
    }
    JsonNode given;
    try {
      given = Json.MAPPER.readTree(inflated(exchange, body)).path("values");
    } catch (IOException e) {
      error(exchange, 400, "INVALID_ARGUMENT", "Invalid JSON payload received.");
      return;
    }
    int cells = 0;
    int width = 0;
    for (JsonNode row : given) {
      List<JsonNode> kept = new ArrayList<>();
      for (JsonNode cell : row) {
        boolean formula = how.equals("USER_ENTERED") && cell.asText("").startsWith("=");
        kept.add(formula ? Json.text("A FORMULA RAN: " + cell.asText()) : cell);
      }
      rows.add(kept);
      cells += kept.size();
      width = Math.max(width, kept.size());
    }
    appends++;
    world.note("sheet-appended", null, "rows", given.size());
    ObjectNode answer = Json.object().put("spreadsheetId", spreadsheet);
    answer
        .putObject("updates")
        .put("spreadsheetId", spreadsheet)
        .put("updatedRange", TAB + "!A" + (rows.size() - given.size() + 1))
        .put("updatedRows", given.size())
        .put("updatedColumns", width)
        .put("updatedCells", cells);
    json(exchange, 200, answer);
  }

  private static byte[] inflated(HttpServerExchange exchange, byte[] body) throws IOException {
    if (!"gzip".equals(exchange.getRequestHeaders().getFirst(Headers.CONTENT_ENCODING))) {
      return body;
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readAllBytes();
    }
  }

  private static String parameter(HttpServerExchange exchange, String name) {
    Deque<String> values = exchange.getQueryParameters().get(name);
    return values == null ? "" : values.getFirst();
  }

  private static void error(HttpServerExchange exchange, int status, String name, String message) {
    ObjectNode answer = Json.object();
    answer.putObject("error").put("code", status).put("message", message).put("status", name);
    json(exchange, status, answer);
  }
}
