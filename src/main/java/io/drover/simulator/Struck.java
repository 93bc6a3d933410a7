package io.drover.simulator;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** What the fault script does to the calls of a system that has no tasks. */
record Struck(String system, World world, Faults faults) {

  /** Takes the call, unless and as a fault says. */
  void pass(HttpServerExchange exchange, Runnable take) {
    pass(exchange, take, status -> exchange.setStatusCode(status).endExchange());
  }

  /**
   * @param refuse answers with this status
   */
  void pass(HttpServerExchange exchange, Runnable take, IntConsumer refuse) {
    Faults.Fault fault =
        faults.strike(
            system,
            "",
            exchange.getRequestMethod().toString(),
            exchange.getRequestPath(),
            Set.of());
    if (fault == null) {
      take.run();
      return;
    }
    switch (fault.kind) {
      case "away", "cut-before" -> cut(exchange);
      case "answer-lost" -> {
        cut(exchange); // it is taken all the same
        take.run();
      }
      case "hold" ->
          exchange.dispatch(SameThreadExecutor.INSTANCE, () -> fault.released.thenRun(take));
      case "delay" ->
          exchange.dispatch(
              SameThreadExecutor.INSTANCE,
              () -> world.clock.schedule(take, fault.millis, TimeUnit.MILLISECONDS));
      default -> {
        if (fault.retryAfter > 0) {
          exchange.getResponseHeaders().put(Headers.RETRY_AFTER, fault.retryAfter);
        }
        refuse.accept(fault.status);
      }
    }
  }

  private static void cut(HttpServerExchange exchange) {
    try {
      exchange.getConnection().close();
    } catch (IOException e) {
      exchange.endExchange();
    }
  }
}
