package io.drover.runtime.servicenow;

import io.drover.runtime.BlockInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An encoded query of equalities. ServiceNow drops a part that it does not understand without a
 * word and answers with more records, so whoever asks checks what comes ({@link #matches}).
 */
record Query(Map<String, String> equal, String orderBy) {
  private static final Pattern FIELD = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*");

  Query {
    equal = new TreeMap<>(equal);
    equal.forEach(
        (field, value) -> {
          field(field);
          // ServiceNow runs what follows this word.
          boolean script = value.strip().toLowerCase(Locale.ROOT).startsWith("javascript:");
          if (script
              || value.isEmpty()
              || value.indexOf('^') >= 0
              || value.chars().anyMatch(c -> c < ' ')) {
            throw BlockInput.wrong(
                field, value, "a text without ^, control characters and javascript:");
          }
        });
    field(orderBy);
  }

  static String field(String name) {
    if (!FIELD.matcher(name).matches()) {
      throw BlockInput.wrong("field", name, "a field's name, as owned_by.user_name");
    }
    return name;
  }

  String encoded() {
    List<String> parts = new ArrayList<>();
    equal.forEach((field, value) -> parts.add(field + "=" + value));
    parts.add("ORDERBY" + orderBy);
    return String.join("^", parts);
  }

  boolean matches(Map<String, String> record) {
    return equal.entrySet().stream()
        .allMatch(each -> each.getValue().equals(record.get(each.getKey())));
  }
}
