package io.drover.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows answers as JSON, as YAML, or as a table for people. */
final class Output {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER));
  private static final int WIDEST = 80;
  private static final int LONGEST = 4_000;

  /** How it is shown. */
  enum Format {
    json,
    yaml,
    table
  }

  private final PrintWriter out;
  private final Format format;
  private final boolean colour;

  Output(PrintWriter out, Format format, boolean colour) {
    this.out = out;
    this.format = format;
    this.colour = colour;
  }

  boolean forPeople() {
    return format == Format.table;
  }

  /**
   * A list, or a single thing, of which the table shows some fields.
   *
   * @param columns paths like {@code vm.name}; the heading is what follows a {@code =}
   */
  void show(JsonNode value, String... columns) {
    if (format != Format.table) {
      raw(value);
      return;
    }
    if (!value.isArray()) {
      for (String column : columns) {
        out.println(pad(title(column) + ":", 16) + cell(at(value, path(column))));
      }
      out.flush();
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of(columns).stream().map(Output::title).toList());
    for (JsonNode row : value) {
      rows.add(List.of(columns).stream().map(column -> cell(at(row, path(column)))).toList());
    }
    table(rows);
  }

  void raw(JsonNode value) {
    try {
      ObjectMapper mapper = format == Format.yaml ? YAML : JSON;
      out.println(
          mapper.writerWithDefaultPrettyPrinter().writeValueAsString(value).stripTrailing());
      out.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("An answer is always written as JSON", e);
    }
  }

  /** Tells nothing on the way. */
  Output quiet() {
    return new Output(out, Format.json, false);
  }

  /** For people only; what programs read has no such lines. */
  void say(String line) {
    if (format == Format.table) {
      line(line);
    }
  }

  void line(String line) {
    out.println(line);
    out.flush();
  }

  /** A state or an outcome in its colour, where the terminal has colours. */
  String coloured(String state) {
    if (!colour) {
      return state;
    }
    int code =
        switch (state) {
          case "SUCCEEDED", "DONE", "LIVE", "ok" -> 32;
          case "FAILED",
              "FAILED_UNCHANGED",
              "FAILED_CHANGED",
              "NEEDS_HUMAN",
              "ROLLBACK_UNPROVEN",
              "REFUSED",
              "failed" ->
              31;
          case "ROLLED_BACK", "SKIPPED", "REJECTED", "CANCELLED", "OUTDATED", "warning" -> 33;
          default -> 36;
        };
    return "\u001b[" + code + "m" + state + "\u001b[0m";
  }

  private void table(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padded = pad(row.get(i), widths[i] + 2);
        line.append(
            rows.indexOf(row) == 0 ? padded : padded.replace(row.get(i), state(row.get(i))));
      }
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }

  private String state(String cell) {
    return colour && cell.matches("[A-Z_]{4,}") ? coloured(cell) : cell;
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String path(String column) {
    int equals = column.indexOf('=');
    return equals < 0 ? column : column.substring(0, equals);
  }

  private static String title(String column) {
    int equals = column.indexOf('=');
    return equals < 0 ? column : column.substring(equals + 1);
  }

  static JsonNode at(JsonNode value, String path) {
    JsonNode at = value;
    for (String name : path.split("\\.", -1)) {
      at = at.path(name);
    }
    return at;
  }

  private static String cell(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "-";
    }
    if (value.isArray()) {
      List<String> parts = new ArrayList<>();
      value.forEach(part -> parts.add(part.isValueNode() ? part.asText() : part.toString()));
      return plain(String.join(", ", parts));
    }
    return plain(value.isValueNode() ? value.asText() : value.toString());
  }

  /** Text from outside on one line, without what a terminal would obey; cut where it is long. */
  static String plain(@Nullable String text) {
    return text == null ? "-" : cut(text, WIDEST);
  }

  /** As {@link #plain}, hardly cut. */
  static String whole(String text) {
    return cut(text, LONGEST);
  }

  private static String cut(String text, int longest) {
    StringBuilder plain = new StringBuilder();
    text.codePoints()
        .limit(longest + 1L)
        .forEach(
            point -> {
              int type = Character.getType(point);
              boolean shown =
                  type != Character.CONTROL
                      && type != Character.FORMAT
                      && type != Character.SURROGATE;
              plain.appendCodePoint(shown ? point : ' ');
            });
    return plain.length() > longest ? plain.substring(0, longest - 1) + "…" : plain.toString();
  }
}
