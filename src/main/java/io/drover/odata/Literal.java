package io.drover.odata;

import java.time.Instant;
import java.util.regex.Pattern;

/** A value as it is written in a filter; text is quoted, so that it can't end its own quotes. */
public final class Literal {
  private static final Pattern TYPE =
      Pattern.compile("[A-Za-z][A-Za-z0-9]*(\\.[A-Za-z][A-Za-z0-9]*)*");
  private static final Pattern MEMBER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final String written;

  private Literal(String written) {
    this.written = written;
  }

  /** Any text; a quote inside is doubled. */
  public static Literal text(String value) {
    return new Literal("'" + value.replace("'", "''") + "'");
  }

  public static Literal number(long value) {
    return new Literal(Long.toString(value));
  }

  public static Literal bool(boolean value) {
    return new Literal(Boolean.toString(value));
  }

  /** A point in time; written without quotes. */
  public static Literal time(Instant value) {
    return new Literal(value.toString());
  }

  /**
   * A member of an enumeration, written with its full type: {@code Vmm.Ahv.Config.PowerState'ON'}.
   *
   * @throws IllegalArgumentException when type or member is no identifier
   */
  public static Literal member(String type, String member) {
    return new Literal(
        Names.checked("enumeration", type, TYPE)
            + "'"
            + Names.checked("member of " + type, member, MEMBER)
            + "'");
  }

  @Override
  public String toString() {
    return written;
  }
}
