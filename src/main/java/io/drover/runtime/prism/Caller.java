package io.drover.runtime.prism;

import io.drover.runtime.StepContext;
import org.apache.camel.Exchange;

/**
 * For whom a call is made.
 *
 * @param urgent whether a rollback waits for it
 * @param ensureLive throws when no call may be made any more
 */
record Caller(boolean urgent, Runnable ensureLive) {
  /** Reads that nobody's execution owns. */
  static final Caller HOUSE = new Caller(false, () -> {});

  static Caller of(Exchange exchange) {
    StepContext context = StepContext.find(exchange);
    return context == null ? HOUSE : new Caller(context.recovery(), context::ensureLive);
  }
}
