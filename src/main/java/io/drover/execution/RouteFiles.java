package io.drover.execution;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The texts of operators' route files that were loaded, file by file. */
public interface RouteFiles {

  /** Remembers that a text was loaded now. */
  void loaded(String name, String version, String text, Map<String, String> schemas);

  /** Newest first, without texts that other files had. */
  List<Stored> history(String name);

  Optional<Stored> find(String name, String version);

  /**
   * A text that was loaded.
   *
   * @param version hash of the text and its schemas
   * @param schemas JSON Schemas of the inputs, by runbook
   * @param loadedAt when it was loaded last
   */
  record Stored(
      String name, String version, String text, Map<String, String> schemas, Instant loadedAt) {}
}
