package io.drover.simulator;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of a row a list may be filtered, sorted and selected by, and how to read them
 * without rendering the row. Values are texts, numbers, booleans or instants.
 */
final class Fields<T> {
  private final Map<String, Field<T>> filterable = new LinkedHashMap<>();
  private final Map<String, Many<T, ?>> lists = new LinkedHashMap<>();
  private final Map<String, Field<T>> sortable = new LinkedHashMap<>();
  private final Set<String> selectable = new LinkedHashSet<>();

  /**
   * @param enumeration the qualified name that its literals have; null when it has none
   */
  record Field<T>(Function<T, @Nullable Object> value, @Nullable String enumeration) {}

  /** A list inside a row, for {@code list/any(x:…)}. */
  record Many<T, E>(Function<T, List<E>> elements, Fields<E> inner) {}

  Fields<T> filter(String path, Function<T, @Nullable Object> value) {
    filterable.put(path, new Field<>(value, null));
    return this;
  }

  Fields<T> filterEnum(String path, String enumeration, Function<T, @Nullable Object> value) {
    filterable.put(path, new Field<>(value, enumeration));
    return this;
  }

  <E> Fields<T> filterAny(String path, Function<T, List<E>> elements, Fields<E> inner) {
    lists.put(path, new Many<>(elements, inner));
    return this;
  }

  Fields<T> sort(String path, Function<T, @Nullable Object> value) {
    sortable.put(path, new Field<>(value, null));
    return this;
  }

  Fields<T> both(String path, Function<T, @Nullable Object> value) {
    return filter(path, value).sort(path, value);
  }

  Fields<T> select(String... names) {
    selectable.addAll(List.of(names));
    return this;
  }

  Field<T> filterable(String path) {
    Field<T> field = filterable.get(path);
    if (field == null) {
      throw unknown("$filter", path, filterable.keySet());
    }
    return field;
  }

  Many<T, ?> list(String path) {
    Many<T, ?> many = lists.get(path);
    if (many == null) {
      throw unknown("$filter", path + "/any", lists.keySet());
    }
    return many;
  }

  Field<T> sortable(String path) {
    Field<T> field = sortable.get(path);
    if (field == null) {
      throw unknown("$orderby", path, sortable.keySet());
    }
    return field;
  }

  /**
   * The top-level names that {@code $select} asks for; {@code cluster/extId} asks for its whole.
   */
  Set<String> selected(String select) {
    Set<String> names = new LinkedHashSet<>();
    for (String path : select.split(",")) {
      String name = path.strip().split("/")[0];
      if (!selectable.contains(name)) {
        throw unknown("$select", name, selectable);
      }
      names.add(name);
    }
    return names;
  }

  private static IllegalArgumentException unknown(String option, String path, Set<String> known) {
    return new IllegalArgumentException(option + ": " + path + " (expected one of " + known + ")");
  }
}
