package io.drover.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Who may call ServiceNow: by password, by API key, or by a token for a client's secret. */
final class ServiceNowLogins {
  private static final HttpString KEY = new HttpString("x-sn-apikey");

  private final String username = "drover.integration";
  private final String password = Logins.secret("");
  private final String apiKey = Logins.secret("");
  private final String clientId = World.hex(Logins.secret("")).substring(0, 32);
  private final String clientSecret = Logins.secret("");
  private final Set<String> tokens = new HashSet<>();

  void write(ObjectNode credentials) {
    credentials.put("serviceNowUsername", username).put("serviceNowPassword", password);
    credentials.put("serviceNowApiKey", apiKey);
    credentials.put("serviceNowClientId", clientId);
    credentials.put("serviceNowClientSecret", clientSecret);
  }

  synchronized boolean knows(HttpServerExchange exchange) {
    String key = exchange.getRequestHeaders().getFirst(KEY);
    String sent = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
    if (key != null) {
      return Logins.same(key, apiKey);
    }
    if (sent != null && sent.startsWith("Bearer ")) {
      return tokens.contains(sent.substring("Bearer ".length()));
    }
    return sent != null && Logins.same(sent, Logins.basic(username, password));
  }

  /** Ends all tokens. */
  synchronized void expire() {
    tokens.clear();
  }

  /** What {@code /oauth_token.do} answers: a token, or an error. */
  synchronized ObjectNode token(byte[] form) {
    Map<String, String> fields = new HashMap<>();
    for (String pair : new String(form, StandardCharsets.UTF_8).split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        fields.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    boolean known =
        "client_credentials".equals(fields.get("grant_type"))
            && clientId.equals(fields.get("client_id"))
            && Logins.same(fields.getOrDefault("client_secret", ""), clientSecret);
    if (!known) {
      return Json.object().put("error", "access_denied").put("error_description", "access_denied");
    }
    String token = Logins.secret("");
    tokens.add(token);
    return Json.object()
        .put("access_token", token)
        .put("scope", "useraccount")
        .put("token_type", "Bearer")
        .put("expires_in", 1799);
  }
}
