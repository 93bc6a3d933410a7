package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Records of one table; every value is a text. Guarded by whoever has it. */
final class ServiceNowTable {
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final Set<String> JOURNALS = Set.of("work_notes", "comments");

  private final String name;
  private final Set<String> fields;
  private final Map<String, String> defaults;
  private final Map<String, Row> rows = new LinkedHashMap<>();

  /** A record, and what was written into its journals. */
  record Row(Map<String, String> values, List<String> journal) {
    String value(String field) {
      return values.getOrDefault(field, "");
    }
  }

  /**
   * @param fields references have the name of their display value with a dot behind them too
   */
  ServiceNowTable(String name, Set<String> fields, Map<String, String> defaults) {
    this.name = name;
    this.fields = fields;
    this.defaults = defaults;
  }

  static ServiceNowTable cis() {
    return new ServiceNowTable(
        "cmdb_ci_vm_instance",
        Set.of(
            "sys_id",
            "sys_class_name",
            "sys_created_on",
            "sys_updated_on",
            "name",
            "object_id",
            "correlation_id",
            "serial_number",
            "install_status",
            "operational_status",
            "environment",
            "u_prism_central",
            "owned_by",
            "owned_by.user_name",
            "owned_by.sys_id"),
        Map.of(
            "sys_class_name", "cmdb_ci_vm_instance",
            "install_status", "1",
            "operational_status", "1"));
  }

  static ServiceNowTable incidents() {
    return new ServiceNowTable(
        "incident",
        Set.of(
            "sys_id",
            "sys_created_on",
            "sys_updated_on",
            "number",
            "short_description",
            "description",
            "correlation_id",
            "correlation_display",
            "state",
            "impact",
            "urgency",
            "category",
            "assignment_group",
            "caller_id",
            "cmdb_ci",
            "work_notes",
            "comments"),
        Map.of("state", "1", "impact", "3", "urgency", "3"));
  }

  boolean knows(String field) {
    return fields.contains(field);
  }

  Set<String> fields() {
    return fields;
  }

  Collection<Row> rows() {
    return rows.values();
  }

  @Nullable Row find(String sysId) {
    return rows.get(sysId);
  }

  /** With the values of known fields; others are ignored, as the real one does. */
  Row add(String sysId, JsonNode values) {
    Row row = new Row(new HashMap<>(defaults), new ArrayList<>());
    row.values.put("sys_id", sysId);
    row.values.put("sys_created_on", UTC.format(World.now()));
    if (name.equals("incident")) {
      row.values.put("number", String.format("INC%07d", 10_001 + rows.size()));
    }
    change(row, values);
    rows.put(sysId, row);
    return row;
  }

  void change(Row row, JsonNode values) {
    values
        .properties()
        .forEach(
            field -> {
              String name = field.getKey();
              if (JOURNALS.contains(name)) {
                row.journal.add(field.getValue().asText());
              } else if (knows(name) && !name.startsWith("sys_")) {
                row.values.put(name, field.getValue().asText());
              }
            });
    String owner = row.values.get("owned_by.user_name");
    if (owner != null) {
      row.values.put("owned_by", owner.isEmpty() ? "" : user(owner));
      row.values.put("owned_by.sys_id", row.value("owned_by"));
    }
    row.values.put("sys_updated_on", UTC.format(World.now()));
  }

  void remove(String sysId) {
    if (rows.remove(sysId) == null) {
      throw new NoSuchElementException("There is no record " + sysId + " in " + name);
    }
  }

  static String user(String name) {
    return World.hex("user " + name).substring(0, 32);
  }

  /** A record as the control shows it. */
  static ObjectNode view(Row row) {
    ObjectNode view = Json.object();
    row.values.forEach(view::put);
    row.journal.forEach(view.withArray("journal")::add);
    return view;
  }
}
