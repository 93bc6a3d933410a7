package io.drover.execution;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Results too large for a step's record, kept with the execution; written and read as streams,
 * never held whole.
 */
public interface Artifacts {

  /**
   * Opens a new artifact for writing; it exists once the stream is closed. The same name of the
   * same execution is replaced, so that an interrupted step may write it again.
   */
  OutputStream create(String execution, String name, String mediaType) throws IOException;

  Optional<Artifact> find(String execution, String name);

  InputStream open(String execution, String name) throws IOException;

  List<Artifact> of(String execution);

  /** A stored artifact; size in bytes, sha256 in lower-case hex. */
  record Artifact(
      String execution,
      String name,
      String mediaType,
      long size,
      String sha256,
      Instant createdAt) {}
}
