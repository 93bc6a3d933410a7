package io.drover.prism;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an answer's headers say about pace; null where they are silent.
 *
 * @param limit calls a period on this tier ({@code X-Api-Ratelimit-Limit})
 * @param remaining how many of them are left ({@code X-Api-Ratelimit-Remaining})
 * @param period ({@code X-Api-Ratelimit-Refresh-Period-Seconds})
 * @param wholeLimit calls a second to the whole Prism Central ({@code X-Ratelimit-Limit})
 * @param wholeRemaining how many of them are left ({@code X-Ratelimit-Remaining})
 * @param retryAfter how long to stay away; at most {@link #LONGEST}
 */
public record RateAdvice(
    @Nullable Integer limit,
    @Nullable Integer remaining,
    @Nullable Duration period,
    @Nullable Integer wholeLimit,
    @Nullable Integer wholeRemaining,
    @Nullable Duration retryAfter) {

  /** A header can't silence a tier for longer. */
  public static final Duration LONGEST = Duration.ofSeconds(60);

  /** Nothing was said. */
  public static final RateAdvice NONE = new RateAdvice(null, null, null, null, null, null);

  /** Reads the headers; what can't be read is taken as not said. */
  public static RateAdvice of(Function<String, @Nullable String> headers, Instant now) {
    Integer period = number(headers.apply("X-Api-Ratelimit-Refresh-Period-Seconds"), 1);
    return new RateAdvice(
        number(headers.apply("X-Api-Ratelimit-Limit"), 1),
        number(headers.apply("X-Api-Ratelimit-Remaining"), 0),
        period == null ? null : shortest(Duration.ofSeconds(period)),
        number(headers.apply("X-Ratelimit-Limit"), 1),
        number(headers.apply("X-Ratelimit-Remaining"), 0),
        retryAfter(headers.apply("Retry-After"), now));
  }

  private static @Nullable Integer number(@Nullable String text, int atLeast) {
    if (text == null) {
      return null;
    }
    try {
      int value = Integer.parseInt(text.trim());
      return value < atLeast ? null : value;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Duration retryAfter(@Nullable String text, Instant now) {
    if (text == null) {
      return null;
    }
    Integer seconds = number(text, 0);
    if (seconds != null) {
      return shortest(Duration.ofSeconds(seconds));
    }
    try {
      Instant then =
          ZonedDateTime.parse(text.trim(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return then.isBefore(now) ? Duration.ZERO : shortest(Duration.between(now, then));
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static Duration shortest(Duration wait) {
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
