package io.drover.execution;

import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A ledger on a migrated database, put together without Spring; one for each process that a test
 * plays.
 */
public record OpenLedger(
    LedgerClock clock,
    Ownership ownership,
    Journal journal,
    Executions executions,
    RouteVersions routeVersions,
    AutoCloseable writer)
    implements AutoCloseable {

  /** Opens it as an embedded one: whoever had it before is dead. */
  public static OpenLedger on(DataSource dataSource) throws SQLException {
    return on(dataSource, false);
  }

  /**
   * As {@link #on(DataSource)}.
   *
   * @param checkpoint whether each commit is forced to the disk, as in production
   */
  public static OpenLedger on(DataSource dataSource, boolean checkpoint) throws SQLException {
    JdbcClient jdbc = JdbcClient.create(dataSource);
    DatabaseClock clock = new DatabaseClock(dataSource);
    LedgerWriter writer = new LedgerWriter(dataSource, UUID.randomUUID().toString(), checkpoint);
    JdbcOwnership ownership = new JdbcOwnership(jdbc, writer, clock, Duration.ofSeconds(30), true);
    ownership.register();
    return new OpenLedger(
        clock,
        ownership,
        new JdbcJournal(writer, clock),
        new JdbcExecutions(jdbc, writer, clock),
        new JdbcRouteVersions(jdbc, writer, clock),
        writer);
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (Exception e) {
      throw new IllegalStateException("The ledger's writer did not stop", e);
    }
  }
}
