package io.drover.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A list call: filter, order, page, and only then rendering, so that a page of ten thousand rows
 * costs no more than its own rows.
 *
 * @param type of a row, as {@code vmm.v4.ahv.config.Vm}
 * @param listType the name that the answer has for it, as {@code ListVmsApiResponse}
 * @param view of a row, at least with these names; null: with all
 * @param sorted all rows by order, as they were told before; emptied by whoever changes a row
 */
record Listing<T>(
    Options options,
    String type,
    String listType,
    Fields<T> fields,
    BiFunction<T, @Nullable Set<String>, ObjectNode> view,
    Map<String, List<T>> sorted) {

  Listing(
      Options options,
      String type,
      String listType,
      Fields<T> fields,
      Function<T, ObjectNode> view) {
    this(options, type, listType, fields, (row, names) -> view.apply(row), new HashMap<>());
  }

  Answer answer(Call call, Map<String, T> rows) {
    int page = number(call, "$page", 0, 0, Integer.MAX_VALUE);
    int limit = number(call, "$limit", 50, 1, 100);
    List<T> found = found(call, rows);
    int from = (int) Math.min((long) page * limit, found.size());
    List<T> shown = found.subList(from, Math.min(from + limit, found.size()));
    ObjectNode answer = Json.object();
    String select = call.query().get("$select");
    Set<String> names = select == null ? null : fields.selected(select);
    if (!shown.isEmpty() || options.text("empty-list").equals("empty")) {
      ArrayNode data = answer.putArray("data");
      for (T row : shown) {
        data.add(only(view.apply(row, names), names));
      }
      if (!data.isEmpty()) {
        mark((ObjectNode) data.get(0), call.minor(), type);
      }
    }
    mark(answer, call.minor(), type.substring(0, type.lastIndexOf('.') + 1) + listType);
    answer.set("metadata", metadata(call, page, limit, found.size()));
    return Answer.ok(answer);
  }

  /** Only the first of a list says what it is. */
  private static void mark(ObjectNode row, int minor, String type) {
    row.put("$objectType", type);
    row.putObject("$reserved").put("$fv", "v4.r" + minor);
  }

  private List<T> found(Call call, Map<String, T> rows) {
    String filter = call.query().get("$filter");
    String order = call.query().get("$orderby");
    if (filter == null) {
      return order == null
          ? new ArrayList<>(rows.values())
          : sorted.computeIfAbsent(order, by -> rows.values().stream().sorted(order(by)).toList());
    }
    ODataFilter.Test<T> test = ODataFilter.parse(filter, fields, options.on("unqualified-enums"));
    Collection<String> ids = test.ids();
    Stream<T> candidates =
        ids == null ? rows.values().stream() : ids.stream().map(rows::get).filter(Objects::nonNull);
    List<T> found = new ArrayList<>();
    candidates.filter(test.passes()).forEach(found::add);
    if (order != null) {
      found.sort(order(order));
    }
    return found;
  }

  private Comparator<T> order(String order) {
    Comparator<T> all = null;
    for (String part : order.split(",")) {
      String[] by = part.strip().split(" +");
      Fields.Field<T> field = fields.sortable(by[0]);
      if (by.length > 2 || (by.length == 2 && !by[1].matches("asc|desc"))) {
        throw new IllegalArgumentException("$orderby: " + part + " (expected: asc or desc)");
      }
      Comparator<T> each =
          (a, b) -> {
            @Nullable Object left = field.value().apply(a);
            @Nullable Object right = field.value().apply(b);
            if (left == null || right == null) {
              return Boolean.compare(right == null, left == null);
            }
            return ODataFilter.order(left, right);
          };
      each = by.length == 2 && by[1].equals("desc") ? each.reversed() : each;
      all = all == null ? each : all.thenComparing(each);
    }
    return Objects.requireNonNull(all);
  }

  private static ObjectNode only(ObjectNode row, @Nullable Set<String> names) {
    return names == null ? row : row.retain(names);
  }

  private static ObjectNode metadata(Call call, int page, int limit, int total) {
    ObjectNode metadata = Json.object();
    metadata.put("$objectType", "common.v1.response.ApiResponseMetadata");
    ArrayNode flags = metadata.putArray("flags");
    flags.addObject().put("name", "hasError").put("value", false);
    flags.addObject().put("name", "isPaginated").put("value", true);
    flags.addObject().put("name", "isTruncated").put("value", false);
    int last = Math.max(0, (total - 1) / limit);
    ArrayNode links = metadata.putArray("links");
    link(links, call, "self", page, limit);
    link(links, call, "first", 0, limit);
    if (page > 0) {
      link(links, call, "prev", page - 1, limit);
    }
    if (page < last) {
      link(links, call, "next", page + 1, limit);
    }
    link(links, call, "last", last, limit);
    metadata.put("totalAvailableResults", total);
    return metadata;
  }

  /** Without the port, as some of the real ones are: nobody should follow them. */
  private static void link(ArrayNode links, Call call, String rel, int page, int limit) {
    links
        .addObject()
        .put("href", "https://127.0.0.1" + call.path() + "?$page=" + page + "&$limit=" + limit)
        .put("rel", rel);
  }

  private static int number(Call call, String name, int otherwise, int min, int max) {
    String text = call.query().get(name);
    if (text == null) {
      return otherwise;
    }
    if (!text.matches("-?\\d{1,9}")
        || Integer.parseInt(text) < min
        || Integer.parseInt(text) > max) {
      throw new IllegalArgumentException(
          name + ": " + text + " (expected " + min + ".." + max + ")");
    }
    return Integer.parseInt(text);
  }
}
