package io.drover.runtime.migration;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.runtime.CallFailure;
import io.drover.runtime.Secret;
import io.drover.runtime.migration.RemoteWire.Answer;
import io.drover.runtime.migration.RemoteWire.Call;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * vCenter's REST API (7.0 U2 and later). A session is kept and made anew once whenever vCenter does
 * not know it any more.
 */
final class VCenterClient {
  private final RemoteWire wire;
  private final RemoteSystem settings;
  private @Nullable String session;

  VCenterClient(RemoteWire wire, RemoteSystem settings) {
    this.wire = wire;
    this.settings = settings;
  }

  String told() {
    return wire.told();
  }

  JsonNode get(String path, @Nullable String query) {
    return ok(new Call("GET", path, query, null, null, true));
  }

  /** A POST that only asks. */
  JsonNode ask(String path, String query, JsonNode body) {
    return ok(new Call("POST", path, query, "application/json", body.toString(), true));
  }

  /** A change; that it is so already is no failure. */
  void change(String method, String path, @Nullable String query, @Nullable JsonNode body) {
    Call call =
        new Call(
            method,
            path,
            query,
            body == null ? null : "application/json",
            body == null ? null : body.toString(),
            false);
    Answer answer = send(call);
    if (!answer.ok() && !type(answer).equals("ALREADY_IN_DESIRED_STATE")) {
      throw refused(call, answer);
    }
  }

  private JsonNode ok(Call call) {
    Answer answer = send(call);
    if (!answer.ok()) {
      throw refused(call, answer);
    }
    return answer.body();
  }

  private Answer send(Call call) {
    String known = session(null);
    Answer answer = wire.send(call, Map.of("vmware-api-session-id", known));
    return answer.status() == 401
        ? wire.send(call, Map.of("vmware-api-session-id", session(known)))
        : answer;
  }

  private synchronized String session(@Nullable String refused) {
    String known = session;
    if (known != null && !known.equals(refused)) {
      return known;
    }
    String pair = settings.username() + ":" + new Secret(settings.password()).read();
    Call login = new Call("POST", "/api/session", null, null, null, true);
    Answer answer =
        wire.send(
            login,
            Map.of(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))));
    if (answer.status() == 401) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "credentials",
          wire.told() + " does not know " + settings.username() + " with this password");
    }
    String fresh = answer.ok() && answer.body().isTextual() ? answer.body().asText() : "";
    if (fresh.isEmpty()) {
      throw refused(login, answer);
    }
    session = fresh;
    return fresh;
  }

  /** The type decides, not the status. */
  private static String type(Answer answer) {
    return answer.body().path("error_type").asText("");
  }

  private CallFailure refused(Call call, Answer answer) {
    String type = type(answer);
    String message = answer.body().path("messages").path(0).path("default_message").asText("");
    CallFailure failure = wire.refused(call, answer, type, message);
    return switch (type) {
      case "RESOURCE_BUSY", "SERVICE_UNAVAILABLE", "RESOURCE_INACCESSIBLE", "TIMED_OUT" ->
          new CallFailure(
              call.reads() ? CallFailure.Verdict.TRANSIENT : CallFailure.Verdict.UNKNOWN,
              "http-503",
              String.valueOf(failure.getMessage()));
      default -> failure;
    };
  }
}
