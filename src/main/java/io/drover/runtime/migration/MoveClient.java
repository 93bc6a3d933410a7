package io.drover.runtime.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.runtime.CallFailure;
import io.drover.runtime.Secret;
import io.drover.runtime.migration.RemoteWire.Answer;
import io.drover.runtime.migration.RemoteWire.Call;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Move's API v2. Its tokens last about 15 minutes, so they are renewed before, and once whenever it
 * says 401.
 */
final class MoveClient {
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(12);
  private static final String BASE = "/move/v2/";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RemoteWire wire;
  private final RemoteSystem settings;
  private @Nullable String token;
  private long tokenSince;

  MoveClient(RemoteWire wire, RemoteSystem settings) {
    this.wire = wire;
    this.settings = settings;
  }

  String told() {
    return wire.told();
  }

  /** A read; Move lists by POST. */
  JsonNode read(String method, String path, @Nullable JsonNode body) {
    return call(method, path, body, true);
  }

  JsonNode write(String method, String path, @Nullable JsonNode body) {
    return call(method, path, body, false);
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  private JsonNode call(String method, String path, @Nullable JsonNode body, boolean reads) {
    // A POST without a body is sent with an empty object: some appliances mind its absence.
    String text = body != null ? body.toString() : method.equals("POST") ? "{}" : null;
    Call call = new Call(method, BASE + path, null, "application/json", text, reads);
    String known = token(null);
    Answer answer = wire.send(call, headers(known));
    if (answer.status() == 401) {
      answer = wire.send(call, headers(token(known)));
    }
    if (!answer.ok()) {
      throw refused(call, answer);
    }
    return answer.body();
  }

  private static Map<String, String> headers(String token) {
    return Map.of("Authorization", "Bearer " + token);
  }

  /**
   * @param refused a token that is no longer taken; null: any will do
   */
  private synchronized String token(@Nullable String refused) {
    String known = token;
    boolean young = System.nanoTime() - tokenSince < TOKEN_LIFE.toNanos();
    if (known != null && young && !known.equals(refused)) {
      return known;
    }
    String fresh = login();
    token = fresh;
    tokenSince = System.nanoTime();
    return fresh;
  }

  /** The classic way first, the newer one where that is gone. */
  private String login() {
    String password = new Secret(settings.password()).read();
    ObjectNode body = object();
    body.putObject("Spec").put("UserName", settings.username()).put("Password", password);
    Call classic =
        new Call("POST", BASE + "users/login", null, "application/json", body.toString(), true);
    Answer answer = wire.send(classic, Map.of());
    String found = answer.ok() ? answer.body().path("Status").path("Token").asText("") : "";
    if (!found.isEmpty()) {
      return found;
    }
    if (answer.status() == 401 || answer.status() >= 500) {
      throw denied(classic, answer);
    }
    Call newer =
        new Call(
            "POST",
            BASE + "token",
            null,
            "application/x-www-form-urlencoded",
            "grantType=PASSWORD&username="
                + encoded(settings.username())
                + "&password="
                + encoded(password),
            true);
    answer = wire.send(newer, Map.of());
    found = answer.ok() ? answer.body().path("AccessToken").asText("") : "";
    if (found.isEmpty()) {
      throw denied(newer, answer);
    }
    return found;
  }

  private CallFailure denied(Call call, Answer answer) {
    if (answer.status() == 401) {
      return new CallFailure(
          CallFailure.Verdict.REFUSED,
          "credentials",
          wire.told() + " does not know " + settings.username() + " with this password");
    }
    return refused(call, answer);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private CallFailure refused(Call call, Answer answer) {
    JsonNode body = answer.body();
    String message = body.path("Message").asText(body.path("message").asText(""));
    message = message.isEmpty() ? body.path("Error").path("Message").asText("") : message;
    String code = body.path("Code").asText(body.path("code").asText(""));
    return wire.refused(call, answer, code, message);
  }
}
