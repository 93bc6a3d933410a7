package io.drover.catalog;

import java.text.ParseException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.Set;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;
import org.quartz.CronExpression;

/** A schedule has a time that comes, a zone that exists, and a name that the ledger counts by. */
final class ScheduleRule implements Rule {
  private static final Set<String> ZONES = Set.copyOf(ZoneId.getAvailableZoneIds());

  @Override
  public String name() {
    return "schedule";
  }

  @Override
  public boolean ofDoors() {
    return true;
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block route : file.routes()) {
      Uri from = RouteFile.from(route);
      if (from == null || !from.scheme().equals("quartz")) {
        continue;
      }
      Uri.Option cron = from.option("cron");
      if (cron == null) {
        findings.add(from.at(), "quartz without cron", "a cron expression, like 0 0 2 ? * SUN");
      } else if (cron.value() != null) {
        cron(cron, cron.value(), findings);
      }
      Uri.Option zone = from.option("trigger.timeZone");
      if (zone == null) {
        findings.add(
            from.at(), "quartz without trigger.timeZone", "a time zone, like Europe/Berlin");
      } else if (zone.value() != null) {
        zone(zone, zone.value(), findings);
      }
      starts(route, findings);
    }
  }

  private static void starts(Block route, Findings findings) {
    for (Block block : route.all()) {
      Uri uri = block.is("from") ? null : block.uri();
      if (uri != null && uri.scheme().equals("runbook") && uri.option("schedule") == null) {
        findings.add(
            uri.at(),
            uri.whole() + " without schedule",
            "?schedule=NAME: the ledger then allows one start per fire time");
      }
    }
  }

  private static void cron(Uri.Option option, String value, Findings findings) {
    String expression = KameletRule.constant(value);
    String why = expression == null ? null : wrong(expression.replace('+', ' '));
    if (why != null) {
      findings.add(
          option.at(), "cron " + expression, "a Quartz cron expression that fires (" + why + ")");
    }
  }

  private static @Nullable String wrong(String expression) {
    try {
      CronExpression cron = new CronExpression(expression);
      cron.setTimeZone(TimeZone.getTimeZone("UTC"));
      return cron.getNextValidTimeAfter(Date.from(Instant.EPOCH.plusSeconds(1_700_000_000))) == null
          ? "it never does"
          : null;
    } catch (ParseException e) {
      return String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      // Quartz 2.5.2 fails in several ways over text that is far from an expression.
      return "it cannot be read";
    }
  }

  private static void zone(Uri.Option option, String value, Findings findings) {
    String zone = KameletRule.constant(value);
    if (zone == null) {
      return;
    }
    // Java's other spellings of offsets are UTC to Quartz.
    if (!ZONES.contains(zone)) {
      findings.add(
          option.at(),
          "time zone " + zone,
          "one of the IANA database, like Europe/Berlin",
          zone,
          ZONES);
    }
  }
}
