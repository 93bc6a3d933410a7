package io.drover.runtime;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What a block is given: a field of the body where the body is an object that has it, otherwise the
 * exchange variable of that name.
 */
public final class BlockInput {
  private final Exchange exchange;
  private final @Nullable Map<?, ?> body;

  public BlockInput(Exchange exchange) {
    this.exchange = exchange;
    this.body = exchange.getMessage().getBody() instanceof Map<?, ?> map ? map : null;
  }

  public @Nullable Object value(String name) {
    if (body != null && body.get(name) != null) {
      return body.get(name);
    }
    return exchange.getVariable(name);
  }

  /** Null when it is absent or blank. */
  public @Nullable String optional(String name) {
    Object value = value(name);
    return value == null || value.toString().isBlank() ? null : value.toString();
  }

  public String text(String name) {
    String text = optional(name);
    if (text == null) {
      throw wrong(name, "nothing", "a text, in the body or in a variable of that name");
    }
    return text;
  }

  /** Input that a query or a path refuses is wrong input, too. */
  public static <T> T checked(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED, "invalid-input", String.valueOf(e.getMessage()), e);
    }
  }

  public <E extends Enum<E>> E oneOf(String name, Class<E> type, E otherwise) {
    String text = optional(name);
    if (text == null) {
      return otherwise;
    }
    for (E each : type.getEnumConstants()) {
      if (each.name().equals(text)) {
        return each;
      }
    }
    throw wrong(name, text, "one of " + List.of(type.getEnumConstants()));
  }

  public Instant time(String name) {
    String text = text(name);
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw wrong(name, text, "an instant like 2026-11-01T04:00:00Z");
    }
  }

  /** ISO ({@code PT48H}, {@code P7D}), more than nothing. */
  public static Duration duration(String name, String text) {
    try {
      Duration duration = Duration.parse(text);
      if (!duration.isNegative() && !duration.isZero()) {
        return duration;
      }
    } catch (DateTimeException e) {
      // said below
    }
    throw wrong(name, text, "a duration like PT30M or P7D");
  }

  public static CallFailure wrong(String name, String value, String expected) {
    String shown = value.length() > 200 ? value.substring(0, 200) + "…" : value;
    return new CallFailure(
        CallFailure.Verdict.REFUSED,
        "invalid-input",
        name + ": " + shown + " (expected: " + expected + ")");
  }
}
