package io.drover.api;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import io.drover.access.Caller;
import io.drover.catalog.Finding;
import io.drover.catalog.LiveRoutes;
import io.drover.catalog.Report;
import io.drover.catalog.Waiver;
import io.drover.execution.Audit;
import io.drover.execution.Operations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/routes")
@Tag(name = "Routes", description = "The operators' route files")
class RoutesApi {
  private final LiveRoutes routes;
  private final Audit audit;

  RoutesApi(LiveRoutes routes, Audit audit) {
    this.routes = routes;
    this.audit = audit;
  }

  /**
   * A route file.
   *
   * @param state LIVE: what is in the folder runs; REFUSED: it does not, nor does an earlier text;
   *     OUTDATED: an earlier text runs, since what is in the folder was refused
   * @param version what new executions take
   * @param findings why the text in the folder was refused
   */
  record RouteFileView(
      String name,
      State state,
      @Nullable String version,
      @Nullable Instant since,
      List<String> runbooks,
      List<String> triggers,
      List<Finding> findings,
      List<Waiver> waivers) {

    enum State {
      LIVE,
      REFUSED,
      OUTDATED
    }

    static RouteFileView of(LiveRoutes.State file) {
      State state =
          file.refused().isEmpty()
              ? State.LIVE
              : file.version() == null ? State.REFUSED : State.OUTDATED;
      return new RouteFileView(
          file.name(),
          state,
          file.version(),
          file.since(),
          file.runbooks(),
          file.triggers(),
          file.refused(),
          file.waivers());
    }
  }

  /** The text of a version. */
  record TextView(String name, String version, String text) {}

  /** What differs, in the unified format; empty when nothing does. */
  record DiffView(String name, String from, String to, String diff) {}

  /** A version to go back to. */
  record RollbackRequest(String version) {}

  /**
   * A text to check.
   *
   * @param name as it would be called in the folder; ends in .camel.yaml
   */
  record CheckRequest(String name, String text) {}

  /** What a check found; with no findings the text would be loaded. */
  record CheckView(boolean accepted, List<Finding> findings, List<Waiver> waivers) {}

  @GetMapping
  @Operation(summary = "All route files of the folder by name, refused ones with the findings")
  List<RouteFileView> list() {
    return routes.all().stream().map(RouteFileView::of).toList();
  }

  @GetMapping("/{name}")
  @Operation(summary = "One route file")
  RouteFileView get(@PathVariable String name) {
    return routes
        .find(name)
        .map(RouteFileView::of)
        .orElseThrow(() -> new NoSuchElementException("There is no route file " + name));
  }

  @GetMapping("/{name}/versions")
  @Operation(summary = "The texts of a file that were live, the newest first")
  List<LiveRoutes.Version> versions(@PathVariable String name) {
    List<LiveRoutes.Version> versions = routes.history(name);
    if (versions.isEmpty()) {
      get(name);
    }
    return versions;
  }

  @GetMapping("/{name}/versions/{version}")
  @Operation(summary = "The text of a version that was live")
  TextView version(@PathVariable String name, @PathVariable String version) {
    return new TextView(name, version, text(name, version));
  }

  @GetMapping("/{name}/diff")
  @Operation(
      summary = "What two versions differ in",
      description =
          "From the one before the live one to the live one, when nothing else is asked for.")
  DiffView diff(
      @PathVariable String name,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to) {
    List<LiveRoutes.Version> versions = versions(name);
    String newer = to == null ? live(name, versions) : to;
    String older = from == null ? before(name, newer, versions) : from;
    List<String> olderLines = text(name, older).lines().toList();
    List<String> lines =
        UnifiedDiffUtils.generateUnifiedDiff(
            name + " " + older,
            name + " " + newer,
            olderLines,
            DiffUtils.diff(olderLines, text(name, newer).lines().toList()),
            3);
    return new DiffView(name, older, newer, String.join("\n", lines));
  }

  @PostMapping("/{name}/rollback")
  @Operation(
      summary = "Write an earlier version back into the folder",
      description =
          "It is checked and loaded like any other text, within seconds. 409 when the folder cannot"
              + " be written; then the text goes back where the folder's files come from.")
  ResponseEntity<RouteFileView> rollback(
      @PathVariable String name,
      @RequestBody RollbackRequest request,
      @AuthenticationPrincipal Caller caller,
      HttpServletRequest http) {
    try {
      routes.goBack(name, request.version());
    } catch (IllegalStateException e) {
      throw new Operations.NotPossible(String.valueOf(e.getMessage()));
    }
    audit.record(
        caller.name(), "roll back route file", name, request.version(), http.getRemoteAddr());
    return ResponseEntity.accepted().body(routes.find(name).map(RouteFileView::of).orElse(null));
  }

  @PostMapping("/check")
  @Operation(
      summary = "What is wrong with a text if it came into the folder now; nothing is loaded")
  CheckView check(@RequestBody CheckRequest request) {
    if (!request.name().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,200}\\.camel\\.yaml")) {
      throw new IllegalArgumentException(
          "name: " + request.name() + " (expected: a file name that ends in .camel.yaml)");
    }
    Report report = routes.check(request.name(), request.text().getBytes(StandardCharsets.UTF_8));
    return new CheckView(report.accepted(), report.findings(), report.waivers());
  }

  private String text(String name, String version) {
    return routes
        .text(name, version)
        .orElseThrow(
            () -> new NoSuchElementException("There is no version " + version + " of " + name));
  }

  private static String live(String name, List<LiveRoutes.Version> versions) {
    return versions.stream()
        .filter(LiveRoutes.Version::live)
        .map(LiveRoutes.Version::version)
        .findFirst()
        .or(() -> versions.stream().map(LiveRoutes.Version::version).findFirst())
        .orElseThrow(() -> new NoSuchElementException(name + " was never live"));
  }

  /** The newest that came live before that one; itself when it was the first. */
  private static String before(String name, String version, List<LiveRoutes.Version> versions) {
    boolean found = false;
    for (LiveRoutes.Version one : versions) {
      if (found) {
        return one.version();
      }
      found = one.version().equals(version);
    }
    if (!found) {
      throw new NoSuchElementException("There is no version " + version + " of " + name);
    }
    return version;
  }
}
