package io.drover.catalog;

/** Two routes of one id: the second silently takes the first one's place. Ours are not replaced. */
final class OwnNamesRule implements Rule {

  @Override
  public String name() {
    return "own-names";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    if (findings.trust() != Trust.OPERATOR) {
      return;
    }
    Known.Shipped shipped = known.shipped();
    if (file.name().chars().anyMatch(c -> c < ' ' || c == 0x7F || c == '/' || c == '\\')) {
      findings.add(Place.START, "the file name " + file.name(), "a name of printable characters");
    }
    if (shipped.files().contains(file.name())) {
      findings.add(Place.START, "the file name " + file.name(), "a name that Drover does not ship");
    }
    for (Block route : file.routes()) {
      Node.Text id = route.text("id");
      if (id != null && shipped.routes().contains(id.value())) {
        findings.add(id, "route " + id.value(), "an id that no other file has");
      }
      Uri from = RouteFile.from(route);
      if (from == null) {
        continue;
      }
      boolean taken =
          switch (from.scheme()) {
            case "runbook" -> shipped.runbooks().contains(from.path());
            case "direct" -> known.directs().contains(from.path());
            case "platform-http" -> shipped.paths().contains(RouteFile.address(from));
            case "quartz" -> shipped.schedules().contains("quartz:" + from.path());
            default -> false;
          };
      if (taken) {
        findings.add(from.at(), from.whole(), "a name that is not taken");
      }
      for (Block block : route.all()) {
        Uri uri = block.is("from") ? null : block.uri();
        Uri.Option schedule = uri == null ? null : uri.option("schedule");
        if (uri != null
            && schedule != null
            && shipped
                .schedules()
                .contains("runbook:" + uri.path() + "?schedule=" + schedule.value())) {
          findings.add(
              schedule.at(),
              "schedule " + schedule.value() + " of " + uri.path(),
              "a name that is not taken: the ledger counts occurrences by it");
        }
      }
    }
  }
}
