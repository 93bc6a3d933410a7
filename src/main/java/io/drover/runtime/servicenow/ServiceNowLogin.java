package io.drover.runtime.servicenow;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.runtime.CallFailure;
import io.drover.runtime.CallFailure.Verdict;
import io.drover.runtime.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who we are: headers made of secrets that are read at each call, or a token for them. */
final class ServiceNowLogin {
  /** A token that ends sooner is not used any more. */
  private static final Duration LEAST = Duration.ofSeconds(30);

  private final ServiceNowProperties settings;
  private final Clock clock;
  private @Nullable Token token;

  private record Token(String value, Instant until) {}

  /** Asks for a token. */
  interface Asking {
    ServiceNowCalls.Answer ask(String path, String form);
  }

  ServiceNowLogin(ServiceNowProperties settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  Map<String, String> headers(Asking asking) {
    if (settings.apiKey() != null) {
      return Map.of("x-sn-apikey", new Secret(settings.apiKey()).read());
    }
    if (settings.clientId() != null) {
      return Map.of("Authorization", "Bearer " + token(asking));
    }
    String password = settings.password();
    if (settings.username() == null || password == null) {
      throw new CallFailure(
          Verdict.REFUSED,
          "not-configured",
          "ServiceNow: neither username and password, nor api-key, nor client-id and client-secret"
              + " are set");
    }
    String pair = settings.username() + ":" + new Secret(password).read();
    return Map.of(
        "Authorization",
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  private static String encoded(@Nullable String secret) {
    return URLEncoder.encode(
        new Secret(Objects.requireNonNull(secret, "given together")).read(),
        StandardCharsets.UTF_8);
  }

  private synchronized String token(Asking asking) {
    Token known = token;
    if (known != null && known.until().isAfter(clock.instant())) {
      return known.value();
    }
    String form =
        "grant_type=client_credentials&client_id="
            + encoded(settings.clientId())
            + "&client_secret="
            + encoded(settings.clientSecret());
    ServiceNowCalls.Answer answer = asking.ask("/oauth_token.do", form);
    if (answer.status() / 100 != 2) {
      throw new CallFailure(
          answer.again() ? Verdict.TRANSIENT : Verdict.REFUSED,
          "http-" + answer.status(),
          "ServiceNow gives no token to its client: status " + answer.status());
    }
    JsonNode json = answer.body();
    String value = json.path("access_token").asText();
    if (value.isEmpty()) {
      throw new CallFailure(
          Verdict.REFUSED, "credentials", "ServiceNow answered without an access_token");
    }
    Duration life = Duration.ofSeconds(json.path("expires_in").asLong(0)).minus(LEAST);
    token = new Token(value, clock.instant().plus(life));
    return value;
  }

  /** After a 401: whether another try with a fresh token makes sense. */
  synchronized boolean renew() {
    boolean had = token != null;
    token = null;
    return had;
  }
}
