package io.drover.runtime.servicenow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.report.Texts;
import io.drover.runtime.CallFailure;
import io.drover.runtime.Workers;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;

/** Calls of ServiceNow's Table API. All its values are texts. */
final class ServiceNowCalls {
  private static final int MOST_PAGES = 10_000;
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Duration SLICE = Duration.ofMillis(500);

  private final CamelContext context;
  private final ServiceNowProperties settings;
  private final Workers workers;
  private final ServiceNowLogin login;
  private final ObjectMapper json = new ObjectMapper();

  ServiceNowCalls(CamelContext context, ServiceNowProperties settings, Workers workers) {
    this.context = context;
    this.settings = settings;
    this.workers = workers;
    this.login = new ServiceNowLogin(settings, Clock.systemUTC());
  }

  boolean configured() {
    return settings.url() != null;
  }

  record Answer(int status, JsonNode body, @Nullable Long total, @Nullable String retryAfter) {
    /** Whether the same call may be answered another time. */
    boolean again() {
      return status == 429 || status >= 500;
    }
  }

  /**
   * How patient a read is.
   *
   * @param attempts of each call
   * @param ensureLive throws when no call may be made any more
   */
  record Patience(int attempts, Runnable ensureLive) {
    /** Of whoever comes again by himself. */
    static final Patience NONE = new Patience(1, () -> {});
  }

  /**
   * All records that the query wants, one by one, each once.
   *
   * @throws CallFailure of kind {@code field-unknown} when there are records and none of them has a
   *     field: what it would say is not known, and a condition on it was left out
   * @return whether as many came as ServiceNow counts, and it counted the same all along; records
   *     that its user may not read are counted, too
   */
  boolean read(
      String table,
      Query query,
      List<String> fields,
      Patience patience,
      Consumer<Map<String, String>> each) {
    Set<String> seen = new HashSet<>();
    Long first = null;
    Set<String> asked = new java.util.LinkedHashSet<>(List.of("sys_id"));
    fields.forEach(field -> asked.add(Query.field(field)));
    asked.addAll(query.equal().keySet());
    Set<String> unknown = new TreeSet<>(asked);
    boolean any = false;
    for (int page = 0; page < MOST_PAGES; page++) {
      long offset = (long) page * settings.pageSize();
      Answer answer =
          repeated(
              path(table),
              "sysparm_query="
                  + encoded(query.encoded())
                  + "&sysparm_fields="
                  + encoded(String.join(",", asked))
                  + "&sysparm_exclude_reference_link=true&sysparm_limit="
                  + settings.pageSize()
                  + "&sysparm_offset="
                  + offset,
              patience);
      JsonNode rows = answer.body().path("result");
      for (JsonNode row : rows) {
        any = true;
        unknown.removeIf(row::has);
        Map<String, String> record = new LinkedHashMap<>();
        asked.forEach(field -> record.put(field, text(row.path(field))));
        if (query.matches(record) && seen.add(record.get("sys_id"))) {
          each.accept(record);
        }
      }
      Long total = answer.total();
      first = page == 0 ? total : first;
      // A page is cut before access rules are applied: a short one is not the last.
      boolean over = total == null ? rows.isEmpty() : offset + settings.pageSize() >= total;
      if (over && any && !unknown.isEmpty()) {
        throw failure(
            CallFailure.Verdict.REFUSED,
            "field-unknown",
            "ServiceNow's "
                + table
                + " has no "
                + String.join(", ", unknown)
                + ", or its user may not read it");
      }
      if (over) {
        return total != null && total.equals(first) && seen.size() == total;
      }
    }
    throw failure(CallFailure.Verdict.REFUSED, "endless-list", table + " does not end");
  }

  /** A reference that was not flattened, or a display value, as its value. */
  private static String text(JsonNode value) {
    return value.isObject() ? value.path("value").asText("") : value.asText("");
  }

  /** One record of a table is asked for; not repeated. */
  void probe(String table) {
    Answer answer = call("GET", path(table), "sysparm_limit=1&sysparm_fields=sys_id", null);
    if (answer.status() != 200) {
      throw refused(answer);
    }
  }

  /** Makes a record; not repeated. */
  void create(String table, Map<String, String> fields) {
    write("POST", path(table), fields);
  }

  /** Changes a record; not repeated. */
  void change(String table, String sysId, Map<String, String> fields) {
    write("PATCH", path(table) + "/" + sysId, fields);
  }

  private void write(String method, String path, Map<String, String> fields) {
    try {
      Answer answer = call(method, path, "", json.writeValueAsString(fields));
      if (answer.status() / 100 != 2) {
        throw refused(answer);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Texts can be written as JSON", e);
    }
  }

  private static String path(String table) {
    return "/api/now/table/" + Query.field(table);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private Answer repeated(String path, String query, Patience patience) {
    Duration pause = settings.retry();
    for (int attempt = 1; ; attempt++) {
      Duration wait = pause;
      patience.ensureLive().run();
      try {
        Answer answer = call("GET", path, query, null);
        boolean none = answer.status() == 404 && answer.body().path("result").isMissingNode();
        if (answer.status() == 200) {
          return answer;
        }
        if (none || !answer.again() || attempt >= patience.attempts()) {
          throw refused(answer);
        }
        if (answer.retryAfter() != null && answer.retryAfter().matches("\\d{1,6}")) {
          Duration asked = Duration.ofSeconds(Long.parseLong(answer.retryAfter()));
          wait = asked.compareTo(wait) > 0 ? asked : wait;
        }
      } catch (CallFailure e) {
        if (!e.getKind().equals("connection") || attempt >= patience.attempts()) {
          throw e;
        }
      }
      await(wait.compareTo(LONGEST) > 0 ? LONGEST : wait, patience);
      pause = pause.multipliedBy(2);
    }
  }

  /** In slices, so that whoever halts the execution need not wait for its end. */
  private void await(Duration pause, Patience patience) {
    long end = System.nanoTime() + pause.toNanos();
    for (long left = pause.toNanos(); left > 0; left = end - System.nanoTime()) {
      CompletableFuture<Void> over =
          CompletableFuture.runAsync(
              () -> {},
              CompletableFuture.delayedExecutor(
                  Math.min(left, SLICE.toNanos()), TimeUnit.NANOSECONDS));
      workers.blocking(over::join);
      patience.ensureLive().run();
    }
  }

  private Answer call(String method, String path, String query, @Nullable String body) {
    if (settings.url() == null) {
      throw failure(
          CallFailure.Verdict.REFUSED,
          "not-configured",
          "ServiceNow is not configured (drover.systems.servicenow.url)");
    }
    String type = body == null ? null : "application/json";
    Answer answer = send(method, path, query, type, body, login.headers(this::token));
    return answer.status() == 401 && login.renew()
        ? send(method, path, query, type, body, login.headers(this::token))
        : answer;
  }

  private Answer token(String path, String form) {
    return send("POST", path, "", "application/x-www-form-urlencoded", form, Map.of());
  }

  private Answer send(
      String method,
      String path,
      String query,
      @Nullable String type,
      @Nullable String body,
      Map<String, String> headers) {
    Endpoint door = context.getEndpoint("direct:servicenow");
    Exchange exchange = door.createExchange();
    exchange.setProperty(
        "serviceNowAddress", String.valueOf(settings.url()).replaceFirst("/+$", ""));
    exchange.setProperty("serviceNowTimeout", settings.timeout().toMillis());
    exchange.getIn().setHeader(Exchange.HTTP_METHOD, method);
    exchange.getIn().setHeader(Exchange.HTTP_PATH, path);
    exchange.getIn().setHeader("Accept", "application/json");
    headers.forEach(exchange.getIn()::setHeader);
    if (!query.isEmpty()) {
      exchange.getIn().setHeader(Exchange.HTTP_RAW_QUERY, query);
    }
    if (body != null) {
      exchange.getIn().setHeader(Exchange.CONTENT_TYPE, type);
      exchange.getIn().setBody(body);
    }
    try (ProducerTemplate doors = context.createProducerTemplate()) {
      doors.send(door, exchange);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    if (exchange.getException() != null) {
      throw failure(
          method.equals("GET") ? CallFailure.Verdict.TRANSIENT : CallFailure.Verdict.UNKNOWN,
          "connection",
          "ServiceNow cannot be reached, or its answer was lost ("
              + exchange.getException().getClass().getSimpleName()
              + ")");
    }
    return answer(exchange);
  }

  private Answer answer(Exchange exchange) {
    Integer status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    byte[] bytes = exchange.getMessage().getBody(byte[].class);
    JsonNode body = com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    try {
      body = bytes == null || bytes.length == 0 ? body : json.readTree(bytes);
    } catch (IOException e) {
      if (status != null && status == 200) {
        throw failure(
            CallFailure.Verdict.REFUSED,
            "garbled-answer",
            "ServiceNow answered 200, but not with JSON: is this its address?");
      }
    }
    String total = exchange.getMessage().getHeader("X-Total-Count", String.class);
    return new Answer(
        status == null ? 0 : status,
        body,
        total == null || !total.matches("\\d{1,12}") ? null : Long.valueOf(total),
        exchange.getMessage().getHeader("Retry-After", String.class));
  }

  private static CallFailure refused(Answer answer) {
    JsonNode error = answer.body().path("error");
    JsonNode told = error.isObject() ? error : answer.body(); // gateways leave the object out
    List<String> why = new ArrayList<>();
    for (String field : List.of("message", "detail")) {
      String text = Texts.line(told.path(field).asText(""), 300);
      if (!text.isBlank()) {
        why.add(text);
      }
    }
    return failure(
        answer.again() ? CallFailure.Verdict.TRANSIENT : CallFailure.Verdict.REFUSED,
        "http-" + answer.status(),
        "ServiceNow answered with status "
            + answer.status()
            + (why.isEmpty() ? "" : ": " + String.join("; ", why)));
  }

  private static CallFailure failure(CallFailure.Verdict verdict, String kind, String message) {
    return new CallFailure(verdict, kind, message);
  }
}
