package io.drover.runtime;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * By what an event is known again that comes twice: a caller's own key, the place of a record in
 * its topic, or the name and content of a file.
 */
public final class EventKeys {
  /** Property of an exchange whose consumer is ours and knows the key. */
  public static final String PROPERTY = "drover.event-key";

  private EventKeys() {}

  /** Null when nothing tells two events apart. */
  static @Nullable String of(Exchange exchange) {
    String event = event(exchange);
    return event == null ? exchange.getMessage().getHeader("Idempotency-Key", String.class) : event;
  }

  /**
   * What makes sure that it starts this runbook once. An event may start another one too; a
   * caller's key is for one call.
   */
  static @Nullable String of(Exchange exchange, String runbook) {
    String event = event(exchange);
    return event == null ? of(exchange) : event + " " + runbook;
  }

  private static @Nullable String event(Exchange exchange) {
    String known = exchange.getProperty(PROPERTY, String.class);
    if (known != null) {
      return known;
    }
    Message message = exchange.getMessage();
    String from =
        exchange.getFromEndpoint() == null ? "" : exchange.getFromEndpoint().getEndpointUri();
    if (from.startsWith("kafka:")) {
      // With the time of the record: a topic that was made anew counts from 0 again.
      return "kafka "
          + message.getHeader("kafka.TOPIC")
          + "/"
          + message.getHeader("kafka.PARTITION")
          + "@"
          + message.getHeader("kafka.OFFSET")
          + " "
          + message.getHeader("kafka.TIMESTAMP");
    }
    // What was read of a file, not the body: the route may have made something else of that.
    return exchange.getProperty(FileTaking.KEY, String.class);
  }
}
