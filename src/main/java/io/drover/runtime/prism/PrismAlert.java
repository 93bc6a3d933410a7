package io.drover.runtime.prism;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An alert of Prism about a VM. Its title is filled in already; its message is a template and is
 * left alone (Prism monitoring v4).
 *
 * @param cluster extId of the VM's cluster, as far as the alert tells
 */
record PrismAlert(
    String extId,
    String type,
    String title,
    String severity,
    Instant created,
    String vm,
    String vmName,
    @Nullable String cluster) {
  private static final int LONGEST_TEXT = 500;

  /** Null when it is about no VM, is resolved, or lacks what tells it from others. */
  static @Nullable PrismAlert of(Map<String, Object> row) {
    Map<?, ?> source = row.get("sourceEntity") instanceof Map<?, ?> map ? map : Map.of();
    String extId = text(row.get("extId"));
    String vm = text(source.get("extId"));
    Instant created = PrismLists.instant(row.get("creationTime"));
    if (extId.isEmpty()
        || vm.isEmpty()
        || created == null
        || !text(source.get("type")).equalsIgnoreCase("vm")
        || Boolean.TRUE.equals(row.get("isResolved"))) {
      return null;
    }
    String cluster = text(row.get("clusterUUID"));
    return new PrismAlert(
        extId,
        text(row.get("alertType")),
        text(row.get("title")),
        text(row.get("severity")),
        created,
        vm,
        text(source.get("name")),
        cluster.isEmpty() ? null : cluster);
  }

  /** As inputs of a runbook. */
  Map<String, Object> inputs(String system) {
    Map<String, Object> inputs = new LinkedHashMap<>();
    inputs.put("system", system);
    inputs.put("vm", vm);
    inputs.put("vmName", vmName);
    inputs.put("alert", extId);
    inputs.put("alertType", type);
    inputs.put("title", title);
    inputs.put("severity", severity);
    inputs.put("createdAt", created.toString());
    if (cluster != null) {
      inputs.put("cluster", cluster);
    }
    return inputs;
  }

  private static String text(@Nullable Object value) {
    String text = value == null ? "" : value.toString();
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
  }
}
