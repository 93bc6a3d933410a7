package io.drover.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;

/** A processor whose work is a future; the exchange goes on when it completes. */
public final class Waits extends AsyncProcessorSupport {
  private final Function<Exchange, CompletableFuture<?>> work;
  private final UnaryOperator<Throwable> say;

  /**
   * @param say puts a failure into the runtime's words
   */
  public Waits(Function<Exchange, CompletableFuture<?>> work, UnaryOperator<Throwable> say) {
    this.work = work;
    this.say = say;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    CompletableFuture<?> future;
    try {
      future = work.apply(exchange);
    } catch (RuntimeException e) {
      exchange.setException(say.apply(e));
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

  private void end(Exchange exchange, @Nullable Throwable error) {
    if (error != null) {
      exchange.setException(say.apply(error));
    }
  }
}
