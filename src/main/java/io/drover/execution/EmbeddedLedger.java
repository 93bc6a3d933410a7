package io.drover.execution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ledger as a file of H2 in one folder: what its address is, and how it is opened and shut. */
final class EmbeddedLedger {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedLedger.class);
  private static final Duration COMPACTING = Duration.ofSeconds(15);
  private static final int DATABASE_ALREADY_OPEN = 90020;

  private final Path folder;

  /**
   * @param folder made when it is missing; may be relative
   */
  EmbeddedLedger(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
    try {
      Files.createDirectories(this.folder);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "drover.data-directory: " + this.folder + " (expected: a folder that can be made)", e);
    }
  }

  Path folder() {
    return folder;
  }

  /**
   * H2 refuses relative paths. WRITE_DELAY=0, because its default loses acknowledged rows when the
   * process is killed; the shutdown hook is off, because it would close the file under the writer.
   */
  String url() {
    return "jdbc:h2:file:"
        + folder.resolve("ledger")
        + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;WRITE_DELAY=0"
        + ";DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=10000";
  }

  /** Why the file could not be opened, in a word that an operator can act on. */
  RuntimeException refusal(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getErrorCode() == DATABASE_ALREADY_OPEN) {
        return new LedgerInUse(folder, failure);
      }
    }
    return new IllegalStateException(
        "The ledger in " + folder + " cannot be opened: " + failure.getMessage(), failure);
  }

  /** A planned stop: H2 gives back the room that many small commits took. Takes at most 15 s. */
  void shutDown(DataSource dataSource) {
    Thread compacting =
        new Thread(
            () -> {
              try {
                Connection connection = dataSource.getConnection();
                try (Statement shutdown = connection.createStatement()) {
                  shutdown.execute("SHUTDOWN COMPACT");
                } finally {
                  connection.unwrap(Connection.class).close(); // the pool would ask a closed one
                }
              } catch (SQLException e) {
                LOG.warn("The ledger was not compacted; nothing is lost by that", e);
              }
            },
            "ledger-compacting");
    compacting.setDaemon(true);
    compacting.start();
    try {
      compacting.join(COMPACTING.toMillis());
      if (compacting.isAlive()) {
        LOG.warn("Compacting the ledger takes longer than {}; left as it is", COMPACTING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
