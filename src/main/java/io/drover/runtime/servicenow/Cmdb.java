package io.drover.runtime.servicenow;

import io.drover.drift.Ci;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The virtual machines that the CMDB knows. */
public final class Cmdb {
  private static final int PASSES = 3;

  private final ServiceNowCalls calls;
  private final ServiceNowProperties.Cmdb settings;
  private final int attempts;

  Cmdb(ServiceNowCalls calls, ServiceNowProperties settings) {
    this.calls = calls;
    this.settings = settings.cmdb();
    this.attempts = settings.attempts();
  }

  /**
   * What was read.
   *
   * @param sure whether as many items came as ServiceNow counts; false as well when its user may
   *     not read some
   */
  public record Items(List<Ci> items, boolean sure) {}

  /**
   * Reads all of it, again when it changed meanwhile.
   *
   * @param system the Prism Central whose items are meant
   * @param ensureLive throws when no call may be made any more
   */
  public Items read(String system, Runnable ensureLive) {
    Map<String, String> only = new LinkedHashMap<>();
    if (settings.only() != null) {
      settings.only().forEach((field, value) -> only.put(field, value.replace("{system}", system)));
    }
    Query query = new Query(only, "sys_id");
    ServiceNowCalls.Patience patience = new ServiceNowCalls.Patience(attempts, ensureLive);
    List<String> fields = new ArrayList<>(settings.uuidFields());
    fields.addAll(
        List.of(
            settings.nameField(),
            settings.ownerField(),
            settings.environmentField(),
            settings.statusField()));
    for (int pass = 1; ; pass++) {
      List<Ci> items = new ArrayList<>();
      boolean sure =
          calls.read(settings.table(), query, fields, patience, row -> items.add(item(row)));
      if (sure || pass == PASSES) {
        return new Items(items, sure);
      }
    }
  }

  private Ci item(Map<String, String> row) {
    return new Ci(
        row.getOrDefault("sys_id", ""),
        settings.uuidFields().stream()
            .map(field -> Ci.uuid(row.getOrDefault(field, "")))
            .filter(uuid -> !uuid.isEmpty())
            .toList(),
        row.getOrDefault(settings.nameField(), ""),
        row.getOrDefault(settings.ownerField(), ""),
        row.getOrDefault(settings.environmentField(), ""),
        settings.retired().contains(row.getOrDefault(settings.statusField(), "")));
  }
}
