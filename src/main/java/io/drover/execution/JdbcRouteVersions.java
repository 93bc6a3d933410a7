package io.drover.execution;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Loaded versions as rows. */
public final class JdbcRouteVersions implements RouteVersions {
  private static final String SELECT =
      "SELECT runbook, version, file_name, text, schema, loaded_at FROM route_version v ";

  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcRouteVersions(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public void remember(
      String runbook, String version, String fileName, String text, String schema) {
    Instant now = clock.now();
    writer.now(
        c ->
            c.update(
                "INSERT INTO route_version (runbook, version, file_name, text, schema, loaded_at)"
                    + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                runbook,
                version,
                fileName,
                text,
                schema,
                Sql.at(now)));
  }

  @Override
  public Optional<RouteVersion> find(String runbook, String version) {
    return jdbc.sql(SELECT + "WHERE runbook = ? AND version = ?")
        .param(runbook)
        .param(version)
        .query(JdbcRouteVersions::version)
        .optional();
  }

  @Override
  public List<RouteVersion> open() {
    return jdbc.sql(
            SELECT
                + "WHERE EXISTS (SELECT 1 FROM execution e WHERE e.runbook = v.runbook"
                + " AND e.version = v.version AND e.state IN ('QUEUED', 'RUNNING', 'WAITING'))"
                + " ORDER BY loaded_at")
        .query(JdbcRouteVersions::version)
        .list();
  }

  private static RouteVersion version(ResultSet row, int number) throws SQLException {
    return new RouteVersion(
        row.getString("runbook"),
        row.getString("version"),
        row.getString("file_name"),
        row.getString("text"),
        row.getString("schema"),
        Sql.instant(row, "loaded_at"));
  }
}
