package io.drover.execution;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Artifacts as rows of chunks; never held whole. */
public final class JdbcArtifacts implements Artifacts {
  private static final int CHUNK = 64 * 1024;
  private static final String SELECT =
      "SELECT execution, name, media_type, size, sha256, created_at FROM artifact ";

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final LedgerClock clock;

  public JdbcArtifacts(JdbcClient jdbc, TransactionTemplate transaction, LedgerClock clock) {
    this.jdbc = jdbc;
    this.transaction = transaction;
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
        .param(name)
        .query((row, n) -> artifact(row))
        .optional();
  }

  @Override
  public List<Artifact> of(String execution) {
    return jdbc.sql(SELECT + "WHERE execution = ? ORDER BY name")
        .param(execution)
        .query((row, n) -> artifact(row))
        .list();
  }

  @Override
  public InputStream open(String execution, String name) throws IOException {
    String content =
        jdbc.sql("SELECT content FROM artifact WHERE execution = ? AND name = ?")
            .param(execution)
            .param(name)
            .query(String.class)
            .optional()
            .orElseThrow(
                () -> new IOException("Execution " + execution + " has no artifact " + name));
    return new Reading(content);
  }

  private static Artifact artifact(java.sql.ResultSet row) throws java.sql.SQLException {
    return new Artifact(
        row.getString("execution"),
        row.getString("name"),
        row.getString("media_type"),
        row.getLong("size"),
        row.getString("sha256"),
        Sql.instant(row, "created_at"));
  }

  private final class Writing extends OutputStream {
    private final String execution;
    private final String name;
    private final String mediaType;
    private final String content = UUID.randomUUID().toString();
    private final byte[] buffer = new byte[CHUNK];
    private final MessageDigest digest;
    private int filled;
    private int seq;
    private long size;
    private boolean closed;

    Writing(String execution, String name, String mediaType) {
      this.execution = execution;
      this.name = name;
      this.mediaType = mediaType;
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Every JDK has SHA-256", e);
      }
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
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
      try {
        jdbc.sql("INSERT INTO artifact_chunk (content, seq, bytes) VALUES (?, ?, ?)")
            .param(content)
            .param(seq++)
            .param(chunk)
            .update();
      } catch (DataAccessException e) {
        throw new IOException("Artifact " + name + " cannot be stored", e);
      }
      size += filled;
      filled = 0;
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      if (filled > 0) {
        store();
      }
      transaction.executeWithoutResult(
          status -> {
            jdbc.sql(
                    "DELETE FROM artifact_chunk WHERE content IN (SELECT content FROM artifact WHERE execution = ? AND name = ?)")
                .param(execution)
                .param(name)
                .update();
            jdbc.sql("DELETE FROM artifact WHERE execution = ? AND name = ?")
                .param(execution)
                .param(name)
                .update();
            jdbc.sql(
                    "INSERT INTO artifact (execution, name, media_type, content, size, sha256, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
                .param(execution)
                .param(name)
                .param(mediaType)
                .param(content)
                .param(size)
                .param(HexFormat.of().formatHex(digest.digest()))
                .param(Sql.at(clock.now()))
                .update();
          });
    }
  }

  /** Reads chunk by chunk. */
  private final class Reading extends FilterInputStream {
    private final String content;
    private int seq;

    Reading(String content) {
      super(InputStream.nullInputStream());
      this.content = content;
    }

    private boolean next() {
      Optional<byte[]> chunk =
          jdbc.sql("SELECT bytes FROM artifact_chunk WHERE content = ? AND seq = ?")
              .param(content)
              .param(seq++)
              .query((row, n) -> row.getBytes(1))
              .optional();
      chunk.ifPresent(bytes -> in = new java.io.ByteArrayInputStream(bytes));
      return chunk.isPresent();
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      while (b < 0 && next()) {
        b = in.read();
      }
      return b;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int count = in.read(bytes, from, length);
      while (count < 0 && next()) {
        count = in.read(bytes, from, length);
      }
      return count;
    }
  }
}
