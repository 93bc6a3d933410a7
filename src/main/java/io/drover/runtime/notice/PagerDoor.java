package io.drover.runtime.notice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.runtime.Secret;
import org.apache.camel.Exchange;

/** The parts of the pager's door: the event with its routing key, and what the answer means. */
final class PagerDoor {
  private final NoticeProperties.Pager settings;
  private final ObjectMapper json = new ObjectMapper();

  PagerDoor(NoticeProperties.Pager settings) {
    this.settings = settings;
  }

  boolean configured() {
    String key = settings.routingKey();
    return key != null && !key.isBlank();
  }

  /** Body: an event without its key. */
  void address(Exchange exchange) throws JsonProcessingException {
    String key = settings.routingKey();
    if (key == null || key.isBlank()) {
      throw new Undeliverable("The pager is not configured (drover.notices.pager.routing-key)");
    }
    ObjectNode event = (ObjectNode) json.readTree(exchange.getMessage().getBody(String.class));
    event.put("routing_key", new Secret(key).read());
    event.put("client", "Drover");
    if (event.get("payload") instanceof ObjectNode payload) {
      payload.put("source", settings.source());
    }
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(Exchange.HTTP_METHOD, "POST");
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    exchange.getMessage().setBody(event.toString());
    exchange.setProperty(
        "pagerAddress", settings.url().toString().replaceFirst("/+$", "") + "/v2/enqueue");
  }

  /** PagerDuty: 202 accepted; 400 is never accepted; 429 and 5xx later. */
  void judge(Exchange exchange) {
    Integer status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    exchange.getMessage().setBody(null);
    if (status != null && status >= 200 && status < 300) {
      return;
    }
    if (status != null && status >= 400 && status < 500 && status != 429 && status != 408) {
      throw new Undeliverable("The pager refused the event with status " + status);
    }
    throw new IllegalStateException("The pager answered with status " + status);
  }
}
