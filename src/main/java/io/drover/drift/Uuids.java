package io.drover.drift;

import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** UUIDs as people and discovery tools write them. */
public final class Uuids {
  private static final String VENDOR = "vmware-";
  private static final int DIGITS = 32;

  private Uuids() {}

  /**
   * Upper or lower case, with or without dashes, spaces, braces and {@code VMware-} before it; null
   * when it is none, or the one that means nothing (all 0 or all f).
   */
  public static @Nullable UUID parse(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String given = text.strip().toLowerCase(Locale.ROOT);
    if (given.startsWith(VENDOR)) {
      given = given.substring(VENDOR.length());
    }
    StringBuilder digits = new StringBuilder(DIGITS);
    for (int i = 0; i < given.length(); i++) {
      char c = given.charAt(i);
      if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) {
        digits.append(c);
      } else if (" -{}".indexOf(c) < 0) {
        return null;
      }
    }
    if (digits.length() != DIGITS) {
      return null;
    }
    UUID uuid =
        new UUID(
            Long.parseUnsignedLong(digits.substring(0, 16), 16),
            Long.parseUnsignedLong(digits.substring(16), 16));
    long high = uuid.getMostSignificantBits();
    long low = uuid.getLeastSignificantBits();
    return (high == 0 && low == 0) || (high == -1 && low == -1) ? null : uuid;
  }

  /**
   * The same with the bytes of its first three groups turned round: SMBIOS before 2.6 left their
   * order open, so firmware and tools disagree (DSP0134, 7.2.1).
   */
  public static UUID swapped(UUID uuid) {
    long high = uuid.getMostSignificantBits();
    long first = Integer.toUnsignedLong(Integer.reverseBytes((int) (high >>> 32)));
    long second = Short.toUnsignedLong(Short.reverseBytes((short) (high >>> 16)));
    long third = Short.toUnsignedLong(Short.reverseBytes((short) high));
    return new UUID(first << 32 | second << 16 | third, uuid.getLeastSignificantBits());
  }
}
