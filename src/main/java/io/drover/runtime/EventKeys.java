package io.drover.runtime;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
    if (from.startsWith("file:")) {
      return "file " + message.getHeader(Exchange.FILE_NAME_ONLY) + " " + hash(exchange);
    }
    return message.getHeader("Idempotency-Key", String.class);
  }

  private static String hash(Exchange exchange) {
    String text = String.valueOf(exchange.getMessage().getBody(String.class));
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
