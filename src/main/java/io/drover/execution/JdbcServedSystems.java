package io.drover.execution;

import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Served systems as rows. */
public final class JdbcServedSystems implements ServedSystems {
  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcServedSystems(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public void serve(String name, String domainManager) {
    Instant now = clock.now();
    String known =
        writer.now(
            c -> {
              c.update(
                  "INSERT INTO served_system (name, domain_manager, first_seen)"
                      + " VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                  name,
                  Sql.clean(domainManager),
                  Sql.at(now));
              return c.first(
                      "SELECT domain_manager FROM served_system WHERE name = ?",
                      row -> row.getString(1),
                      name)
                  .orElseThrow();
            });
    if (!domainManager.equals(known)) {
      throw new AnotherSystem(name, String.valueOf(known), domainManager);
    }
  }

  @Override
  public boolean forget(String name, String who, String reason) {
    Instant now = clock.now();
    return Boolean.TRUE.equals(
        writer.now(
            c -> {
              int gone = c.update("DELETE FROM served_system WHERE name = ?", Sql.clean(name));
              if (gone == 1) {
                JdbcAudit.insert(c, now, who, "forget-system", name, reason, null);
              }
              return gone == 1;
            }));
  }

  @Override
  public List<Served> all() {
    return jdbc.sql("SELECT name, domain_manager, first_seen FROM served_system ORDER BY name")
        .query(
            (row, n) ->
                new Served(
                    row.getString("name"),
                    row.getString("domain_manager"),
                    Sql.instant(row, "first_seen")))
        .list();
  }
}
