package io.drover.runtime.servicenow;

import io.drover.runtime.BlockInput;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One condition of an encoded query. A value is never a part of the query's own language: what
 * would be is refused, since there is no way to escape it.
 */
public record Condition(String field, @DefaultValue("EQUALS") Operator operator, String value) {
  private static final Pattern FIELD = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*");
  private static final String SCRIPT = "javascript:"; // ServiceNow runs what follows

  /** By the words of the encoded query. */
  public enum Operator {
    EQUALS("="),
    NOT_EQUALS("!="),
    CONTAINS("LIKE"),
    STARTS_WITH("STARTSWITH"),
    ENDS_WITH("ENDSWITH"),
    /** Values with commas between. */
    IN("IN");

    private final String word;

    Operator(String word) {
      this.word = word;
    }
  }

  public Condition {
    field(field);
    boolean safe =
        value.indexOf('^') < 0
            && value.chars().noneMatch(Character::isISOControl)
            && !value.strip().toLowerCase(Locale.ROOT).startsWith(SCRIPT);
    if (!safe) {
      throw BlockInput.wrong(
          "conditions." + field, value, "no ^, no line ends, and nothing that is run");
    }
  }

  /** A field's name, dot-walked or not. */
  static String field(String name) {
    if (!FIELD.matcher(name).matches()) {
      throw BlockInput.wrong("field", name, "a name like owned_by or owned_by.user_name");
    }
    return name;
  }

  /** Out of {@code {field, operator, value}}; no operator means EQUALS. */
  static Condition of(Map<?, ?> given) {
    Object operator = given.get("operator");
    Object value = given.get("value");
    if (given.get("field") == null || value == null) {
      throw BlockInput.wrong("conditions", given.toString(), "field, operator, value");
    }
    try {
      return new Condition(
          String.valueOf(given.get("field")),
          operator == null ? Operator.EQUALS : Operator.valueOf(operator.toString()),
          value.toString());
    } catch (IllegalArgumentException e) {
      throw BlockInput.wrong(
          "conditions.operator", String.valueOf(operator), "one of " + List.of(Operator.values()));
    }
  }

  String encoded() {
    return field + operator.word + value;
  }

  /**
   * Whether a row keeps to it. ServiceNow leaves out what it does not understand of a query, and
   * compares without looking at upper and lower case.
   */
  boolean holds(Map<String, Object> row) {
    String own = String.valueOf(row.getOrDefault(field, "")).toLowerCase(Locale.ROOT);
    String wanted = value.toLowerCase(Locale.ROOT);
    return switch (operator) {
      case EQUALS -> own.equals(wanted);
      case NOT_EQUALS -> !own.equals(wanted);
      case CONTAINS -> own.contains(wanted);
      case STARTS_WITH -> own.startsWith(wanted);
      case ENDS_WITH -> own.endsWith(wanted);
      case IN -> List.of(wanted.split(",")).contains(own);
    };
  }
}
