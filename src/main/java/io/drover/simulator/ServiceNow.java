package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** ServiceNow's Table API: the CMDB's virtual machines, and incidents. All values are texts. */
final class ServiceNow extends Front {
  private static final String CMDB = "cmdb_ci_vm_instance";
  private static final Pattern CALL =
      Pattern.compile("/api/now/(v1/|v2/)?table/([a-z_]+)(?:/([0-9a-f]{32}))?");
  private static final Pattern TERM =
      Pattern.compile("([a-z][a-z0-9_.]*)(!=|=|STARTSWITH|ENDSWITH|LIKE|IN)(.*)");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  /** Fields that each table has; others are dropped from queries without a word. */
  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          CMDB,
          Set.of(
              "sys_id",
              "name",
              "object_id",
              "correlation_id",
              "serial_number",
              "owned_by",
              "owned_by.user_name",
              "environment",
              "u_prism_central",
              "install_status",
              "sys_created_on"),
          "incident",
          Set.of(
              "sys_id",
              "number",
              "state",
              "short_description",
              "description",
              "correlation_id",
              "correlation_display",
              "work_notes",
              "sys_created_on"));

  private final Map<String, Map<String, Map<String, String>>> tables = new TreeMap<>();
  private final ServiceNowLogins logins = new ServiceNowLogins();
  private int numbers;

  ServiceNow(World world, Faults faults) {
    super("servicenow", world, faults);
    FIELDS.keySet().forEach(table -> tables.put(table, new LinkedHashMap<>()));
    world.centrals.values().iterator().next().vms.values().forEach(this::seed);
  }

  ServiceNowLogins logins() {
    return logins;
  }

  /** As a discovery would have it; with {@code --cmdb-drift=on} some of it wrong. */
  private void seed(Vm vm) {
    int i = vm.number;
    boolean drift = world.options.on("cmdb-drift");
    if (drift && i % 17 == 3) {
      return;
    }
    Map<String, String> item = new LinkedHashMap<>();
    item.put("name", vm.name);
    item.put("u_prism_central", vm.central.name);
    boolean nameless = drift && i % 17 == 11;
    item.put("object_id", nameless ? "" : vm.extId);
    item.put("owned_by.user_name", drift && i % 17 == 5 ? "somebody.else" : label(vm, "Owner"));
    item.put("environment", drift && i % 17 == 7 ? "Staging" : label(vm, "Environment"));
    item.put("install_status", drift && i % 17 == 9 ? "7" : "1");
    add(CMDB, item);
    if (drift && i % 17 == 13) {
      Map<String, String> ghost = new LinkedHashMap<>(item);
      ghost.remove("sys_id");
      ghost.put("name", "ghost-" + i);
      ghost.put("object_id", World.uuid("ghost " + i));
      add(CMDB, ghost);
    }
  }

  private static String label(Vm vm, String key) {
    return vm.categories.stream()
        .map(vm.central.categories::get)
        .filter(category -> category != null && category.key().equals(key))
        .map(Central.Category::value)
        .findFirst()
        .orElse("");
  }

  private Map<String, String> add(String table, Map<String, String> fields) {
    Map<String, String> made = new LinkedHashMap<>();
    String sysId = World.uuid(table + " " + ++numbers).replace("-", "");
    made.put("sys_id", sysId);
    made.putAll(fields);
    made.put("sys_created_on", TIME.format(World.now()));
    if (table.equals("incident")) {
      made.put("number", String.format("INC%07d", numbers));
      made.putIfAbsent("state", "1");
    }
    records(table).put(sysId, made);
    return made;
  }

  private static String id(Map<String, String> record) {
    return record.getOrDefault("sys_id", "");
  }

  private Map<String, Map<String, String>> records(String table) {
    Map<String, Map<String, String>> records = tables.get(table);
    if (records == null) {
      throw new IllegalArgumentException("There is no table " + table);
    }
    return records;
  }

  /** For the control: all records of a table. */
  synchronized JsonNode shown(String table) {
    return Json.MAPPER.valueToTree(records(table).values());
  }

  /** For the control: changes, or makes, the record of this {@code sys_id} or else this name. */
  synchronized JsonNode put(JsonNode given) {
    String table = given.path("table").asText(CMDB);
    Map<String, String> fields = new LinkedHashMap<>();
    given.properties().forEach(field -> fields.put(field.getKey(), field.getValue().asText()));
    fields.remove("table");
    boolean another = "true".equals(fields.remove("another"));
    Map<String, String> known =
        records(table).values().stream()
            .filter(
                record ->
                    fields.containsKey("sys_id")
                        ? id(record).equals(fields.get("sys_id"))
                        : fields.get("name") != null
                            && fields.get("name").equals(record.get("name")))
            .findFirst()
            .orElse(null);
    if (known == null || another) {
      known = add(table, fields);
    } else if (fields.containsKey("delete")) {
      records(table).remove(id(known));
    } else {
      known.putAll(fields);
    }
    return Json.MAPPER.valueToTree(known);
  }

  @Override
  void refuse(HttpServerExchange exchange, int status) {
    error(exchange, status, "A fault");
  }

  @Override
  synchronized void take(HttpServerExchange exchange, byte[] body) {
    if (exchange.getRequestPath().equals("/oauth_token.do")) {
      ObjectNode token = logins.token(body);
      json(exchange, token.has("error") ? 401 : 200, token);
      return;
    }
    if (!logins.knows(exchange)) {
      error(exchange, 401, "User Not Authenticated");
      return;
    }
    Matcher call = CALL.matcher(exchange.getRequestPath());
    if (!call.matches() || !tables.containsKey(call.group(2))) {
      error(exchange, 400, "Invalid table");
      return;
    }
    String table = call.group(2);
    Map<String, String> one = call.group(3) == null ? null : records(table).get(call.group(3));
    if (call.group(3) != null && one == null) {
      error(exchange, 404, "No Record found");
      return;
    }
    try {
      switch (exchange.getRequestMethod().toString()) {
        case "GET" -> {
          if (one == null) {
            list(exchange, table, "v1/".equals(call.group(1)));
          } else {
            json(exchange, 200, result(Json.MAPPER.valueToTree(one)));
          }
        }
        case "POST" -> {
          Map<String, String> made = add(table, texts(Json.MAPPER.readTree(body)));
          world.note("servicenow-created", null, "table", table, "sysId", id(made));
          json(exchange, 201, result(Json.MAPPER.valueToTree(made)));
        }
        case "PATCH", "PUT" -> {
          if (one == null) {
            error(exchange, 405, "Method not supported");
            return;
          }
          change(one, texts(Json.MAPPER.readTree(body)));
          world.note("servicenow-changed", null, "table", table, "sysId", id(one));
          json(exchange, 200, result(Json.MAPPER.valueToTree(one)));
        }
        default -> error(exchange, 405, "Method not supported");
      }
    } catch (IOException e) {
      error(exchange, 400, "The payload is not valid JSON");
    }
  }

  /** Work notes are a journal: a new one does not replace the last. */
  private static void change(Map<String, String> record, Map<String, String> fields) {
    String notes = fields.remove("work_notes");
    record.putAll(fields);
    if (notes != null) {
      record.merge("work_notes", notes, (old, more) -> old + "\n--\n" + more);
    }
  }

  private static Map<String, String> texts(JsonNode json) {
    Map<String, String> fields = new LinkedHashMap<>();
    json.properties().forEach(field -> fields.put(field.getKey(), field.getValue().asText()));
    return fields;
  }

  private void list(HttpServerExchange exchange, String table, boolean v1) {
    List<Map<String, String>> found = new ArrayList<>(records(table).values());
    String query = parameter(exchange, "sysparm_query", "");
    boolean wrong = false;
    for (String term : query.split("\\^", -1)) {
      if (term.startsWith("ORDERBYDESC") || term.startsWith("ORDERBY")) {
        String field = term.replaceFirst("ORDERBY(DESC)?", "");
        Comparator<Map<String, String>> order =
            Comparator.comparing(record -> record.getOrDefault(field, ""));
        found.sort(term.startsWith("ORDERBYDESC") ? order.reversed() : order);
      } else if (!term.isEmpty()) {
        Predicate<Map<String, String>> test = test(table, term);
        wrong |= test == null;
        if (test != null) {
          found.removeIf(test.negate());
        }
      }
    }
    if (wrong && world.options.text("servicenow-wrong-query").equals("none")) {
      found.clear();
    }
    int limit = Integer.parseInt(parameter(exchange, "sysparm_limit", "10000"));
    int offset = Integer.parseInt(parameter(exchange, "sysparm_offset", "0"));
    List<Map<String, String>> page =
        found.subList(Math.min(offset, found.size()), Math.min(offset + limit, found.size()));
    ArrayNode rows = Json.array();
    String fields = parameter(exchange, "sysparm_fields", "");
    int hidden = world.options.number("servicenow-hidden");
    for (Map<String, String> record : page) {
      // Access rules come after the limit: the page gets shorter.
      if (hidden == 0 || Math.floorMod(id(record).hashCode(), hidden) != 0) {
        rows.add(row(table, record, fields));
      }
    }
    exchange
        .getResponseHeaders()
        .put(new HttpString("X-Total-Count"), String.valueOf(found.size()));
    exchange
        .getResponseHeaders()
        .put(
            new HttpString("Link"),
            "<https://127.0.0.1"
                + exchange.getRequestPath()
                + "?sysparm_offset="
                + (offset - limit)
                + ">;rel=\"prev\"");
    if (v1 && found.isEmpty()) {
      error(exchange, 404, "No Record found");
      return;
    }
    json(exchange, 200, result(rows));
  }

  /** Every field that the table has, empty ones too; others are left out without a word. */
  private static ObjectNode row(String table, Map<String, String> record, String fields) {
    Set<String> known = FIELDS.getOrDefault(table, Set.of());
    ObjectNode row = Json.object();
    for (String field : fields.isEmpty() ? known : Set.of(fields.split(","))) {
      if (known.contains(field)) {
        row.put(field, record.getOrDefault(field, ""));
      }
    }
    return row;
  }

  /** Null for a term that is dropped. */
  private static @Nullable Predicate<Map<String, String>> test(String table, String term) {
    Matcher parts = TERM.matcher(term);
    if (!parts.matches() || !FIELDS.getOrDefault(table, Set.of()).contains(parts.group(1))) {
      return null;
    }
    String field = parts.group(1);
    String value = parts.group(3);
    return record -> {
      String own = record.getOrDefault(field, "");
      return switch (parts.group(2)) {
        case "=" -> own.equals(value);
        case "!=" -> !own.equals(value);
        case "STARTSWITH" -> own.startsWith(value);
        case "ENDSWITH" -> own.endsWith(value);
        case "IN" -> Set.of(value.split(",")).contains(own);
        default -> own.contains(value);
      };
    };
  }

  private static String parameter(HttpServerExchange exchange, String name, String otherwise) {
    Deque<String> values = exchange.getQueryParameters().get(name);
    return values == null ? otherwise : values.getFirst();
  }

  private static ObjectNode result(JsonNode value) {
    ObjectNode answer = Json.object();
    answer.set("result", value);
    return answer;
  }

  private static void error(HttpServerExchange exchange, int status, String message) {
    ObjectNode answer = Json.object();
    answer.putObject("error").put("message", message).put("detail", "");
    json(exchange, status, answer.put("status", "failure"));
  }
}
