package io.drover.runtime.prism;

import io.drover.runtime.Milestones;
import io.drover.runtime.StepContext;
import java.util.function.Consumer;
import org.apache.camel.Exchange;

/**
 * For whom a call is made.
 *
 * @param urgent whether a rollback waits for it
 * @param ensureLive throws when no call may be made any more
 * @param passes told the named places that a change passes on the wire
 */
record Caller(boolean urgent, Runnable ensureLive, Consumer<String> passes) {
  /** Reads that nobody's execution owns. */
  static final Caller HOUSE = new Caller(false, () -> {}, point -> {});

  static Caller of(Exchange exchange) {
    StepContext context = StepContext.find(exchange);
    return context == null
        ? HOUSE
        : new Caller(context.recovery(), context::ensureLive, point -> {});
  }

  /** As this one, for the call that changes something. */
  Caller telling(Milestones milestones, Exchange exchange) {
    return new Caller(urgent, ensureLive, point -> milestones.reached(point, exchange));
  }
}
