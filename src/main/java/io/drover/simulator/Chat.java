package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Slack's incoming webhook and Web API, and PagerDuty's Events v2: they keep what they got. */
final class Chat extends Front {
  private final List<ObjectNode> received = new ArrayList<>();

  Chat(String system, World world, Faults faults) {
    super(system, world, faults);
  }

  synchronized List<ObjectNode> received() {
    return List.copyOf(received);
  }

  synchronized void forget() {
    received.clear();
  }

  @Override
  void take(HttpServerExchange exchange, byte[] body) {
    String path = exchange.getRequestPath();
    if (system.equals("pager")) {
      page(exchange, body);
      return;
    }
    if (path.equals("/api/auth.test")) {
      json(exchange, 200, Json.object().put("ok", true).put("user_id", "U1").put("bot_id", "B1"));
      return;
    }
    ObjectNode message =
        Json.object().put("path", path).put("body", new String(body, StandardCharsets.UTF_8));
    keep(message);
    if (path.startsWith("/api/")) {
      json(
          exchange,
          200,
          Json.object().put("ok", true).put("channel", "C1").put("ts", "1700000000.000100"));
    } else {
      exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain");
      exchange.getResponseSender().send("ok");
    }
  }

  private void page(HttpServerExchange exchange, byte[] body) {
    JsonNode event;
    try {
      event = Json.MAPPER.readTree(body);
    } catch (IOException e) {
      json(exchange, 400, Json.object().put("status", "invalid event"));
      return;
    }
    boolean valid =
        exchange.getRequestPath().equals("/v2/enqueue")
            && event.hasNonNull("routing_key")
            && event.path("event_action").asText().matches("trigger|acknowledge|resolve")
            && (!event.path("event_action").asText().equals("trigger")
                || event.path("payload").path("summary").asText().length() <= 1024);
    if (!valid) {
      json(
          exchange,
          400,
          Json.object().put("status", "invalid event").put("message", "Event object is invalid"));
      return;
    }
    keep((ObjectNode) event);
    json(
        exchange,
        202,
        Json.object()
            .put("status", "success")
            .put("message", "Event processed")
            .put("dedup_key", event.path("dedup_key").asText()));
  }

  private synchronized void keep(ObjectNode message) {
    received.add(message);
  }
}
