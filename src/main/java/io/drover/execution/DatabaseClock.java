package io.drover.execution;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import javax.sql.DataSource;

/**
 * The database's clock, read at every heartbeat and carried on by the JVM's monotonic one in
 * between.
 */
public final class DatabaseClock implements LedgerClock {
  private final DataSource dataSource;
  private volatile Reading reading;

  public DatabaseClock(DataSource dataSource) throws SQLException {
    this.dataSource = dataSource;
    this.reading = read();
  }

  /** Reads the database's time anew. */
  public void adjust() throws SQLException {
    reading = read();
  }

  @Override
  public Instant now() {
    Reading last = reading;
    return last.at.plusNanos(System.nanoTime() - last.nanos).truncatedTo(ChronoUnit.MICROS);
  }

  private Reading read() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      long before = System.nanoTime();
      try (ResultSet row = statement.executeQuery("SELECT CURRENT_TIMESTAMP")) {
        row.next();
        long after = System.nanoTime();
        Instant at = row.getObject(1, OffsetDateTime.class).toInstant();
        return new Reading(at.plus(Duration.ofNanos((after - before) / 2)), after);
      }
    }
  }

  private record Reading(Instant at, long nanos) {}
}
