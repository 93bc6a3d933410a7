package io.drover.execution;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Copies and prunes by SQL. */
final class JdbcLedgerCare implements LedgerCare {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  /** Trees that are deleted by one commit: others write in between. */
  private static final int AT_ONCE = 50;

  private static final String OLD_ROOTS =
      """
      SELECT r.id FROM execution r
      WHERE r.parent IS NULL AND r.state = 'ENDED' AND r.ended_at < ? AND r.id > ?
        AND NOT EXISTS (
          SELECT 1 FROM execution e LEFT JOIN vm_lock l ON l.execution = e.id
          WHERE e.root = r.id
            AND (e.state <> 'ENDED' OR l.execution IS NOT NULL
              OR (e.outcome IN ('NEEDS_HUMAN', 'ROLLBACK_UNPROVEN') AND e.resolution IS NULL)))
      ORDER BY r.id LIMIT\s"""
          + AT_ONCE;

  private static final String TREE = "(SELECT id FROM execution WHERE root = ?)";

  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;
  private final @Nullable Path backups;

  /**
   * @param backups where copies go; null when the ledger is not embedded
   */
  JdbcLedgerCare(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, @Nullable Path backups) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
    this.backups = backups;
  }

  @Override
  public Backup backup() {
    if (backups == null) {
      throw new Operations.NotPossible(
          "The ledger is in a database of its own; use that database's backups");
    }
    try {
      Files.createDirectories(backups);
      Path file = backups.resolve("ledger-" + NAME.format(clock.now()) + ".zip");
      // For its owner only, before there is anything in it.
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      jdbc.sql("BACKUP TO '" + file.toString().replace("'", "''") + "'").update();
      return new Backup(file.toString(), Files.size(file), sha256(file));
    } catch (IOException e) {
      throw new UncheckedIOException("The backup cannot be written into " + backups, e);
    }
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream digest =
            new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
      digest.transferTo(java.io.OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  @Override
  public Pruned prune(Instant before, boolean dryRun) {
    Pruned all = new Pruned(0, 0, 0, 0, !dryRun);
    String after = "";
    while (true) {
      List<String> roots =
          jdbc.sql(OLD_ROOTS).param(Sql.at(before)).param(after).query(String.class).list();
      if (roots.isEmpty()) {
        return all;
      }
      after = roots.get(roots.size() - 1);
      for (String root : roots) {
        all = all.plus(dryRun ? count(root) : delete(root));
      }
    }
  }

  private Pruned count(String root) {
    return new Pruned(
        number("execution WHERE root = ?", root),
        number("step WHERE execution IN " + TREE, root),
        number("effect WHERE execution IN " + TREE, root),
        number("artifact WHERE execution IN " + TREE, root),
        false);
  }

  private long number(String of, String root) {
    return jdbc.sql("SELECT COUNT(*) FROM " + of).param(root).query(Long.class).single();
  }

  private Pruned delete(String root) {
    Pruned deleted = writer.now(c -> delete(c, root));
    return deleted == null ? new Pruned(0, 0, 0, 0, true) : deleted;
  }

  private static Pruned delete(WriterConnection c, String root) throws SQLException {
    List<String> statements = new ArrayList<>();
    statements.add(
        "DELETE FROM slack_approval WHERE approval IN (SELECT id FROM approval WHERE execution IN "
            + TREE
            + ")");
    statements.add(
        "DELETE FROM decision WHERE approval IN (SELECT id FROM approval WHERE execution IN "
            + TREE
            + ")");
    statements.add("DELETE FROM approval WHERE execution IN " + TREE);
    statements.add("DELETE FROM wave_vm WHERE execution IN " + TREE);
    statements.add("DELETE FROM outbox WHERE state <> 'WAITING' AND execution IN " + TREE);
    statements.add("DELETE FROM idempotency WHERE execution IN " + TREE);
    statements.add(
        "DELETE FROM artifact_chunk WHERE content IN (SELECT content FROM artifact WHERE execution"
            + " IN "
            + TREE
            + ")");
    for (String statement : statements) {
      c.update(statement, root);
    }
    long artifacts = c.update("DELETE FROM artifact WHERE execution IN " + TREE, root);
    long steps = c.update("DELETE FROM step WHERE execution IN " + TREE, root);
    long effects = c.update("DELETE FROM effect WHERE execution IN " + TREE, root);
    long executions = c.update("DELETE FROM execution WHERE root = ?", root);
    return new Pruned(executions, steps, effects, artifacts, true);
  }
}
