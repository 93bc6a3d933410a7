package io.drover.runtime.sheets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.client.http.HttpResponseException;
import com.google.api.services.sheets.v4.model.AppendValuesResponse;
import com.google.api.services.sheets.v4.model.ValueRange;
import io.drover.runtime.CallFailure;
import io.drover.runtime.notice.MaybeDelivered;
import io.drover.runtime.notice.Undeliverable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the door in {@code systems/sheets.camel.yaml}. An append is not idempotent, so rows
 * have a key in their first cells, and only those are appended whose key is not there yet.
 */
final class SheetsDoor {
  /** Whether there is something to append. */
  static final String MISSING = "sheetsMissing";

  private static final String ROWS = "sheetsRows";
  private static final String SENT = "sheetsSent";
  private static final String HEADER = "CamelGoogleSheets.";

  private final SheetsProperties settings;
  private final ObjectMapper json = new ObjectMapper();

  SheetsDoor(SheetsProperties settings) {
    this.settings = settings;
  }

  /**
   * Rows to be there.
   *
   * @param header above them, where the tab is empty
   * @param keyColumns so many cells of a row, from its first on, are its key
   */
  record Rows(List<String> header, int keyColumns, List<List<@Nullable Object>> rows) {
    private List<String> key(List<?> row) {
      List<String> key = new ArrayList<>();
      for (int i = 0; i < keyColumns; i++) {
        Object cell = i < row.size() ? row.get(i) : null;
        key.add(cell == null ? "" : cell.toString());
      }
      return key;
    }
  }

  /** Body: rows as JSON. Asks for the key cells of all rows that are there. */
  void look(Exchange exchange) throws JsonProcessingException {
    if (!settings.configured()) {
      throw new Undeliverable(
          "Google Sheets is not configured (drover.notices.sheets.spreadsheet)");
    }
    Rows rows = read(json.readTree(exchange.getMessage().getBody(String.class)));
    exchange.setProperty(ROWS, rows);
    exchange.removeProperty(SENT);
    exchange.getMessage().setBody(null);
    address(exchange, "A:" + (char) ('A' + rows.keyColumns() - 1));
  }

  private static Rows read(JsonNode payload) {
    List<String> header = new ArrayList<>();
    payload.path("header").forEach(cell -> header.add(cell.asText()));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (JsonNode row : payload.path("rows")) {
      List<@Nullable Object> cells = new ArrayList<>();
      for (JsonNode cell : row) {
        cells.add(cell.isNumber() ? cell.decimalValue() : cell.isNull() ? "" : cell.asText());
      }
      rows.add(cells);
    }
    int keyColumns = payload.path("keyColumns").asInt();
    if (keyColumns < 1 || keyColumns > 26) {
      throw new Undeliverable("keyColumns: " + keyColumns + " (expected: 1..26)");
    }
    return new Rows(header, keyColumns, rows);
  }

  /** Reads one cell. */
  void probe(SheetsClients clients) {
    try {
      clients
          .makeClient("", "", List.of(), "", "", "")
          .spreadsheets()
          .values()
          .get(settings.spreadsheet(), range("A1"))
          .execute();
    } catch (IOException e) {
      throw new CallFailure(CallFailure.Verdict.TRANSIENT, "http-" + status(e), words(e), e);
    }
  }

  private String range(String columns) {
    return "'" + settings.tab().replace("'", "''") + "'!" + columns;
  }

  private void address(Exchange exchange, String columns) {
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(HEADER + "spreadsheetId", settings.spreadsheet());
    exchange.getMessage().setHeader(HEADER + "range", range(columns));
  }

  /** Body: the cells that are there. Leaves the rows that are not, if any. */
  void compare(Exchange exchange) {
    List<List<Object>> there = exchange.getMessage().getBody(ValueRange.class).getValues();
    Rows rows = exchange.getProperty(ROWS, Rows.class);
    Set<List<String>> known = new HashSet<>();
    if (there != null) {
      there.forEach(row -> known.add(rows.key(row)));
    }
    List<List<Object>> missing = new ArrayList<>();
    if (known.isEmpty()) {
      missing.add(new ArrayList<>(rows.header()));
    }
    int before = missing.size();
    for (List<@Nullable Object> row : rows.rows()) {
      if (known.add(rows.key(row))) {
        missing.add(new ArrayList<>(row));
      }
    }
    exchange.setProperty(MISSING, missing.size() > before);
    exchange.setProperty(SENT, missing.size());
    address(exchange, "A1");
    exchange.getMessage().setHeader(HEADER + "valueInputOption", "RAW"); // no cell is evaluated
    exchange.getMessage().setHeader(HEADER + "insertDataOption", "INSERT_ROWS");
    exchange.getMessage().setHeader(HEADER + "values", new ValueRange().setValues(missing));
    exchange.getMessage().setBody(null);
  }

  /** Body: what came of the append. */
  void judge(Exchange exchange) {
    AppendValuesResponse answer = exchange.getMessage().getBody(AppendValuesResponse.class);
    Integer rows =
        answer == null || answer.getUpdates() == null ? null : answer.getUpdates().getUpdatedRows();
    Integer sent = exchange.getProperty(SENT, Integer.class);
    if (rows == null || !rows.equals(sent)) {
      throw unsure("Google Sheets says that it appended " + rows + " rows instead of " + sent);
    }
  }

  /** The exchange's exception in words that hold no secret. */
  void failed(Exchange exchange) {
    Throwable error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    boolean appending = exchange.getProperty(SENT) != null;
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof Undeliverable || cause instanceof MaybeDelivered) {
        throw (RuntimeException) cause;
      }
    }
    String why = words(error);
    boolean answered = status(error) > 0;
    throw appending && (!answered || status(error) >= 500)
        ? unsure(why)
        : new IllegalStateException(why);
  }

  private String words(@Nullable Throwable error) {
    int status = status(error);
    return status > 0
        ? "Google Sheets answered with status " + status + advice(status)
        : "Google Sheets cannot be reached, or its token service: "
            + (error == null ? "no answer" : error.getClass().getSimpleName());
  }

  /** 0: there was no answer. */
  private static int status(@Nullable Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpResponseException answer) {
        return answer.getStatusCode();
      }
    }
    return 0;
  }

  /** What the operator can do: the rows wait meanwhile. */
  private String advice(int status) {
    return switch (status) {
      case 400 -> ": is there a tab '" + settings.tab() + "', and is the key the account's?";
      case 401 -> ": the service account's key is not accepted";
      case 403 -> ": is the spreadsheet shared with the service account?";
      case 404 -> ": is drover.notices.sheets.spreadsheet its id?";
      default -> "";
    };
  }

  private MaybeDelivered unsure(String why) {
    return new MaybeDelivered(why, settings.settle());
  }
}
