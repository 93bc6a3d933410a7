package io.drover.catalog;

import java.util.HashMap;
import java.util.Map;

/** A runbook that says it changes nothing may catch up on a missed occurrence: it must be true. */
final class MutatingRule implements Rule {

  @Override
  public String name() {
    return "mutating";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    Map<String, Runbook> runbooks = new HashMap<>(known.runbooks());
    file.declared().runbooks().forEach(runbook -> runbooks.put(runbook.name(), runbook));
    for (Block route : file.routes()) {
      Uri from = RouteFile.from(route);
      if (from == null || !from.scheme().equals("runbook") || RouteFile.runbook(from).mutating()) {
        continue;
      }
      boolean found = false;
      for (Block block : route.all()) {
        Uri uri = block.is("from") ? null : block.uri();
        if (uri == null) {
          continue;
        }
        Kamelet kamelet = uri.scheme().equals("kamelet") ? known.kamelets().get(uri.path()) : null;
        boolean changes =
            kamelet != null
                && kamelet.effect() != Kamelet.Effect.READS
                && kamelet.effect() != Kamelet.Effect.TELLS;
        Runbook runbook = uri.scheme().equals("runbook") ? runbooks.get(uri.path()) : null;
        if (changes || (runbook != null && runbook.mutating())) {
          findings.add(
              uri.at(),
              uri.scheme() + ":" + uri.path() + " in a runbook with mutating=false",
              "only what changes nothing, or no mutating=false");
          found = true;
        }
      }
      if (found) {
        findings.add(
            from.at(), from.whole(), "no mutating=false: something in it changes something");
      }
    }
  }
}
