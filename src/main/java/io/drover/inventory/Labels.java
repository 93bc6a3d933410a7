package io.drover.inventory;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Categories by their extIds, resolved once for a whole scan. Not for use by several threads. */
public final class Labels {
  private static final int REMEMBERED = 10_000;

  private final Map<String, Category> byExtId = new HashMap<>();

  /** Most VMs have the same categories as others. */
  private final Map<List<String>, Map<String, String>> known = new HashMap<>();

  private record Category(String key, String value) {}

  /** Which category keys mean what. */
  public record Keys(String department, String owner, String environment) {
    public Set<String> all() {
      return Set.copyOf(List.of(department, owner, environment).stream().distinct().toList());
    }
  }

  /**
   * @param rows categories as Prism tells them
   * @param keys others are forgotten
   */
  public Labels(Collection<? extends Map<?, ?>> rows, Set<String> keys) {
    for (Map<?, ?> row : rows) {
      String key = String.valueOf(row.get("key"));
      if (keys.contains(key)) {
        byExtId.put(
            String.valueOf(row.get("extId")), new Category(key, String.valueOf(row.get("value"))));
      }
    }
  }

  /**
   * Values by key. Of several values of one key it is always the same one, whatever order Prism
   * tells them in.
   */
  public Map<String, String> of(List<String> extIds) {
    Map<String, String> labels = known.get(extIds);
    if (labels == null) {
      labels = resolved(extIds);
      if (known.size() < REMEMBERED) {
        known.put(List.copyOf(extIds), labels);
      }
    }
    return labels;
  }

  private Map<String, String> resolved(List<String> extIds) {
    Map<String, String> labels = new HashMap<>();
    for (String extId : extIds) {
      Category category = byExtId.get(extId);
      if (category != null) {
        labels.merge(category.key(), category.value(), (a, b) -> a.compareTo(b) <= 0 ? a : b);
      }
    }
    return labels;
  }
}
