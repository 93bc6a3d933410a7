package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** ServiceNow's Table API over a CMDB of the simulated VMs and a list of incidents. */
final class ServiceNow implements HttpHandler {
  private static final Pattern PATH =
      Pattern.compile("/api/now(/v1|/v2)?/table/([a-z0-9_]+)(?:/([0-9a-f]{32}))?");
  private static final int MOST = 10_000; // sysparm_limit, when none is given

  private final World world;
  private final Struck struck;
  private final ServiceNowLogins logins;
  private final ServiceNowTable incidents = ServiceNowTable.incidents();
  private @Nullable ServiceNowTable cis;
  private boolean refuseInvalid;
  private int hidden;
  private boolean errorObjects;
  private boolean counting;

  ServiceNow(World world, Faults faults, ServiceNowLogins logins) {
    this.world = world;
    this.struck = new Struck("servicenow", world, faults);
    this.logins = logins;
    this.refuseInvalid = world.options.text("servicenow-invalid-query").equals("no-rows");
    this.hidden = world.options.number("servicenow-hidden");
    this.errorObjects = world.options.text("servicenow-errors").equals("error");
    this.counting = world.options.on("servicenow-count");
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    exchange
        .getRequestReceiver()
        .receiveFullBytes(
            (e, body) ->
                struck.pass(
                    e,
                    () -> take(e, body),
                    status -> fail(e, status, "Made to fail by a fault", "")),
            (e, error) -> e.endExchange());
  }

  private synchronized void take(HttpServerExchange exchange, byte[] body) {
    String method = exchange.getRequestMethod().toString();
    String path = exchange.getRequestPath();
    if (path.equals("/oauth_token.do") && method.equals("POST")) {
      ObjectNode answer = logins.token(body);
      send(exchange, answer.has("error") ? 401 : 200, answer);
      return;
    }
    if (!logins.knows(exchange)) {
      fail(exchange, 401, "User Not Authenticated", "Required to provide Auth information");
      return;
    }
    Matcher found = PATH.matcher(path);
    if (!found.matches()) {
      fail(exchange, 400, "Requested URI does not represent any resource", path);
      return;
    }
    ServiceNowTable table =
        switch (found.group(2)) {
          case "cmdb_ci_vm_instance" -> cis();
          case "incident" -> incidents;
          default -> null;
        };
    if (table == null) {
      fail(exchange, 400, "Invalid table " + found.group(2), "");
      return;
    }
    try {
      JsonNode json = body.length == 0 ? Json.object() : Json.MAPPER.readTree(body);
      answer(exchange, method, table, found.group(3), json, "/v1".equals(found.group(1)));
    } catch (IOException e) {
      fail(exchange, 400, "Exception while reading request", "no JSON");
    }
  }

  private void answer(
      HttpServerExchange exchange,
      String method,
      ServiceNowTable table,
      @Nullable String sysId,
      JsonNode body,
      boolean v1) {
    if (sysId == null && method.equals("POST")) {
      ServiceNowTable.Row made =
          table.add(World.hex("record " + world.newId()).substring(0, 32), body);
      world.note(
          "servicenow-created",
          null,
          "number",
          made.value("number"),
          "correlation",
          made.value("correlation_id"));
      one(exchange, 201, table, made);
      return;
    }
    if (sysId == null && method.equals("GET")) {
      list(exchange, table, v1);
      return;
    }
    ServiceNowTable.Row row = sysId == null ? null : table.find(sysId);
    if (row == null) {
      fail(exchange, sysId == null ? 405 : 404, "No Record found", "Record doesn't exist");
      return;
    }
    switch (method) {
      case "GET" -> one(exchange, 200, table, row);
      case "PATCH", "PUT" -> {
        table.change(row, body);
        world.note("servicenow-updated", null, "number", row.value("number"));
        one(exchange, 200, table, row);
      }
      case "DELETE" -> {
        table.remove(row.value("sys_id"));
        exchange.setStatusCode(204).endExchange();
      }
      default -> fail(exchange, 405, "Method not supported", method);
    }
  }

  private void list(HttpServerExchange exchange, ServiceNowTable table, boolean v1) {
    ServiceNowQuery query = ServiceNowQuery.parse(parameter(exchange, "sysparm_query", ""), table);
    int limit = number(exchange, "sysparm_limit", MOST);
    int offset = number(exchange, "sysparm_offset", 0);
    List<ServiceNowTable.Row> found =
        query.invalid() && refuseInvalid
            ? List.of()
            : query.select(table.rows(), ServiceNowTable.Row::value);
    int from = Math.min(offset, found.size());
    List<ServiceNowTable.Row> page = found.subList(from, Math.min(from + limit, found.size()));
    ObjectNode answer = Json.object();
    ArrayNode result = answer.putArray("result");
    for (int i = 0; i < page.size(); i++) {
      // The limit was applied before: a page may be short and have a next one all the same.
      if (hidden == 0 || (from + i) % hidden != hidden - 1) {
        result.add(view(exchange, table, page.get(i)));
      }
    }
    if (counting) {
      exchange.getResponseHeaders().put(new HttpString("X-Total-Count"), found.size());
    }
    links(exchange, offset, limit, found.size());
    if (v1 && result.isEmpty()) {
      fail(exchange, 404, "No Record found", "Records matching query not found");
      return;
    }
    send(exchange, 200, answer);
  }

  /** The previous page of the first one has a negative offset, as the real one tells it. */
  private static void links(HttpServerExchange exchange, int offset, int limit, int total) {
    List<String> links = new ArrayList<>();
    links.add(link(exchange, 0, "first"));
    links.add(link(exchange, offset - limit, "prev"));
    if (offset + limit < total) {
      links.add(link(exchange, offset + limit, "next"));
    }
    links.add(link(exchange, Math.max(0, (total - 1) / limit * limit), "last"));
    exchange.getResponseHeaders().put(new HttpString("Link"), String.join(",", links));
  }

  private static String link(HttpServerExchange exchange, int offset, String rel) {
    StringBuilder url = new StringBuilder("<https://instance.example.com");
    url.append(exchange.getRequestPath()).append("?sysparm_offset=").append(offset);
    for (Map.Entry<String, Deque<String>> each : exchange.getQueryParameters().entrySet()) {
      if (!each.getKey().equals("sysparm_offset")) {
        url.append('&').append(each.getKey()).append('=');
        url.append(URLEncoder.encode(each.getValue().getFirst(), StandardCharsets.UTF_8));
      }
    }
    return url.append(">;rel=\"").append(rel).append('"').toString();
  }

  private static ObjectNode view(
      HttpServerExchange exchange, ServiceNowTable table, ServiceNowTable.Row row) {
    String asked = parameter(exchange, "sysparm_fields", "");
    boolean plain = parameter(exchange, "sysparm_exclude_reference_link", "").equals("true");
    String shown = parameter(exchange, "sysparm_display_value", "false");
    ObjectNode view = Json.object();
    for (String field :
        asked.isEmpty() ? new TreeSet<>(table.fields()) : Arrays.asList(asked.split(","))) {
      if (!table.knows(field)) {
        continue;
      }
      String value = row.value(field);
      boolean reference = field.equals("owned_by");
      String told = reference ? row.value("owned_by.user_name") : value;
      if (shown.equals("all")) {
        view.putObject(field).put("display_value", told).put("value", value);
      } else if (reference && !plain && !value.isEmpty()) {
        view.putObject(field)
            .put("link", "https://instance.example.com/api/now/table/sys_user/" + value)
            .put(shown.equals("true") ? "display_value" : "value", told(shown, told, value));
      } else {
        view.put(field, told(shown, told, value));
      }
    }
    return view;
  }

  private static String told(String shown, String display, String value) {
    return shown.equals("true") ? display : value;
  }

  private static void one(
      HttpServerExchange exchange, int status, ServiceNowTable table, ServiceNowTable.Row row) {
    ObjectNode answer = Json.object();
    answer.set("result", view(exchange, table, row));
    send(exchange, status, answer);
  }

  private void fail(HttpServerExchange exchange, int status, String message, String detail) {
    ObjectNode body = Json.object();
    if (errorObjects) {
      body.putObject("error").put("message", message).put("detail", detail);
      body.put("status", "failure");
    } else {
      body.put("message", message);
    }
    send(exchange, status, body);
  }

  private static String parameter(HttpServerExchange exchange, String name, String otherwise) {
    Deque<String> values = exchange.getQueryParameters().get(name);
    return values == null ? otherwise : values.getFirst();
  }

  private static int number(HttpServerExchange exchange, String name, int otherwise) {
    String text = parameter(exchange, name, "");
    return text.matches("\\d{1,9}") ? Math.max(0, Integer.parseInt(text)) : otherwise;
  }

  private static void send(HttpServerExchange exchange, int status, ObjectNode body) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json;charset=UTF-8");
    exchange.getResponseSender().send(body.toString(), StandardCharsets.UTF_8);
  }

  /** As the CMDB first found the VMs; a world of a hundred thousand need not know it at all. */
  private ServiceNowTable cis() {
    ServiceNowTable known = cis;
    if (known == null) {
      known = CmdbSeeds.sow(world);
      cis = known;
    }
    return known;
  }

  // What the control does.

  synchronized ArrayNode view(String which) {
    ArrayNode view = Json.array();
    ServiceNowTable table = which.equals("incidents") ? incidents : cis();
    table.rows().forEach(row -> view.add(ServiceNowTable.view(row)));
    return view;
  }

  /**
   * Changes the record with this {@code sys_id}, or adds one; {@code "delete": true} removes it.
   */
  synchronized ObjectNode change(String which, JsonNode json) {
    ServiceNowTable table = which.equals("incidents") ? incidents : cis();
    String sysId = json.path("sys_id").asText(World.hex(world.newId()).substring(0, 32));
    if (json.path("delete").asBoolean()) {
      table.remove(sysId);
      return Json.object();
    }
    ServiceNowTable.Row row = table.find(sysId);
    if (row == null) {
      return ServiceNowTable.view(table.add(sysId, json));
    }
    table.change(row, json);
    return ServiceNowTable.view(row);
  }

  /** Switches: as the options of the same names. */
  synchronized void configure(JsonNode json) {
    json.properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              switch (field.getKey()) {
                case "invalidQuery" -> refuseInvalid = value.asText().equals("no-rows");
                case "hidden" -> hidden = value.asInt();
                case "errors" -> errorObjects = value.asText().equals("error");
                case "count" -> counting = value.asText().equals("on");
                case "expire" -> logins.expire();
                default ->
                    throw new IllegalArgumentException(
                        field.getKey()
                            + ": (expected: invalidQuery, hidden, errors, count, expire)");
              }
            });
  }
}
