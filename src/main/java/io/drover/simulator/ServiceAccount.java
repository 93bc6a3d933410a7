package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Google service account: its key in a file, and tokens for whoever signs with that key. */
final class ServiceAccount {
  private static final String SCOPE = "https://www.googleapis.com/auth/spreadsheets";

  /** What Google's own library names as the audience, wherever it sends the assertion. */
  private static final String GOOGLE = "https://oauth2.googleapis.com/token";

  private static final String EMAIL = "drover@simulated.iam.gserviceaccount.example";

  private final int lifeSeconds;
  private final Map<String, Instant> tokens = new HashMap<>();
  private KeyPair key = newKey();
  private String tokenUri = "";
  private @Nullable Path file;

  /**
   * @param lifeSeconds of a token
   */
  ServiceAccount(int lifeSeconds) {
    this.lifeSeconds = lifeSeconds;
  }

  private static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes the key file, for its owner alone. */
  Path write(Path to, String address) throws IOException {
    tokenUri = address + "/token";
    file = to;
    ObjectNode account = Json.object();
    account.put("type", "service_account").put("project_id", "simulated");
    account.put("private_key_id", World.hex(key.getPublic().toString()).substring(0, 40));
    account.put(
        "private_key",
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(key.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
    account.put("client_email", EMAIL).put("client_id", "100000000000000000001");
    account.put("token_uri", tokenUri);
    return Files.writeString(to, account.toString());
  }

  /** A new key, which the file has from now on; the old one and its tokens are refused. */
  synchronized void rotate() throws IOException {
    key = newKey();
    tokens.clear();
    if (file != null) {
      write(file, tokenUri.replaceFirst("/token$", ""));
    }
  }

  /** All tokens are refused from now on. */
  synchronized void expire() {
    tokens.clear();
  }

  synchronized boolean knows(@Nullable String header) {
    Instant end =
        header == null || !header.startsWith("Bearer ") ? null : tokens.get(header.substring(7));
    return end != null && Instant.now().isBefore(end);
  }

  /** RFC 7523: a signed assertion for a bearer token. */
  synchronized void token(HttpServerExchange exchange, byte[] body) {
    Map<String, String> form = new HashMap<>();
    for (String pair : new String(body, StandardCharsets.UTF_8).split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    String why = wrong(form);
    if (why != null) {
      Front.json(
          exchange, 400, Json.object().put("error", "invalid_grant").put("error_description", why));
      return;
    }
    String token = "ya29." + Logins.secret("");
    tokens.put(token, Instant.now().plusSeconds(lifeSeconds));
    Front.json(
        exchange,
        200,
        Json.object()
            .put("access_token", token)
            .put("token_type", "Bearer")
            .put("expires_in", lifeSeconds));
  }

  private @Nullable String wrong(Map<String, String> form) {
    String[] parts = form.getOrDefault("assertion", "").split("\\.", -1);
    if (!"urn:ietf:params:oauth:grant-type:jwt-bearer".equals(form.get("grant_type"))
        || parts.length != 3) {
      return "Not a signed assertion";
    }
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(key.getPublic());
      signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      if (!signature.verify(Base64.getUrlDecoder().decode(parts[2]))) {
        return "Invalid JWT Signature.";
      }
      JsonNode claims = Json.MAPPER.readTree(Base64.getUrlDecoder().decode(parts[1]));
      boolean right =
          claims.path("iss").asText().equals(EMAIL)
              && List.of(tokenUri, GOOGLE).contains(claims.path("aud").asText())
              && claims.path("scope").asText().contains(SCOPE)
              && claims.path("exp").asLong() > Instant.now().getEpochSecond();
      return right ? null : "Invalid JWT: " + claims;
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      return "Invalid JWT: " + e.getMessage();
    }
  }
}
