package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * The subset of OData's {@code $filter} that Prism Central takes; anything else is refused with
 * 400.
 */
final class ODataFilter {
  private final String text;
  private int at;

  private ODataFilter(String text) {
    this.text = text;
  }

  /**
   * @throws IllegalArgumentException when it is not of the subset
   */
  static Predicate<JsonNode> parse(String text) {
    ODataFilter parser = new ODataFilter(text);
    Predicate<JsonNode> filter = parser.or("");
    parser.blanks();
    if (parser.at < text.length()) {
      throw parser.wrong();
    }
    return filter;
  }

  private Predicate<JsonNode> or(String variable) {
    Predicate<JsonNode> left = and(variable);
    while (word("or")) {
      left = left.or(and(variable));
    }
    return left;
  }

  private Predicate<JsonNode> and(String variable) {
    Predicate<JsonNode> left = not(variable);
    while (word("and")) {
      left = left.and(not(variable));
    }
    return left;
  }

  private Predicate<JsonNode> not(String variable) {
    if (word("not")) {
      return not(variable).negate();
    }
    blanks();
    if (eat('(')) {
      Predicate<JsonNode> inner = or(variable);
      expect(')');
      return inner;
    }
    return comparison(variable);
  }

  private Predicate<JsonNode> comparison(String variable) {
    String name = name();
    blanks();
    if ((name.equals("startswith") || name.equals("contains")) && eat('(')) {
      blanks();
      String path = path(name(), variable);
      blanks();
      expect(',');
      String value = literal().toString();
      blanks();
      expect(')');
      boolean start = name.equals("startswith");
      return row -> {
        String found = field(row, path).asText("");
        return start ? found.startsWith(value) : found.contains(value);
      };
    }
    if (name.endsWith("/any") && eat('(')) {
      String list = path(name.substring(0, name.length() - 4), variable);
      String inner = name();
      blanks();
      expect(':');
      Predicate<JsonNode> test = or(inner);
      blanks();
      expect(')');
      return row -> {
        for (JsonNode item : field(row, list)) {
          if (test.test(item)) {
            return true;
          }
        }
        return false;
      };
    }
    String path = path(name, variable);
    String operator = name();
    if (operator.equals("in")) {
      blanks();
      expect('(');
      List<String> values = new ArrayList<>();
      do {
        values.add(literal().toString());
        blanks();
      } while (eat(','));
      expect(')');
      return row -> values.contains(field(row, path).asText());
    }
    Object value = literal();
    return switch (operator) {
      case "eq" -> row -> compare(field(row, path), value) == 0;
      case "ne" -> row -> compare(field(row, path), value) != 0;
      case "gt" -> row -> present(row, path) && compare(field(row, path), value) > 0;
      case "ge" -> row -> present(row, path) && compare(field(row, path), value) >= 0;
      case "lt" -> row -> present(row, path) && compare(field(row, path), value) < 0;
      case "le" -> row -> present(row, path) && compare(field(row, path), value) <= 0;
      default -> throw wrong();
    };
  }

  private static boolean present(JsonNode row, String path) {
    return !field(row, path).isMissingNode();
  }

  private static int compare(JsonNode found, Object value) {
    if (found.isNumber() && value instanceof Double number) {
      return Double.compare(found.asDouble(), number);
    }
    if (found.isMissingNode()) {
      return -1;
    }
    String text =
        value instanceof Double number && number == Math.rint(number)
            ? String.valueOf(number.longValue())
            : value.toString();
    if (text.matches("\\d{4}-\\d\\d-\\d\\dT.*")) {
      return java.time.Instant.parse(found.asText()).compareTo(java.time.Instant.parse(text));
    }
    return found.asText().compareTo(text);
  }

  private static JsonNode field(JsonNode row, String path) {
    JsonNode node = row;
    if (path.isEmpty()) {
      return node;
    }
    for (String part : path.split("/")) {
      node = node.path(part);
    }
    return node;
  }

  private static String path(String name, String variable) {
    if (!variable.isEmpty() && name.equals(variable)) {
      return "";
    }
    return !variable.isEmpty() && name.startsWith(variable + "/")
        ? name.substring(variable.length() + 1)
        : name;
  }

  private Object literal() {
    blanks();
    if (at < text.length() && text.charAt(at) == '\'') {
      return quoted();
    }
    int start = at;
    while (at < text.length() && "(), '".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(start, at);
    if (at < text.length() && text.charAt(at) == '\'' && word.contains(".")) {
      return quoted(); // Namespace.Enum'VALUE'
    }
    if (word.equals("true") || word.equals("false") || word.matches("\\d{4}-\\d\\d-\\d\\dT.*")) {
      return word;
    }
    try {
      return Double.valueOf(word);
    } catch (NumberFormatException e) {
      throw wrong();
    }
  }

  private String quoted() {
    StringBuilder value = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '\'') {
        value.append(c);
      } else if (at < text.length() && text.charAt(at) == '\'') {
        value.append('\'');
        at++;
      } else {
        return value.toString();
      }
    }
    throw wrong();
  }

  private String name() {
    blanks();
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || "/_$".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    if (start == at) {
      throw wrong();
    }
    return text.substring(start, at);
  }

  private boolean word(String word) {
    blanks();
    int end = at + word.length();
    if (text.toLowerCase(Locale.ROOT).startsWith(word, at)
        && end < text.length()
        && " (".indexOf(text.charAt(end)) >= 0) {
      at = end;
      return true;
    }
    return false;
  }

  private void blanks() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private boolean eat(char c) {
    blanks();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!eat(c)) {
      throw wrong();
    }
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("Invalid filter at position " + at + ": " + text);
  }
}
