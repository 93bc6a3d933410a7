package io.drover.runtime.servicenow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.runtime.CallFailure;
import io.drover.runtime.notice.Undeliverable;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the incident door. ServiceNow knows no idempotency key, so what a delivery did is
 * written into the incident: the first line of its description names the execution that wrote it.
 */
final class ServiceNowIncidents {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern MARK = Pattern.compile("\\ADrover execution ([0-9a-z]{26})\\b");
  private static final Set<Integer> NEVER = Set.of(400, 405, 406, 413, 415, 422);
  private static final int MOST = 1_000; // incidents of one key over the years

  private final ServiceNowSettings settings;
  private final ServiceNowLists lists;
  private final ServiceNowCalls calls;

  ServiceNowIncidents(ServiceNowSettings settings, ServiceNowLists lists, ServiceNowCalls calls) {
    this.settings = settings;
    this.lists = lists;
    this.calls = calls;
  }

  /**
   * Body: a report as JSON. Leaves in {@code incidentAct} what is to be done: {@code update} the
   * one in {@code incidentSysId}, {@code open} one, or {@code nothing}.
   */
  void find(Exchange exchange) {
    if (settings.base() == null) {
      throw new Undeliverable("ServiceNow is not configured (drover.systems.servicenow.url)");
    }
    JsonNode report = report(exchange);
    String key = report.path("key").asText();
    String execution = report.path("execution").asText();
    ServiceNowList list =
        new ServiceNowList(
            "incident",
            Set.of("state", "number", "description", "sys_created_on", "correlation_id"),
            List.of(new Condition("correlation_id", Condition.Operator.EQUALS, key)),
            MOST);
    List<Map<String, Object>> ours =
        lists.once(list).stream().filter(row -> key.equals(row.get("correlation_id"))).toList();
    Map<String, Object> open =
        ours.stream()
            .filter(row -> !settings.incident().closedStates().contains(text(row, "state")))
            .min(Comparator.comparing(row -> text(row, "sys_created_on") + text(row, "number")))
            .orElse(null);
    exchange.setProperty("incidentAct", act(report, execution, ours, open));
    exchange.setProperty("incidentSysId", open == null ? null : text(open, "sys_id"));
  }

  private static String act(
      JsonNode report,
      String execution,
      List<Map<String, Object>> ours,
      @Nullable Map<String, Object> open) {
    // Ids of executions sort by time: what an older one found is old by now.
    boolean written = ours.stream().anyMatch(row -> mark(row).compareTo(execution) >= 0);
    if (written) {
      return "nothing";
    }
    return open != null ? "update" : report.path("findings").asInt() > 0 ? "open" : "nothing";
  }

  /** The execution that wrote it last; empty where none did. */
  private static String mark(Map<String, Object> row) {
    Matcher found = MARK.matcher(text(row, "description"));
    return found.find() ? found.group(1) : "";
  }

  void open(Exchange exchange) {
    JsonNode report = report(exchange);
    ObjectNode incident = JSON.createObjectNode();
    List<ServiceNowSettings.Field> fields = settings.incident().fields();
    if (fields != null) {
      fields.forEach(field -> incident.put(field.name(), field.value()));
    }
    texts(report, incident);
    incident.put("correlation_id", report.path("key").asText());
    incident.put("correlation_display", "Drover");
    write(ServiceNowRequest.send("POST", "incident", incident.toString()));
    exchange.getMessage().setBody(null);
  }

  void update(Exchange exchange) {
    JsonNode report = report(exchange);
    ObjectNode incident = JSON.createObjectNode();
    texts(report, incident);
    incident.put("work_notes", report.path("note").asText());
    String path = "incident/" + exchange.getProperty("incidentSysId", String.class);
    write(ServiceNowRequest.send("PATCH", path, incident.toString()));
    exchange.getMessage().setBody(null);
  }

  private static void texts(JsonNode report, ObjectNode incident) {
    incident.put("short_description", report.path("title").asText());
    incident.put(
        "description",
        "Drover execution "
            + report.path("execution").asText()
            + "\n\n"
            + report.path("description").asText());
  }

  private void write(ServiceNowRequest request) {
    try {
      calls.write(request);
    } catch (CallFailure e) {
      for (int status : NEVER) {
        if (e.getKind().equals("http-" + status)) {
          throw new Undeliverable(String.valueOf(e.getMessage()));
        }
      }
      throw e;
    }
  }

  private static String text(Map<String, Object> row, String field) {
    Object value = row.get(field);
    return value == null ? "" : value.toString();
  }

  private static JsonNode report(Exchange exchange) {
    try {
      return JSON.readTree(exchange.getMessage().getBody(String.class));
    } catch (JsonProcessingException e) {
      throw new Undeliverable("A report that is no JSON");
    }
  }
}
