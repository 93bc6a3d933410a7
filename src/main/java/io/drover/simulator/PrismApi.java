package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Prism Central's HTTP front: authentication, tiers, versions, faults, and the log of what was
 * asked.
 */
final class PrismApi implements HttpHandler {
  private static final HttpString ETAG = new HttpString("ETag");
  private static final HttpString REQUEST_ID = new HttpString("NTNX-Request-Id");

  private final World world;
  private final Faults faults;
  private final Tiers tiers;
  private final PrismCalls calls;
  private final byte[] authorization;
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  PrismApi(World world, Faults faults, Tiers tiers, String username, String password) {
    this.world = world;
    this.faults = faults;
    this.tiers = tiers;
    this.calls = new PrismCalls(world);
    this.authorization =
        ("Basic "
                + Base64.getEncoder()
                    .encodeToString((username + ":" + password).getBytes(StandardCharsets.UTF_8)))
            .getBytes(StandardCharsets.UTF_8);
  }

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
    exchange
        .getRequestReceiver()
        .receiveFullBytes((e, body) -> struck(e, body), (e, error) -> e.endExchange());
  }

  private void struck(HttpServerExchange exchange, byte[] body) {
    String path = exchange.getRequestPath();
    String method = exchange.getRequestMethod().toString();
    String vm = calls.vmOf(path, body);
    Faults.Fault fault = faults.strike("prism", method, path, vm);
    if (fault == null) {
      answer(exchange, body, null);
      return;
    }
    switch (fault.kind) {
      case "delay" -> later(exchange, fault.millis, () -> answer(exchange, body, null));
      case "status" -> {
        if (fault.retryAfter > 0) {
          exchange.getResponseHeaders().put(Headers.RETRY_AFTER, fault.retryAfter);
        }
        note(exchange, body, fault.status, vm);
        send(
            exchange,
            fault.status,
            PrismCalls.error("SIM-1", "SIMULATED_FAULT", "A fault made this answer"));
      }
      case "cut-before", "away" -> cut(exchange);
      case "answer-lost" -> {
        answerQuietly(exchange, body, fault);
        cut(exchange);
      }
      case "hold" -> {
        Answer answer = answerQuietly(exchange, body, fault);
        exchange.dispatch(
            () ->
                fault.released.whenComplete(
                    (ok, error) -> {
                      give(exchange, answer);
                    }));
      }
      default -> answer(exchange, body, fault);
    }
  }

  private static void cut(HttpServerExchange exchange) {
    try {
      exchange.getConnection().close();
    } catch (java.io.IOException e) {
      exchange.endExchange();
    }
  }

  private void later(HttpServerExchange exchange, long millis, Runnable work) {
    exchange.dispatch(
        () ->
            world.clock.schedule(
                () -> exchange.getIoThread().execute(work), millis, TimeUnit.MILLISECONDS));
  }

  private void answer(HttpServerExchange exchange, byte[] body, Faults.@Nullable Fault fault) {
    give(exchange, answerQuietly(exchange, body, fault));
  }

  private Answer answerQuietly(
      HttpServerExchange exchange, byte[] body, Faults.@Nullable Fault fault) {
    Answer answer = decide(exchange, body, fault);
    boolean answered =
        fault == null || !(fault.kind.equals("answer-lost") || fault.kind.equals("hold"));
    if (!exchange.getRequestMethod().toString().equals("GET")) {
      world.note(
          "request",
          world.vms.get(calls.vmOf(exchange.getRequestPath(), body)),
          "method",
          exchange.getRequestMethod(),
          "path",
          exchange.getRequestPath(),
          "requestId",
          header(exchange, REQUEST_ID),
          "status",
          answer.status,
          "answered",
          answered,
          "body",
          new String(body, StandardCharsets.UTF_8));
    }
    return answer;
  }

  private void note(HttpServerExchange exchange, byte[] body, int status, String vm) {
    if (!exchange.getRequestMethod().toString().equals("GET")) {
      world.note(
          "request",
          world.vms.get(vm),
          "method",
          exchange.getRequestMethod(),
          "path",
          exchange.getRequestPath(),
          "requestId",
          header(exchange, REQUEST_ID),
          "status",
          status,
          "answered",
          true,
          "body",
          new String(body, StandardCharsets.UTF_8));
    }
  }

  private Answer decide(HttpServerExchange exchange, byte[] body, Faults.@Nullable Fault fault) {
    String sent = header(exchange, Headers.AUTHORIZATION);
    if (!MessageDigest.isEqual(sent.getBytes(StandardCharsets.UTF_8), authorization)) {
      return new Answer(401, null, null);
    }
    String method = exchange.getRequestMethod().toString();
    String path = exchange.getRequestPath();
    String tier = PrismCalls.tier(method, path);
    counts.computeIfAbsent(method + " " + tier, t -> new LongAdder()).increment();
    int left = tiers.take(tier);
    HeaderMap headers = exchange.getResponseHeaders();
    headers.put(new HttpString("X-Api-Ratelimit-Limit"), tiers.limit(tier));
    headers.put(new HttpString("X-Api-Ratelimit-Remaining"), Math.max(0, left));
    headers.put(new HttpString("X-Api-Ratelimit-Refresh-Period-Seconds"), 1);
    if (left < 0) {
      if (world.options.on("retry-after")) {
        headers.put(Headers.RETRY_AFTER, 1);
      }
      return new Answer(
          429, PrismCalls.error("RATE-1", "RATE_LIMIT_EXCEEDED", "Too many requests"), null);
    }
    Map<String, String> query = new HashMap<>();
    for (Map.Entry<String, Deque<String>> entry : exchange.getQueryParameters().entrySet()) {
      query.put(entry.getKey(), entry.getValue().getFirst());
    }
    JsonNode json = null;
    if (body.length > 0) {
      try {
        json = Json.MAPPER.readTree(body);
      } catch (java.io.IOException e) {
        return new Answer(400, PrismCalls.schemaError(path, "The body is not JSON"), null);
      }
    }
    try {
      return calls.call(
          new PrismCalls.Call(
              method,
              path,
              query,
              json,
              exchange.getRequestHeaders().contains(Headers.IF_MATCH)
                  ? header(exchange, Headers.IF_MATCH)
                  : null,
              exchange.getRequestHeaders().contains(REQUEST_ID)
                  ? header(exchange, REQUEST_ID)
                  : null,
              fault == null
                  ? null
                  : fault.kind.startsWith("task-") ? fault.kind.substring(5) : null));
    } catch (IllegalArgumentException e) {
      return new Answer(400, PrismCalls.schemaError(path, String.valueOf(e.getMessage())), null);
    }
  }

  private void give(HttpServerExchange exchange, Answer answer) {
    if (answer.etag != null) {
      exchange.getResponseHeaders().put(ETAG, answer.etag);
    }
    send(exchange, answer.status, answer.body);
  }

  private static void send(HttpServerExchange exchange, int status, @Nullable ObjectNode body) {
    exchange.setStatusCode(status);
    if (body == null) {
      exchange.endExchange();
      return;
    }
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
    exchange.getResponseSender().send(body.toString());
  }

  private static String header(HttpServerExchange exchange, HttpString name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  /** An answer about to be given. */
  record Answer(int status, @Nullable ObjectNode body, @Nullable String etag) {}
}
