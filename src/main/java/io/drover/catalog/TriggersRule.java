package io.drover.catalog;

import java.util.Set;

/**
 * A trigger says what becomes of a start that is refused. Without it a caller is told nothing, and
 * an event that can start nothing comes again for ever, the next ones behind it.
 */
final class TriggersRule implements Rule {
  private static final Set<String> EVENTS = Set.of("kafka", "file", "prism-alerts");

  @Override
  public String name() {
    return "triggers";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block route : file.routes()) {
      Uri from = RouteFile.from(route);
      if (from == null || !RouteFile.isTrigger(route)) {
        continue;
      }
      String needed =
          from.scheme().equals("platform-http")
              ? "http-trigger"
              : EVENTS.contains(from.scheme()) ? "event-trigger" : null;
      Node.Text said = route.text("routeConfigurationId");
      if (needed != null && (said == null || !said.value().equals(needed))) {
        findings.add(
            said == null ? route.key() : said,
            "routeConfigurationId: " + (said == null ? "nothing" : said.value()),
            needed + ", for a trigger from " + from.scheme());
      }
    }
  }
}
