package io.drover.runtime.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.runtime.notice.Undeliverable;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** The parts of Kafka's door: the record with its key, and what a failure means. */
final class EventsDoor {
  private final EventsProperties settings;
  private final ObjectMapper json = new ObjectMapper();

  EventsDoor(EventsProperties settings) {
    this.settings = settings;
  }

  /** Body: an event. */
  void address(Exchange exchange) throws JsonProcessingException {
    if (!settings.configured()) {
      throw new Undeliverable("Events go nowhere (drover.events.kafka.topic)");
    }
    String event = exchange.getMessage().getBody(String.class);
    exchange.getMessage().removeHeaders("*");
    // All of one execution in one partition, and so in order.
    exchange
        .getMessage()
        .setHeader(KafkaConstants.KEY, json.readTree(event).path("execution").asText());
    exchange.setProperty("eventsTopic", settings.topic());
  }

  /** What the brokers will never take must not hold up the rest; anything else passes. */
  void failed(Exchange exchange) {
    Throwable error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof Undeliverable undeliverable) {
        throw undeliverable;
      }
      if (t instanceof RecordTooLargeException) {
        throw new Undeliverable("The brokers do not take it: " + t.getMessage());
      }
    }
    throw new IllegalStateException("The brokers did not take it: " + words(error), error);
  }

  private static String words(Throwable error) {
    Throwable inner = error;
    while (inner.getCause() != null && inner.getCause() != inner) {
      inner = inner.getCause();
    }
    return inner.getClass().getSimpleName() + ": " + inner.getMessage();
  }
}
