package io.drover.execution;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The texts of runbooks that were loaded: an execution ends on the version it began with. */
public interface RouteVersions {

  /** Remembers a version; the same one again changes nothing. */
  void remember(String runbook, String version, String fileName, String text, String schema);

  Optional<RouteVersion> find(String runbook, String version);

  /** Versions on which an execution is still open. */
  List<RouteVersion> open();

  /**
   * A runbook's file as it was loaded.
   *
   * @param version hash of the text
   * @param schema JSON Schema of its inputs
   */
  record RouteVersion(
      String runbook,
      String version,
      String fileName,
      String text,
      String schema,
      Instant loadedAt) {}
}
