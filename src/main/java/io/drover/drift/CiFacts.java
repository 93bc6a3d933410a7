package io.drover.drift;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the CMDB says of a VM.
 *
 * @param uuids of all fields that may hold one
 * @param owner null: none
 * @param environment null: none
 */
public record CiFacts(
    String sysId,
    String name,
    List<UUID> uuids,
    @Nullable String owner,
    @Nullable String environment,
    boolean retired) {

  /**
   * Which field of a record says what.
   *
   * @param uuids tried in this order
   * @param retired values that mean retired, by field
   */
  public record Fields(
      List<String> uuids,
      String name,
      String owner,
      String environment,
      Map<String, Set<String>> retired) {

    /** All of them, each once. */
    public Set<String> all() {
      Set<String> all = new java.util.LinkedHashSet<>(List.of("sys_id", name));
      all.addAll(uuids);
      all.add(owner);
      all.add(environment);
      all.addAll(retired.keySet());
      return all;
    }
  }

  /** Reads a record; a reference may be an object with its display value or value. */
  public static CiFacts of(Map<String, ?> row, Fields fields) {
    List<UUID> uuids = new ArrayList<>(1);
    for (String field : fields.uuids()) {
      UUID uuid = Uuids.parse(text(row.get(field)));
      if (uuid != null && !uuids.contains(uuid)) {
        uuids.add(uuid);
      }
    }
    boolean retired =
        fields.retired().entrySet().stream()
            .anyMatch(
                each -> {
                  String value = text(row.get(each.getKey()));
                  return value != null && each.getValue().contains(value);
                });
    String name = text(row.get(fields.name()));
    return new CiFacts(
        String.valueOf(text(row.get("sys_id"))),
        name == null ? "" : name,
        List.copyOf(uuids),
        text(row.get(fields.owner())),
        text(row.get(fields.environment())),
        retired);
  }

  private static @Nullable String text(@Nullable Object value) {
    Object told = value;
    if (value instanceof Map<?, ?> reference) {
      told =
          reference.get("display_value") == null
              ? reference.get("value")
              : reference.get("display_value");
    }
    String text = told == null ? "" : told.toString().strip();
    return text.isEmpty() ? null : text;
  }
}
