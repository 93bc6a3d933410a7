package io.drover.catalog;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The ledger knows a step by its route and its id, and nothing else. So ids are there, said once,
 * and without the characters that Drover puts between their parts.
 */
final class IdsRule implements Rule {
  private static final Pattern ID = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final int LONGEST = 80;

  @Override
  public String name() {
    return "ids";
  }

  @Override
  public boolean ofDoors() {
    return true;
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    Set<String> routes = new HashSet<>();
    Set<String> sources = new HashSet<>();
    for (Block route : file.routes()) {
      Node.Text id = route.text("id");
      if (id == null) {
        findings.add(route.key(), "a route without an id", "an id");
      } else {
        form(id, findings);
        if (!routes.add(id.value())) {
          findings.add(id, "route " + id.value() + " a second time", "each id once in a file");
        }
      }
      Uri from = RouteFile.from(route);
      if (from != null
          && from.scheme().matches("runbook|direct|platform-http|quartz")
          && !sources.add(
              from.scheme()
                  + ":"
                  + (from.scheme().equals("platform-http")
                      ? RouteFile.address(from)
                      : from.path()))) {
        findings.add(
            from.at(),
            "from " + from.scheme() + ":" + from.path() + " a second time",
            "one route that starts there");
      }
      nodes(route, findings);
    }
  }

  private static void nodes(Block route, Findings findings) {
    Set<String> ids = new HashSet<>();
    for (Block block : route.all()) {
      if (block == route || block.is("from")) {
        continue;
      }
      Node.Text id = block.text("id");
      if (id == null) {
        if (block.is("step")) {
          findings.add(
              block.key(), "a step without an id", "an id that an operator would say aloud");
        }
        continue;
      }
      form(id, findings);
      if (!ids.add(id.value())) {
        findings.add(id, "id " + id.value() + " a second time", "each id once in a route");
      }
    }
  }

  private static void form(Node.Text id, Findings findings) {
    if (id.value().length() > LONGEST || !ID.matcher(id.value()).matches()) {
      findings.add(id, "id " + id.value(), "kebab-case, at most " + LONGEST + " characters");
    }
  }
}
