package io.drover.simulator;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The subset of OData's {@code $filter} that Prism Central takes, over the fields that a list
 * allows; anything else is refused with 400.
 */
final class ODataFilter<T> {
  private static final int LONGEST = 16_000;

  private final FilterText text;
  private final Fields<T> fields;
  private final String variable;
  private final boolean bareEnums;

  private ODataFilter(FilterText text, Fields<T> fields, String variable, boolean bareEnums) {
    this.text = text;
    this.fields = fields;
    this.variable = variable;
    this.bareEnums = bareEnums;
  }

  /**
   * What a filter says.
   *
   * @param ids where only rows of these extIds can pass; null when others can too
   */
  record Test<T>(Predicate<T> passes, @Nullable Set<String> ids) {

    Test<T> or(Test<T> other) {
      Set<String> all = null;
      if (ids != null && other.ids != null) {
        all = new HashSet<>(ids);
        all.addAll(other.ids);
      }
      return new Test<>(passes.or(other.passes), all);
    }

    Test<T> and(Test<T> other) {
      return new Test<>(passes.and(other.passes), ids != null ? ids : other.ids);
    }
  }

  /**
   * @param bareEnums whether an enumeration's value may come without its type
   * @throws IllegalArgumentException when it is not of the subset
   */
  static <T> Test<T> parse(String text, Fields<T> fields, boolean bareEnums) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("$filter: " + text.length() + " characters");
    }
    FilterText cursor = new FilterText(text);
    Test<T> filter = new ODataFilter<>(cursor, fields, "", bareEnums).or(0);
    if (!cursor.ended()) {
      throw cursor.wrong();
    }
    return filter;
  }

  private Test<T> or(int depth) {
    if (depth > 50) {
      throw text.wrong();
    }
    Test<T> left = and(depth);
    while (text.word("or")) {
      left = left.or(and(depth));
    }
    return left;
  }

  private Test<T> and(int depth) {
    Test<T> left = not(depth);
    while (text.word("and")) {
      left = left.and(not(depth));
    }
    return left;
  }

  private Test<T> not(int depth) {
    if (text.word("not")) {
      return new Test<>(not(depth + 1).passes().negate(), null);
    }
    if (text.eat('(')) {
      Test<T> inner = or(depth + 1);
      text.expect(')');
      return inner;
    }
    return comparison(depth);
  }

  private Test<T> comparison(int depth) {
    String name = text.name();
    if ((name.equals("startswith") || name.equals("contains")) && text.eat('(')) {
      Fields.Field<T> field = fields.filterable(path(text.name()));
      text.expect(',');
      String value = text.literal() instanceof String given ? given : text.refuse();
      text.expect(')');
      boolean start = name.equals("startswith");
      return new Test<>(
          row ->
              field.value().apply(row) instanceof String found
                  && (start ? found.startsWith(value) : found.contains(value)),
          null);
    }
    if (name.endsWith("/any") && text.eat('(')) {
      return any(fields.list(path(name.substring(0, name.length() - 4))), depth);
    }
    String path = path(name);
    Fields.Field<T> field = fields.filterable(path);
    String operator = text.name();
    if (operator.equals("in")) {
      Set<Object> values = new HashSet<>();
      text.expect('(');
      do {
        values.add(value(field, text.literal()));
      } while (text.eat(','));
      text.expect(')');
      Set<String> ids = new HashSet<>();
      values.forEach(value -> ids.add(value.toString()));
      return new Test<>(
          row -> {
            Object found = field.value().apply(row);
            return found != null && values.contains(found);
          },
          path.equals("extId") ? ids : null);
    }
    Object value = value(field, text.literal());
    Predicate<T> passes =
        switch (operator) {
          case "eq" -> row -> value.equals(field.value().apply(row));
          case "ne" -> row -> !value.equals(field.value().apply(row));
          case "gt" -> row -> compare(field, row, value, 1, 1);
          case "ge" -> row -> compare(field, row, value, 0, 1);
          case "lt" -> row -> compare(field, row, value, -1, -1);
          case "le" -> row -> compare(field, row, value, -1, 0);
          default -> throw text.wrong();
        };
    boolean id = path.equals("extId") && operator.equals("eq");
    return new Test<>(passes, id ? Set.of(value.toString()) : null);
  }

  private <E> Test<T> any(Fields.Many<T, E> many, int depth) {
    String inner = text.name();
    text.expect(':');
    Predicate<E> test =
        new ODataFilter<>(text, many.inner(), inner, bareEnums).or(depth + 1).passes();
    text.expect(')');
    return new Test<>(row -> many.elements().apply(row).stream().anyMatch(test), null);
  }

  /** Values that are alike must be equal, so numbers are all longs or doubles as they come. */
  private Object value(Fields.Field<T> field, Object literal) {
    if (field.enumeration() != null) {
      if (literal instanceof FilterText.Enumerated value) {
        return value.type().equals(field.enumeration()) ? value.value() : text.refuse();
      }
      return bareEnums && literal instanceof String ? literal : text.refuse();
    }
    return literal instanceof FilterText.Enumerated ? text.refuse() : literal;
  }

  private static <T> boolean compare(Fields.Field<T> field, T row, Object value, int from, int to) {
    Object found = field.value().apply(row);
    if (found == null) {
      return false;
    }
    int order = order(found, value);
    return order >= from && order <= to;
  }

  /** -1, 0 or 1; values of different kinds compare as their texts do. */
  static int order(Object left, Object right) {
    if (left instanceof Number a && right instanceof Number b) {
      return Double.compare(a.doubleValue(), b.doubleValue());
    }
    if (left instanceof Instant a && right instanceof Instant b) {
      return Integer.signum(a.compareTo(b));
    }
    return Integer.signum(left.toString().compareTo(right.toString()));
  }

  private String path(String name) {
    if (variable.isEmpty()) {
      return name;
    }
    if (name.equals(variable)) {
      return "";
    }
    return name.startsWith(variable + "/") ? name.substring(variable.length() + 1) : name;
  }

  /** Where the reading of a filter is. */
  static final class FilterText {
    private final String text;
    private int at;

    FilterText(String text) {
      this.text = text;
    }

    /** A value with its type before it, as {@code Vmm.Ahv.Config.PowerState'ON'}. */
    record Enumerated(String type, String value) {}

    /** A text, an {@link Enumerated}, a {@link Long}, {@link Double}, boolean or instant. */
    Object literal() {
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
        return new Enumerated(word, quoted());
      }
      if (word.equals("true") || word.equals("false")) {
        return Boolean.valueOf(word);
      }
      try {
        if (word.matches("-?\\d{1,18}")) {
          return Long.valueOf(word);
        }
        return word.contains("T") ? Instant.parse(word) : (Object) Double.valueOf(word);
      } catch (NumberFormatException | DateTimeParseException e) {
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

    String name() {
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

    boolean word(String word) {
      blanks();
      int end = at + word.length();
      if (text.startsWith(word, at) && end < text.length() && " (".indexOf(text.charAt(end)) >= 0) {
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

    boolean ended() {
      blanks();
      return at == text.length();
    }

    boolean eat(char c) {
      blanks();
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    void expect(char c) {
      if (!eat(c)) {
        throw wrong();
      }
    }

    String refuse() {
      throw wrong();
    }

    IllegalArgumentException wrong() {
      return new IllegalArgumentException("$filter: wrong at position " + at + ": " + text);
    }
  }
}
