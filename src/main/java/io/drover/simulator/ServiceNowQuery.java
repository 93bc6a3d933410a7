package io.drover.simulator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An encoded query ({@code sysparm_query}): conditions with {@code ^} and {@code ^OR} between them,
 * and {@code ORDERBY}. What is not understood is left out, as the real one does, so that it then
 * matches more.
 *
 * @param every one condition of each group must hold
 * @param invalid whether a part was left out
 */
record ServiceNowQuery(
    List<List<Condition>> every, @Nullable String orderBy, boolean descending, boolean invalid) {
  private static final Pattern CONDITION =
      Pattern.compile("([a-z][a-z0-9_.]*)(!=|=|LIKE|STARTSWITH|ENDSWITH|IN)(.*)", Pattern.DOTALL);

  record Condition(String field, String operator, String value) {
    boolean holds(String own) {
      String left = own.toLowerCase(Locale.ROOT);
      String right = value.toLowerCase(Locale.ROOT);
      return switch (operator) {
        case "=" -> left.equals(right);
        case "!=" -> !left.equals(right);
        case "LIKE" -> left.contains(right);
        case "STARTSWITH" -> left.startsWith(right);
        case "ENDSWITH" -> left.endsWith(right);
        default -> List.of(right.split(",")).contains(left);
      };
    }
  }

  static ServiceNowQuery parse(String encoded, ServiceNowTable table) {
    List<List<Condition>> every = new ArrayList<>();
    String orderBy = null;
    boolean descending = false;
    boolean invalid = false;
    for (String part : encoded.split("\\^")) {
      if (part.startsWith("ORDERBY")) {
        descending = part.startsWith("ORDERBYDESC");
        orderBy = part.substring(descending ? "ORDERBYDESC".length() : "ORDERBY".length());
        if (!table.knows(orderBy)) {
          orderBy = null;
          invalid = true;
        }
        continue;
      }
      boolean or = part.startsWith("OR");
      Matcher found = CONDITION.matcher(or ? part.substring(2) : part);
      if (part.isEmpty()) {
        continue;
      }
      if (!found.matches() || !table.knows(found.group(1))) {
        invalid = true;
        continue;
      }
      Condition condition = new Condition(found.group(1), found.group(2), found.group(3));
      if (or && !every.isEmpty()) {
        every.get(every.size() - 1).add(condition);
      } else {
        every.add(new ArrayList<>(List.of(condition)));
      }
    }
    return new ServiceNowQuery(every, orderBy, descending, invalid);
  }

  <R> List<R> select(Iterable<R> rows, BiFunction<R, String, String> value) {
    List<R> found = new ArrayList<>();
    for (R row : rows) {
      boolean holds =
          every.stream()
              .allMatch(
                  any -> any.stream().anyMatch(each -> each.holds(value.apply(row, each.field()))));
      if (holds) {
        found.add(row);
      }
    }
    String by = orderBy;
    if (by != null) {
      Comparator<R> order = Comparator.comparing(row -> value.apply(row, by));
      found.sort(descending ? order.reversed() : order);
    }
    return found;
  }
}
