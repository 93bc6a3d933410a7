package io.drover.execution;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Artifacts as rows of 64 KiB; at most one such chunk is held. */
public final class JdbcArtifacts implements Artifacts {
  private static final int CHUNK = 64 * 1024;
  private static final String SELECT =
      "SELECT execution, name, media_type, size, sha256, created_at FROM artifact ";

  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcArtifacts(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public OutputStream create(String execution, String name, String mediaType) {
    return new Writing(execution, name, mediaType);
  }

  @Override
  public Optional<Artifact> find(String execution, String name) {
    return jdbc.sql(SELECT + "WHERE execution = ? AND name = ?")
        .param(execution)
        .param(Sql.clean(name))
        .query(JdbcArtifacts::artifact)
        .optional();
  }

  @Override
  public List<Artifact> of(String execution) {
    return jdbc.sql(SELECT + "WHERE execution = ? ORDER BY name")
        .param(execution)
        .query(JdbcArtifacts::artifact)
        .list();
  }

  @Override
  public InputStream open(String execution, String name) throws IOException {
    return jdbc.sql("SELECT content, size FROM artifact WHERE execution = ? AND name = ?")
        .param(execution)
        .param(Sql.clean(name))
        .query((row, n) -> new Reading(row.getString(1), row.getLong(2), name))
        .optional()
        .orElseThrow(() -> new IOException("Execution " + execution + " has no artifact " + name));
  }

  private static Artifact artifact(ResultSet row, int number) throws SQLException {
    return new Artifact(
        row.getString("execution"),
        row.getString("name"),
        row.getString("media_type"),
        row.getLong("size"),
        row.getString("sha256"),
        Sql.instant(row, "created_at"));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private final class Writing extends OutputStream {
    private final String execution;
    private final String name;
    private final String mediaType;
    private final String content = UUID.randomUUID().toString();
    private final byte[] buffer = new byte[CHUNK];
    private final MessageDigest digest = sha256();
    private int filled;
    private int seq;
    private long size;
    private boolean broken;
    private boolean closed;

    Writing(String execution, String name, String mediaType) {
      this.execution = execution;
      this.name = String.valueOf(Sql.clean(name));
      this.mediaType = String.valueOf(Sql.clean(mediaType));
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (closed) {
        throw new IOException("Artifact " + name + " is closed");
      }
      int at = from;
      int left = length;
      while (left > 0) {
        int part = Math.min(left, CHUNK - filled);
        System.arraycopy(bytes, at, buffer, filled, part);
        filled += part;
        at += part;
        left -= part;
        if (filled == CHUNK) {
          store();
        }
      }
    }

    private void store() throws IOException {
      byte[] chunk = Arrays.copyOf(buffer, filled);
      digest.update(chunk);
      int number = seq++;
      try {
        writer.now(
            c ->
                c.update(
                    "INSERT INTO artifact_chunk (content, seq, writer, bytes) VALUES (?, ?, ?, ?)",
                    content,
                    number,
                    writer.runner(),
                    chunk));
      } catch (RuntimeException e) {
        broken = true;
        throw new IOException("Artifact " + name + " cannot be stored", e);
      }
      size += filled;
      filled = 0;
    }

    /** Makes it visible, in the place of an earlier one; unless a part of it was not stored. */
    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      if (broken) {
        return;
      }
      if (filled > 0) {
        store();
      }
      Instant now = clock.now();
      String sha256 = HexFormat.of().formatHex(digest.digest());
      try {
        writer.now(
            c -> {
              c.update(
                  "DELETE FROM artifact_chunk WHERE content IN"
                      + " (SELECT content FROM artifact WHERE execution = ? AND name = ?)",
                  execution,
                  name);
              c.update("DELETE FROM artifact WHERE execution = ? AND name = ?", execution, name);
              return c.update(
                  "INSERT INTO artifact (execution, name, media_type, content, size, sha256,"
                      + " created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                  execution,
                  name,
                  mediaType,
                  content,
                  size,
                  sha256,
                  Sql.at(now));
            });
      } catch (RuntimeException e) {
        throw new IOException("Artifact " + name + " cannot be stored", e);
      }
    }
  }

  /** Reads chunk by chunk. */
  private final class Reading extends InputStream {
    private final String content;
    private final String name;
    private long left;
    private ByteArrayInputStream chunk = new ByteArrayInputStream(new byte[0]);
    private int seq;

    Reading(String content, long size, String name) {
      this.content = content;
      this.left = size;
      this.name = name;
    }

    /** False at the end. */
    private boolean more() throws IOException {
      if (chunk.available() > 0) {
        return true;
      }
      if (left == 0) {
        return false;
      }
      byte[] bytes =
          jdbc.sql("SELECT bytes FROM artifact_chunk WHERE content = ? AND seq = ?")
              .param(content)
              .param(seq++)
              .query((row, n) -> row.getBytes(1))
              .optional()
              .orElseThrow(
                  () -> new IOException("Artifact " + name + " was replaced while it was read"));
      left -= bytes.length;
      chunk = new ByteArrayInputStream(bytes);
      return true;
    }

    @Override
    public int read() throws IOException {
      return more() ? chunk.read() : -1;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      return more() ? chunk.read(bytes, from, length) : -1;
    }
  }
}
