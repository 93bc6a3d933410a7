package io.drover.runtime.servicenow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.runtime.CallFailure;
import io.drover.runtime.Secret;
import io.drover.runtime.Workers;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  private final CamelContext context;
  private final ServiceNowProperties settings;
  private final Workers workers;
  private final ObjectMapper json = new ObjectMapper();

  ServiceNowCalls(CamelContext context, ServiceNowProperties settings, Workers workers) {
    this.context = context;
    this.settings = settings;
    this.workers = workers;
  }

  boolean configured() {
    return settings.url() != null;
  }

  private record Answer(
      int status, JsonNode body, @Nullable Long total, @Nullable String retryAfter) {}

  /**
   * All records that the query wants, one by one, each once.
   *
   * @return whether as many came as ServiceNow counts, and it counted the same all along; records
   *     that its user may not read are counted, too
   */
  boolean read(String table, Query query, List<String> fields, Consumer<Map<String, String>> each) {
    Set<String> seen = new HashSet<>();
    Long first = null;
    Set<String> asked = new java.util.LinkedHashSet<>(List.of("sys_id"));
    fields.forEach(field -> asked.add(Query.field(field)));
    asked.addAll(query.equal().keySet());
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
                  + offset);
      JsonNode rows = answer.body().path("result");
      for (JsonNode row : rows) {
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

  private Answer repeated(String path, String query) {
    Duration pause = settings.retry();
    for (int attempt = 1; ; attempt++) {
      Duration wait = pause;
      try {
        Answer answer = call("GET", path, query, null);
        boolean none = answer.status() == 404 && answer.body().path("result").isMissingNode();
        if (answer.status() == 200) {
          return answer;
        }
        boolean again = answer.status() == 429 || answer.status() >= 500;
        if (none || !again || attempt >= settings.attempts()) {
          throw refused(answer);
        }
        if (answer.retryAfter() != null && answer.retryAfter().matches("\\d{1,4}")) {
          Duration asked = Duration.ofSeconds(Long.parseLong(answer.retryAfter()));
          wait = asked.compareTo(wait) > 0 ? asked : wait;
        }
      } catch (CallFailure e) {
        if (!e.getKind().equals("connection") || attempt >= settings.attempts()) {
          throw e;
        }
      }
      await(wait);
      pause = pause.multipliedBy(2);
    }
  }

  private void await(Duration pause) {
    CompletableFuture<Void> over =
        CompletableFuture.runAsync(
            () -> {}, CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS));
    workers.blocking(over::join);
  }

  private Answer call(String method, String path, String query, @Nullable String body) {
    if (settings.url() == null) {
      throw failure(
          CallFailure.Verdict.REFUSED,
          "not-configured",
          "ServiceNow is not configured (drover.systems.servicenow.url)");
    }
    Endpoint door = context.getEndpoint("direct:servicenow");
    Exchange exchange = door.createExchange();
    exchange.setProperty("serviceNowAddress", settings.url().toString().replaceFirst("/+$", ""));
    exchange.setProperty("serviceNowTimeout", settings.timeout().toMillis());
    exchange.getIn().setHeader(Exchange.HTTP_METHOD, method);
    exchange.getIn().setHeader(Exchange.HTTP_PATH, path);
    exchange.getIn().setHeader("Accept", "application/json");
    if (!query.isEmpty()) {
      exchange.getIn().setHeader(Exchange.HTTP_RAW_QUERY, query);
    }
    if (body != null) {
      exchange.getIn().setHeader(Exchange.CONTENT_TYPE, "application/json");
      exchange.getIn().setBody(body);
    }
    authenticate(exchange);
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

  /** The secrets are read at each call. */
  private void authenticate(Exchange exchange) {
    String key = settings.apiKey();
    if (key != null && !key.isBlank()) {
      exchange.getIn().setHeader("x-sn-apikey", new Secret(key).read());
      return;
    }
    String password = settings.password();
    if (settings.username() == null || password == null) {
      throw failure(
          CallFailure.Verdict.REFUSED,
          "not-configured",
          "ServiceNow: neither username and password nor api-key is set");
    }
    String both = settings.username() + ":" + new Secret(password).read();
    exchange
        .getIn()
        .setHeader(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
  }

  private static CallFailure refused(Answer answer) {
    List<String> why = new ArrayList<>();
    JsonNode error = answer.body().path("error");
    for (String field : List.of("message", "detail")) {
      String text = error.isObject() ? error.path(field).asText("") : "";
      if (!text.isBlank()) {
        why.add(text.length() > 300 ? text.substring(0, 300) + "…" : text);
      }
    }
    return failure(
        answer.status() >= 500 || answer.status() == 429
            ? CallFailure.Verdict.TRANSIENT
            : CallFailure.Verdict.REFUSED,
        "http-" + answer.status(),
        "ServiceNow answered with status "
            + answer.status()
            + (why.isEmpty() ? "" : ": " + String.join("; ", why)));
  }

  private static CallFailure failure(CallFailure.Verdict verdict, String kind, String message) {
    return new CallFailure(verdict, kind, message);
  }
}
