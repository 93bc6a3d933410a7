package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Slack's incoming webhook and Web API, and PagerDuty's Events v2: they keep what they got. */
final class Chat extends Front {
  private final List<ObjectNode> received = new ArrayList<>();
  private final Map<String, JsonNode> posted = new ConcurrentHashMap<>();
  private final String botToken = "xoxb-" + Logins.secret("");
  private final String signingSecret = Logins.secret("");
  private int made;

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
    if (!exchange.getRequestMethod().equals(Methods.POST) && !path.equals("/api/auth.test")) {
      exchange.setStatusCode(405);
      exchange.endExchange();
      return;
    }
    if (system.equals("pager")) {
      page(exchange, body);
      return;
    }
    if (path.equals("/api/auth.test")) {
      if (!exchange.getRequestHeaders().contains(Headers.AUTHORIZATION)) {
        error(exchange, "not_authed");
        return;
      }
      json(
          exchange,
          200,
          Json.object()
              .put("ok", true)
              .put("user", "drover")
              .put("team", "Simulated")
              .put("user_id", "U1")
              .put("bot_id", "B1"));
      return;
    }
    ObjectNode message =
        Json.object().put("path", path).put("body", new String(body, StandardCharsets.UTF_8));
    if (path.startsWith("/api/")) {
      method(exchange, path.substring(5), message);
    } else {
      keep(message);
      exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain");
      exchange.getResponseSender().send("ok");
    }
  }

  /** The Web API: 200 for its errors, too. JSON goes with a token in a header. */
  private void method(HttpServerExchange exchange, String method, ObjectNode message) {
    String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
    JsonNode call;
    try {
      call =
          type != null && type.startsWith("application/json")
              ? Json.MAPPER.readTree(message.path("body").asText())
              : Json.object();
    } catch (IOException e) {
      error(exchange, "invalid_json");
      return;
    }
    boolean isJson = type != null && type.startsWith("application/json");
    String token = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
    if (isJson && !("Bearer " + botToken).equals(token)) {
      error(exchange, "invalid_auth");
      return;
    }
    if (call.path("channel").asText().equals("nowhere")) {
      error(exchange, "channel_not_found");
      return;
    }
    String ts = call.path("ts").asText("");
    if (method.equals("chat.update") && !posted.containsKey(ts)) {
      error(exchange, "message_not_found");
      return;
    }
    if (ts.isEmpty()) {
      ts = 1_700_000_000L + ++made + ".000100";
    }
    if (isJson && method.matches("chat.(postMessage|update)")) {
      posted.put(ts, call);
    }
    keep(message.put("ts", ts));
    json(exchange, 200, Json.object().put("ok", true).put("channel", "C1").put("ts", ts));
  }

  private static void error(HttpServerExchange exchange, String error) {
    json(exchange, 200, Json.object().put("ok", false).put("error", error));
  }

  /** Messages as they look now, by their {@code ts}. */
  synchronized ObjectNode posted() {
    ObjectNode all = Json.object();
    posted.forEach(all::set);
    return all;
  }

  String botToken() {
    return botToken;
  }

  String signingSecret() {
    return signingSecret;
  }

  /**
   * Somebody presses a button: what Slack would send, signed. {@code ts} and {@code action} say
   * which; {@code user} who; {@code ageSeconds} how old it is when it comes.
   */
  ObjectNode press(JsonNode wanted) {
    JsonNode message = posted.get(wanted.path("ts").asText());
    ObjectNode pressed = Json.object();
    for (JsonNode block : message == null ? Json.array() : message.path("blocks")) {
      for (JsonNode element : block.path("elements")) {
        if (element.path("action_id").asText().equals(wanted.path("action").asText())) {
          pressed.put("action_id", element.path("action_id").asText());
          pressed.put("block_id", block.path("block_id").asText());
          pressed.put("value", element.path("value").asText()).put("type", "button");
        }
      }
    }
    if (pressed.isEmpty()) {
      throw new NoSuchElementException("There is no such button: " + wanted);
    }
    ObjectNode payload = Json.object().put("type", "block_actions");
    payload.putObject("user").put("id", wanted.path("user").asText()).put("username", "häns+s");
    payload.putObject("channel").put("id", "C1").put("name", "drover");
    payload.putObject("message").put("ts", wanted.path("ts").asText());
    payload.putArray("actions").add(pressed);
    String body = "payload=" + URLEncoder.encode(payload.toString(), StandardCharsets.UTF_8);
    long at = System.currentTimeMillis() / 1000 - wanted.path("ageSeconds").asLong(0);
    return Json.object()
        .put("body", body)
        .put("timestamp", String.valueOf(at))
        .put("signature", signature(at, body));
  }

  private String signature(long at, String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(signingSecret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] hash = mac.doFinal(("v0:" + at + ":" + body).getBytes(StandardCharsets.UTF_8));
      return "v0=" + HexFormat.of().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has HmacSHA256", e);
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
