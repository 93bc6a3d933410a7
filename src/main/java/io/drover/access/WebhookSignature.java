package io.drover.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A webhook's signature: {@code v1=} and, in hexadecimal, HMAC-SHA256 over the sender's time in
 * seconds since 1970, a full stop and the body's bytes as they came.
 */
final class WebhookSignature {
  static final String TIME = "X-Drover-Timestamp";
  static final String SIGNATURE = "X-Drover-Signature";
  private static final String VERSION = "v1=";
  private static final int HEX = 64;
  private static final int SHORTEST_SECRET = 16;

  private WebhookSignature() {}

  /** Whether a call is who it says it is, and of now. */
  static boolean good(
      String secret,
      @Nullable String time,
      @Nullable String signature,
      byte[] body,
      Instant now,
      Duration window) {
    if (secret.length() < SHORTEST_SECRET
        || time == null
        || !time.matches("[0-9]{1,12}")
        || signature == null
        || signature.length() != VERSION.length() + HEX
        || !signature.startsWith(VERSION)) {
      return false;
    }
    byte[] expected = sign(secret, time, body).getBytes(StandardCharsets.US_ASCII);
    // In a time that does not tell how much of it is right.
    if (!MessageDigest.isEqual(expected, signature.getBytes(StandardCharsets.UTF_8))) {
      return false;
    }
    Instant signed = Instant.ofEpochSecond(Long.parseLong(time));
    return Duration.between(signed, now).abs().compareTo(window) <= 0;
  }

  static String sign(String secret, String time, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
      return VERSION + HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has HmacSHA256", e);
    }
  }
}
