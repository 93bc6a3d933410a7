package io.drover.runtime.doctor;

import io.drover.catalog.Finding;
import io.drover.catalog.LiveRoutes;

/** The operators' route files: what was refused. */
final class RoutesCheck implements SystemCheck {
  private final LiveRoutes routes;

  RoutesCheck(LiveRoutes routes) {
    this.routes = routes;
  }

  @Override
  public String system() {
    return "routes";
  }

  @Override
  public void look(Report report) {
    int live = 0;
    boolean refused = false;
    for (LiveRoutes.State file : routes.all()) {
      if (file.version() != null) {
        live++;
      }
      for (Finding first : file.refused().stream().limit(1).toList()) {
        refused = true;
        String text = file.refused().size() + " findings, the first: " + first.text();
        if (file.version() == null) {
          report.fail(file.name(), "refused: " + text);
        } else {
          report.warn(file.name(), "an earlier text runs: " + text);
        }
      }
    }
    if (!refused) {
      report.ok("files", live + " files of the folder are live");
    }
  }
}
