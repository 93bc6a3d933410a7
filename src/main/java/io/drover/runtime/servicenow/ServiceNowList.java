package io.drover.runtime.servicenow;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the list door takes as a body.
 *
 * @param fields to read; those of conditions, and sys_id, are read with them
 * @param conditions all of them must hold
 * @param maxRows more are refused, where the list is read as a whole
 */
record ServiceNowList(String table, Set<String> fields, List<Condition> conditions, int maxRows) {

  ServiceNowList {
    Condition.field(table);
    Set<String> all = new LinkedHashSet<>(Set.of("sys_id"));
    fields.forEach(field -> all.add(Condition.field(field)));
    conditions.forEach(condition -> all.add(condition.field()));
    fields = all;
  }

  ServiceNowRequest page(int offset, int limit) {
    Map<String, String> query = new LinkedHashMap<>();
    String conditions =
        this.conditions.stream()
            .map(condition -> condition.encoded() + "^")
            .collect(Collectors.joining());
    query.put("sysparm_query", conditions + "ORDERBYsys_id");
    query.put("sysparm_fields", String.join(",", fields));
    query.put("sysparm_exclude_reference_link", "true");
    query.put("sysparm_display_value", "false");
    query.put("sysparm_limit", String.valueOf(limit));
    query.put("sysparm_offset", String.valueOf(offset));
    return ServiceNowRequest.get(table, query);
  }
}
