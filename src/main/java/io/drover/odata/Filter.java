package io.drover.odata;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A condition of an OData 4.01 query. Can only be made of fields and {@link Literal}s. */
public final class Filter {
  private final String written;
  private final boolean simple;

  private Filter(String written, boolean simple) {
    this.written = written;
    this.simple = simple;
  }

  public static Filter eq(String field, Literal value) {
    return compare(field, "eq", value);
  }

  /** As {@link #eq(String, Literal)} with text. */
  public static Filter eq(String field, String value) {
    return eq(field, Literal.text(value));
  }

  public static Filter ne(String field, Literal value) {
    return compare(field, "ne", value);
  }

  public static Filter gt(String field, Literal value) {
    return compare(field, "gt", value);
  }

  public static Filter ge(String field, Literal value) {
    return compare(field, "ge", value);
  }

  public static Filter lt(String field, Literal value) {
    return compare(field, "lt", value);
  }

  public static Filter le(String field, Literal value) {
    return compare(field, "le", value);
  }

  /**
   * The field has one of these texts.
   *
   * @throws IllegalArgumentException when there is none: nothing could ever match
   */
  public static Filter in(String field, Collection<String> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException(field + " in (): empty (expected: at least one value)");
    }
    return new Filter(
        Names.field(field)
            + values.stream()
                .map(value -> Literal.text(value).toString())
                .collect(Collectors.joining(",", " in (", ")")),
        true);
  }

  public static Filter startsWith(String field, String prefix) {
    return new Filter("startswith(" + Names.field(field) + "," + Literal.text(prefix) + ")", true);
  }

  /** At least one item of a collection meets the condition that is made for it. */
  public static Filter any(String collection, Function<Item, Filter> condition) {
    Item item = new Item("a");
    return new Filter(
        Names.field(collection) + "/any(a:" + condition.apply(item).written + ")", true);
  }

  public static Filter not(Filter filter) {
    return new Filter("not (" + filter.written + ")", true);
  }

  /**
   * Every one of these.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Filter and(List<Filter> filters) {
    return joined("and", filters);
  }

  /**
   * At least one of these.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Filter or(List<Filter> filters) {
    return joined("or", filters);
  }

  public Filter and(Filter other) {
    return and(List.of(this, other));
  }

  public Filter or(Filter other) {
    return or(List.of(this, other));
  }

  private static Filter compare(String field, String operator, Literal value) {
    return new Filter(Names.field(field) + " " + operator + " " + value, true);
  }

  private static Filter joined(String word, List<Filter> filters) {
    if (filters.isEmpty()) {
      throw new IllegalArgumentException(word + ": no conditions (expected: at least one)");
    }
    if (filters.size() == 1) {
      return filters.get(0);
    }
    return new Filter(
        filters.stream()
            .map(filter -> filter.simple ? filter.written : "(" + filter.written + ")")
            .collect(Collectors.joining(" " + word + " ")),
        false);
  }

  /** The condition as OData writes it, not yet percent-encoded. */
  @Override
  public String toString() {
    return written;
  }

  /** An item of the collection inside {@link #any}. */
  public static final class Item {
    private final String name;

    private Item(String name) {
      this.name = name;
    }

    /** The item itself, where the collection holds plain values. */
    public String self() {
      return name;
    }

    public String field(String field) {
      return name + "/" + Names.field(field);
    }
  }
}
