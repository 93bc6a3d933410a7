package io.drover.runtime.prism;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;

/** A processor whose work is a future; the exchange goes on when it completes. */
final class Waits extends AsyncProcessorSupport {
  private final Function<Exchange, CompletableFuture<?>> work;

  Waits(Function<Exchange, CompletableFuture<?>> work) {
    this.work = work;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    CompletableFuture<?> future;
    try {
      future = work.apply(exchange);
    } catch (RuntimeException e) {
      exchange.setException(PrismProblemsIn.asCallFailure(e));
      callback.done(true);
      return true;
    }
    if (future.isDone()) {
      future.whenComplete((ok, error) -> end(exchange, error));
      callback.done(true);
      return true;
    }
    future.whenComplete(
        (ok, error) -> {
          end(exchange, error);
          callback.done(false);
        });
    return false;
  }

  private static void end(Exchange exchange, @Nullable Throwable error) {
    if (error != null) {
      exchange.setException(PrismProblemsIn.asCallFailure(error));
    }
  }
}
