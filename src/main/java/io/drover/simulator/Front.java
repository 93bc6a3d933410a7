package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A system that takes whole requests, unless a fault strikes. */
abstract class Front implements HttpHandler {
  final String system;
  final World world;
  private final Faults faults;

  Front(String system, World world, Faults faults) {
    this.system = system;
    this.world = world;
    this.faults = faults;
  }

  /** Takes one request and answers it. */
  abstract void take(HttpServerExchange exchange, byte[] body);

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    exchange.getRequestReceiver().receiveFullBytes(this::answer, (e, error) -> e.endExchange());
  }

  private void answer(HttpServerExchange exchange, byte[] body) {
    String method = exchange.getRequestMethod().toString();
    Faults.Fault fault = faults.strike(system, "", method, exchange.getRequestPath(), Set.of());
    if (fault == null) {
      take(exchange, body);
      return;
    }
    switch (fault.kind) {
      case "away", "cut-before" -> cut(exchange);
      case "answer-lost" -> {
        // cut where the answer would begin: whoever sees the cut sees what was taken, too
        exchange.addResponseWrapper(
            (factory, answered) -> {
              cut(answered);
              return factory.create();
            });
        take(exchange, body);
      }
      case "hold" ->
          exchange.dispatch(
              SameThreadExecutor.INSTANCE,
              () -> fault.released.thenRun(() -> take(exchange, body)));
      case "delay" ->
          exchange.dispatch(
              SameThreadExecutor.INSTANCE,
              () ->
                  world.clock.schedule(
                      () -> take(exchange, body), fault.millis, TimeUnit.MILLISECONDS));
      default -> {
        if (fault.retryAfter > 0) {
          exchange.getResponseHeaders().put(Headers.RETRY_AFTER, fault.retryAfter);
        }
        refuse(exchange, fault.status);
      }
    }
  }

  /** How this system says no where a fault makes it. */
  void refuse(HttpServerExchange exchange, int status) {
    exchange.setStatusCode(status).endExchange();
  }

  private static void cut(HttpServerExchange exchange) {
    try {
      exchange.getConnection().close();
    } catch (IOException e) {
      exchange.endExchange();
    }
  }

  static void json(HttpServerExchange exchange, int status, JsonNode body) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json; charset=utf-8");
    exchange.getResponseSender().send(body.toString());
  }
}
