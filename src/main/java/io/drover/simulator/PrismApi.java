package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Prism Central's HTTP front: who may call, tiers, versions, faults, and the log of what was
 * asked.
 */
final class PrismApi implements HttpHandler {
  private static final HttpString ETAG = new HttpString("ETag");
  private static final HttpString REQUEST_ID = new HttpString("NTNX-Request-Id");
  private static final Pattern ADDRESS = Pattern.compile("/api/([a-z]+)/v4\\.(\\d)/(.+)");
  private static final Pattern INFO = Pattern.compile("/api/([a-z]+)/unversioned/info");
  private static final Set<String> NAMESPACES =
      Set.of("vmm", "dataprotection", "prism", "clustermgmt", "networking", "monitoring");

  private final World world;
  private final Central central;
  private final Faults faults;
  private final Tiers tiers;
  private final Logins logins;
  private final PrismCalls calls;
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  PrismApi(Central central, Faults faults, Tiers tiers, Logins logins) {
    this.world = central.world;
    this.central = central;
    this.faults = faults;
    this.tiers = tiers;
    this.logins = logins;
    this.calls = new PrismCalls(central);
  }

  /** How often what was called, by method and tier. */
  Map<String, Long> counts() {
    Map<String, Long> sums = new HashMap<>();
    counts.forEach((name, adder) -> sums.put(name, adder.sum()));
    return sums;
  }

  Tiers tiers() {
    return tiers;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    exchange.getRequestReceiver().receiveFullBytes(this::struck, (e, error) -> e.endExchange());
  }

  private void struck(HttpServerExchange exchange, byte[] body) {
    String path = exchange.getRequestPath();
    String method = exchange.getRequestMethod().toString();
    Vm vm;
    synchronized (world) {
      vm = calls.vmOf(path, body);
    }
    Set<String> names = vm == null ? Set.of() : vm.names();
    Faults.Fault fault = faults.strike("prism", central.name, method, path, names);
    if (fault == null) {
      give(exchange, answer(exchange, body, vm, null, true));
      return;
    }
    switch (fault.kind) {
      case "delay" ->
          exchange.dispatch(
              SameThreadExecutor.INSTANCE,
              () ->
                  world.clock.schedule(
                      () -> give(exchange, answer(exchange, body, vm, null, true)),
                      fault.millis,
                      TimeUnit.MILLISECONDS));
      case "status" -> {
        if (fault.retryAfter > 0) {
          exchange.getResponseHeaders().put(Headers.RETRY_AFTER, fault.retryAfter);
        }
        Answer answer =
            Answer.error(
                fault.status, "prism", "SIM-1", "SIMULATED_FAULT", "A fault made this answer");
        note(exchange, body, vm, answer, true);
        give(exchange, answer);
      }
      case "cut-before", "away" -> cut(exchange);
      case "answer-lost" -> {
        answer(exchange, body, vm, null, false);
        cut(exchange);
      }
      case "hold" -> {
        Answer answer = answer(exchange, body, vm, null, false);
        exchange.dispatch(
            SameThreadExecutor.INSTANCE,
            () -> fault.released.thenRun(() -> give(exchange, answer)));
      }
      case "stale-etag" -> {
        Answer answer = answer(exchange, body, vm, null, true);
        synchronized (world) {
          if (vm != null) {
            vm.generation++; // as somebody else's change right after this read does
          }
        }
        give(exchange, answer);
      }
      case "expire-credentials" -> {
        logins.expire(1);
        give(exchange, answer(exchange, body, vm, null, true));
      }
      default ->
          give(exchange, answer(exchange, body, vm, fault.kind.substring("task-".length()), true));
    }
  }

  private static void cut(HttpServerExchange exchange) {
    try {
      exchange.getConnection().close();
    } catch (IOException e) {
      exchange.endExchange();
    }
  }

  private Answer answer(
      HttpServerExchange exchange,
      byte[] body,
      @Nullable Vm vm,
      @Nullable String fate,
      boolean answered) {
    Answer answer = decide(exchange, body, fate);
    note(exchange, body, vm, answer, answered);
    return answer;
  }

  /** Only what may change something is worth a line. */
  private void note(
      HttpServerExchange exchange, byte[] body, @Nullable Vm vm, Answer answer, boolean answered) {
    if (exchange.getRequestMethod().toString().matches("GET|HEAD|OPTIONS")) {
      return;
    }
    JsonNode task =
        answer.body() == null ? Json.object() : answer.body().path("data").path("extId");
    world.note(
        "request",
        vm,
        "central",
        central.name,
        "method",
        exchange.getRequestMethod(),
        "path",
        exchange.getRequestPath(),
        "requestId",
        header(exchange, REQUEST_ID),
        "status",
        answer.status(),
        "answered",
        answered,
        "task",
        task.asText(""),
        "body",
        new String(body, StandardCharsets.UTF_8));
  }

  private Answer decide(HttpServerExchange exchange, byte[] body, @Nullable String fate) {
    Logins.Who who = logins.who(exchange);
    if (who == Logins.Who.NOBODY) {
      return new Answer(401, null, null);
    }
    String method = exchange.getRequestMethod().toString();
    String path = exchange.getRequestPath();
    String tier = PrismCalls.tier(method, path);
    counts.computeIfAbsent(method + " " + tier, t -> new LongAdder()).increment();
    Tiers.Left left = tiers.take(tier);
    HeaderMap headers = exchange.getResponseHeaders();
    headers.put(new HttpString("X-Api-Ratelimit-Limit"), tiers.limit(tier));
    headers.put(new HttpString("X-Api-Ratelimit-Remaining"), left.tier());
    headers.put(new HttpString("X-Api-Ratelimit-Refresh-Period-Seconds"), 1);
    headers.put(new HttpString("X-Ratelimit-Limit"), tiers.limit(Tiers.WHOLE));
    headers.put(new HttpString("X-Ratelimit-Remaining"), left.whole());
    headers.put(new HttpString("X-Ratelimit-Reset"), 0);
    Matcher info = INFO.matcher(path);
    Matcher address = ADDRESS.matcher(path);
    String namespace = info.matches() || address.matches() ? path.split("/")[2] : "prism";
    if (left.refused()) {
      if (world.options.on("retry-after")) {
        headers.put(Headers.RETRY_AFTER, 1);
      }
      return Answer.error(
          429, namespace, "RATE-1", "RATE_LIMIT_EXCEEDED", "Too many requests of tier " + tier);
    }
    if (info.matches() && world.options.on("version-info") && NAMESPACES.contains(namespace)) {
      return Answer.ok(Json.object().put("data", "v4." + world.options.newest(namespace)));
    }
    if (!address.matches()
        || !NAMESPACES.contains(namespace)
        || Integer.parseInt(address.group(2)) > world.options.newest(namespace)) {
      return Answer.unknownUrl();
    }
    if (who == Logins.Who.VIEWER && !method.equals("GET")) {
      return Answer.error(403, namespace, "IAM-403", "ACCESS_DENIED", "The role does not suffice");
    }
    JsonNode json = null;
    if (body.length > 0) {
      try {
        json = Json.MAPPER.readTree(body);
      } catch (IOException e) {
        return Answer.schemaError(namespace, path, "The body is not JSON");
      }
    }
    Map<String, String> query = new HashMap<>();
    for (Map.Entry<String, Deque<String>> entry : exchange.getQueryParameters().entrySet()) {
      query.put(entry.getKey(), entry.getValue().getFirst());
    }
    Call call =
        new Call(
            namespace,
            Integer.parseInt(address.group(2)),
            method,
            path,
            query,
            json,
            exchange.getRequestHeaders().getFirst(Headers.IF_MATCH),
            exchange.getRequestHeaders().getFirst(REQUEST_ID),
            fate,
            who == Logins.Who.API_KEY);
    try {
      synchronized (world) {
        return calls.call(call, address.group(3));
      }
    } catch (IllegalArgumentException e) {
      return call.wrong(String.valueOf(e.getMessage()));
    }
  }

  private static void give(HttpServerExchange exchange, Answer answer) {
    HeaderMap headers = exchange.getResponseHeaders();
    headers.put(new HttpString("X-Ntnx-Product"), "pc.7.5");
    headers.put(new HttpString("X-Ntnx-Env"), "pc");
    headers.put(Headers.SERVER, "envoy");
    if (answer.etag() != null) {
      headers.put(ETAG, answer.etag());
    }
    exchange.setStatusCode(answer.status());
    if (answer.body() == null) {
      exchange.endExchange();
      return;
    }
    headers.put(Headers.CONTENT_TYPE, "application/json");
    exchange.getResponseSender().send(answer.body().toString(), StandardCharsets.UTF_8);
  }

  private static String header(HttpServerExchange exchange, HttpString name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }
}
