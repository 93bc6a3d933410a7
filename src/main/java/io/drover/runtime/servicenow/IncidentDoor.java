package io.drover.runtime.servicenow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.runtime.CallFailure;
import io.drover.runtime.notice.MaybeDelivered;
import io.drover.runtime.notice.Undeliverable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * One open incident per list of findings, found by its {@code correlation_id}; its {@code
 * correlation_display} says which execution it tells of, so that a delivery that is repeated
 * changes nothing.
 */
final class IncidentDoor {
  static final String TABLE = "incident";

  /** Resolved, closed, canceled: a new finding deserves a new incident. */
  private static final Set<String> OVER = Set.of("6", "7", "8");

  private final ServiceNowCalls calls;
  private final ServiceNowProperties settings;
  private final ObjectMapper json = new ObjectMapper();

  IncidentDoor(ServiceNowCalls calls, ServiceNowProperties settings) {
    this.calls = calls;
    this.settings = settings;
  }

  /**
   * Body: JSON with {@code key} (of the list of findings), {@code execution}, {@code findings} (how
   * many), {@code summary}, {@code description}.
   */
  void deliver(Exchange exchange) throws JsonProcessingException {
    JsonNode report = json.readTree(exchange.getMessage().getBody(String.class));
    exchange.getMessage().setBody(null);
    if (!calls.configured()) {
      throw new Undeliverable("ServiceNow is not configured (drover.systems.servicenow.url)");
    }
    String key = report.path("key").asText();
    String execution = report.path("execution").asText();
    List<Map<String, String>> open = new ArrayList<>();
    List<Map<String, String>> told = new ArrayList<>();
    // Not repeated here: the outbox comes again, and pages wait behind it meanwhile.
    calls.read(
        TABLE,
        new Query(Map.of("correlation_id", key), "sys_id"),
        List.of("number", "state", "correlation_display"),
        ServiceNowCalls.Patience.NONE,
        incident -> {
          if (!OVER.contains(incident.get("state"))) {
            open.add(incident);
          }
          if (execution.equals(incident.get("correlation_display"))) {
            told.add(incident);
          }
        });
    if (!told.isEmpty()) {
      return; // even where somebody closed it since
    }
    try {
      if (open.isEmpty()) {
        if (report.path("findings").asInt() > 0) {
          calls.create(TABLE, fields(report, key, execution));
        }
        return;
      }
      Map<String, String> incident = open.get(0);
      // Ids of executions sort by age; a late delivery must not put an older state back.
      if (String.valueOf(incident.get("correlation_display")).compareTo(execution) < 0) {
        Map<String, String> fields = fields(report, key, execution);
        fields.put("work_notes", text(report, "summary") + "\n" + text(report, "description"));
        calls.change(TABLE, String.valueOf(incident.get("sys_id")), fields);
      }
    } catch (CallFailure e) {
      throw e.getVerdict() == CallFailure.Verdict.UNKNOWN || e.getKind().startsWith("http-5")
          ? new MaybeDelivered(String.valueOf(e.getMessage()), settings.settle())
          : e;
    }
  }

  /** In a journal {@code [code]} makes HTML of what follows; a VM's name must not. */
  private static String text(JsonNode report, String field) {
    return report.path(field).asText().replaceAll("(?i)\\[(/?code)", "[ $1");
  }

  private static Map<String, String> fields(JsonNode report, String key, String execution) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("short_description", text(report, "summary"));
    fields.put("description", text(report, "description"));
    fields.put("correlation_id", key);
    fields.put("correlation_display", execution);
    return fields;
  }
}
