package io.drover.runtime;

import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.Date;
import java.util.List;
import java.util.SortedSet;
import java.util.TimeZone;
import java.util.TreeSet;
import org.quartz.CronExpression;

/**
 * When a schedule is to fire, daylight saving included: a local time that does not exist fires at
 * the next valid instant, one that comes twice fires at its first. Quartz 2.5.2 silently skips the
 * first kind and fires the second kind twice for some expressions.
 */
final class FireTimes {
  private static final int MOST = 10_000;

  private final CronExpression wallClock;
  private final ZoneId zone;

  /**
   * @param cron a Quartz cron expression, with or without {@code +} for blanks
   * @throws IllegalArgumentException when it is none
   */
  FireTimes(String cron, ZoneId zone) {
    try {
      wallClock = new CronExpression(cron.replace('+', ' '));
    } catch (ParseException e) {
      throw new IllegalArgumentException(
          "cron: " + cron + " (expected: a Quartz cron expression; " + e.getMessage() + ")", e);
    }
    // The expression is evaluated on a clock without daylight saving and mapped to the zone
    // afterwards.
    wallClock.setTimeZone(TimeZone.getTimeZone(ZoneOffset.UTC));
    this.zone = zone;
  }

  /** Fire times after the first instant, up to and with the second, in order; at most 10,000. */
  SortedSet<Instant> between(Instant after, Instant upTo) {
    TreeSet<Instant> times = new TreeSet<>();
    Instant limit = upTo.plus(Duration.ofDays(1));
    Date at = Date.from(after.minus(Duration.ofDays(1)));
    while (times.size() < MOST) {
      at = wallClock.getNextValidTimeAfter(at);
      if (at == null || at.toInstant().isAfter(limit)) {
        break;
      }
      Instant instant = toInstant(LocalDateTime.ofInstant(at.toInstant(), ZoneOffset.UTC));
      if (instant.isAfter(after) && !instant.isAfter(upTo)) {
        times.add(instant);
      }
    }
    return times;
  }

  /** The first fire times after an instant; fewer where the expression ends within ten years. */
  List<Instant> next(Instant after, int times) {
    SortedSet<Instant> found = new TreeSet<>();
    for (int days : new int[] {1, 10, 100, 3_653}) {
      found = between(after, after.plus(Duration.ofDays(days)));
      if (found.size() >= times) {
        break;
      }
    }
    return found.stream().limit(times).toList();
  }

  /** Whether the schedule is to fire at this very instant. */
  boolean isFireTime(Instant instant) {
    return between(instant.minusMillis(1), instant).contains(instant);
  }

  private Instant toInstant(LocalDateTime local) {
    ZoneOffsetTransition transition = zone.getRules().getTransition(local);
    if (transition != null && transition.isGap()) {
      return transition.getInstant();
    }
    return local.atZone(zone).toInstant();
  }
}
