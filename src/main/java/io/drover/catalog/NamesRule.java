package io.drover.catalog;

import java.util.Set;
import java.util.TreeSet;

/** What a route refers to exists: sub-routes, runbooks, route configurations. */
final class NamesRule implements Rule {

  @Override
  public String name() {
    return "names";
  }

  @Override
  public boolean ofDoors() {
    return true;
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    Declared declared = file.declared();
    Set<String> directs = new TreeSet<>(known.directs());
    directs.addAll(declared.directs());
    Set<String> runbooks = new TreeSet<>(known.runbooks().keySet());
    declared.runbooks().forEach(runbook -> runbooks.add(runbook.name()));
    Set<String> configurations = new TreeSet<>(known.configurations());
    configurations.addAll(declared.configurations());
    for (Block block : file.blocks()) {
      Uri uri = block.uri();
      if (uri != null && !block.is("from")) {
        if (uri.scheme().equals("direct")) {
          exists(uri.at(), "direct:", uri.path(), directs, findings);
        } else if (uri.scheme().equals("runbook")) {
          exists(uri.at(), "runbook:", uri.path(), runbooks, findings);
        }
      }
      Node.Text configuration = block.is("route") ? block.text("routeConfigurationId") : null;
      if (configuration != null) {
        exists(
            configuration,
            "routeConfigurationId ",
            configuration.value(),
            configurations,
            findings);
      }
    }
  }

  private static void exists(
      Node at, String kind, String name, Set<String> names, Findings findings) {
    if (!names.contains(name)) {
      findings.add(
          at,
          kind + name,
          names.isEmpty() ? "a name that exists" : Findings.oneOf(names),
          name,
          names);
    }
  }
}
