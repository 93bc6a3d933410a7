package io.drover.execution;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * Ids: of executions, random and sortable by time; of effects and requests, derived so that a
 * resumed step finds the same.
 */
public final class ExecutionIds {
  private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
  private static final SecureRandom RANDOM = new SecureRandom();

  private ExecutionIds() {}

  /**
   * 26 characters, lower case: 48 bits of milliseconds, then 80 random bits, in Crockford's base
   * 32.
   */
  public static String next(long epochMillis) {
    byte[] random = new byte[10];
    RANDOM.nextBytes(random);
    char[] out = new char[26];
    long time = epochMillis & 0xFFFF_FFFF_FFFFL;
    for (int i = 9; i >= 0; i--) {
      out[i] = ALPHABET[(int) (time & 31)];
      time >>>= 5;
    }
    int buffer = 0;
    int bits = 0;
    int at = 10;
    for (byte b : random) {
      buffer = (buffer << 8) | (b & 0xFF);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        out[at++] = ALPHABET[(buffer >>> bits) & 31];
      }
      buffer &= (1 << bits) - 1;
    }
    return new String(out);
  }

  /** The id of the nth effect of a visit; also the name of what it creates. */
  public static String effect(String execution, String step, int visit, int ordinal) {
    return execution + "." + step + "." + visit + "." + ordinal;
  }

  /**
   * A UUID (version 8, RFC 9562 variant) from the effect's id: the same effect always sends the
   * same request id.
   */
  public static String requestId(String effectId) {
    byte[] hash;
    try {
      hash = MessageDigest.getInstance("SHA-256").digest(effectId.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < 8; i++) {
      high = (high << 8) | (hash[i] & 0xFF);
      low = (low << 8) | (hash[i + 8] & 0xFF);
    }
    high = (high & ~0xF000L) | 0x8000L;
    low = (low & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }
}
