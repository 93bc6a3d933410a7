package io.drover.odata;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to ask of a list: built from types, never glued from text. Immutable; each method gives a
 * new query.
 *
 * @param page 0-based; null leaves it to the server
 * @param limit rows a page, at least 1; null leaves it to the server
 */
public record ODataQuery(
    @Nullable Filter filter,
    List<String> select,
    List<Order> orderBy,
    List<String> expand,
    @Nullable Integer page,
    @Nullable Integer limit) {

  /** Everything, as the server likes it. */
  public static final ODataQuery ALL =
      new ODataQuery(null, List.of(), List.of(), List.of(), null, null);

  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  /** One field to sort by. */
  public record Order(String field, boolean descending) {
    public Order {
      Names.field(field);
    }
  }

  public ODataQuery {
    select = List.copyOf(select);
    orderBy = List.copyOf(orderBy);
    expand = List.copyOf(expand);
    select.forEach(Names::field);
    expand.forEach(Names::field);
    if (page != null && page < 0) {
      throw new IllegalArgumentException("page: " + page + " (expected: 0 or more)");
    }
    if (limit != null && limit < 1) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1 or more)");
    }
  }

  public static ODataQuery where(Filter filter) {
    return ALL.filter(filter);
  }

  /** Replaces the condition; null takes it away. */
  public ODataQuery filter(@Nullable Filter filter) {
    return new ODataQuery(filter, select, orderBy, expand, page, limit);
  }

  public ODataQuery select(List<String> fields) {
    return new ODataQuery(filter, fields, orderBy, expand, page, limit);
  }

  /** Sorts by this field after those named before. */
  public ODataQuery orderBy(String field, boolean descending) {
    List<Order> more = new ArrayList<>(orderBy);
    more.add(new Order(field, descending));
    return new ODataQuery(filter, select, more, expand, page, limit);
  }

  public ODataQuery expand(List<String> fields) {
    return new ODataQuery(filter, select, orderBy, fields, page, limit);
  }

  public ODataQuery page(int page) {
    return new ODataQuery(filter, select, orderBy, expand, page, limit);
  }

  public ODataQuery limit(int limit) {
    return new ODataQuery(filter, select, orderBy, expand, page, limit);
  }

  /** Percent-encoded, without the question mark; empty when nothing is asked. */
  public String toQueryString() {
    StringBuilder out = new StringBuilder();
    if (page != null) {
      add(out, "$page", page.toString());
    }
    if (limit != null) {
      add(out, "$limit", limit.toString());
    }
    if (filter != null) {
      add(out, "$filter", filter.toString());
    }
    if (!orderBy.isEmpty()) {
      List<String> fields =
          orderBy.stream().map(o -> o.descending() ? o.field() + " desc" : o.field()).toList();
      add(out, "$orderby", String.join(",", fields));
    }
    if (!select.isEmpty()) {
      add(out, "$select", String.join(",", select));
    }
    if (!expand.isEmpty()) {
      add(out, "$expand", String.join(",", expand));
    }
    return out.toString();
  }

  private static void add(StringBuilder out, String name, String value) {
    if (!out.isEmpty()) {
      out.append('&');
    }
    out.append(name).append('=').append(encode(value));
  }

  /** Percent-encodes everything but RFC 3986's unreserved characters. */
  public static String encode(String value) {
    StringBuilder out = new StringBuilder(value.length() * 2);
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && UNRESERVED.indexOf(b) >= 0) {
        out.append((char) b);
      } else {
        out.append('%')
            .append(Character.toUpperCase(Character.forDigit((b >> 4) & 0xF, 16)))
            .append(Character.toUpperCase(Character.forDigit(b & 0xF, 16)));
      }
    }
    return out.toString();
  }
}
