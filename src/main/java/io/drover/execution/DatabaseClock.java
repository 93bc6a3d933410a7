package io.drover.execution;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * The database's clock: read at the start and now and then, carried on in between by the JVM's
 * monotonic one. Never goes back.
 */
public final class DatabaseClock implements LedgerClock {
  private final DataSource dataSource;
  private final AtomicLong latest = new AtomicLong();
  private volatile Reading reading;

  /**
   * @throws SQLException when the database cannot be read
   */
  public DatabaseClock(DataSource dataSource) throws SQLException {
    this.dataSource = dataSource;
    this.reading = read();
  }

  /** Reads the database's time anew: clocks drift, and a suspended host's monotonic one stops. */
  public void adjust() throws SQLException {
    reading = read();
  }

  @Override
  public Instant now() {
    Reading from = reading;
    Instant now = from.at.plusNanos(System.nanoTime() - from.nanos);
    long micros = latest.accumulateAndGet(ChronoUnit.MICROS.between(Instant.EPOCH, now), Math::max);
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private Reading read() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement time = connection.prepareStatement("SELECT CURRENT_TIMESTAMP")) {
      long before = System.nanoTime();
      try (ResultSet row = time.executeQuery()) {
        row.next();
        long after = System.nanoTime();
        Instant at = row.getObject(1, OffsetDateTime.class).toInstant();
        return new Reading(at.plus(Duration.ofNanos((after - before) / 2)), after);
      }
    }
  }

  private record Reading(Instant at, long nanos) {}
}
