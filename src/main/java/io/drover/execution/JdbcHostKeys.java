package io.drover.execution;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Accepted host keys as rows. */
public final class JdbcHostKeys implements HostKeys {
  private static final String SELECT =
      "SELECT system, address, fingerprint, accepted_by, accepted_at FROM host_key ";

  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcHostKeys(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public Optional<HostKey> find(String system, String address) {
    return jdbc.sql(SELECT + "WHERE system = ? AND address = ?")
        .param(Sql.clean(system))
        .param(Sql.clean(address))
        .query(JdbcHostKeys::key)
        .optional();
  }

  @Override
  public void accept(String system, String address, String fingerprint, String who) {
    Instant now = clock.now();
    writer.now(
        c -> {
          int replaced =
              c.update(
                  "DELETE FROM host_key WHERE system = ? AND address = ?",
                  Sql.clean(system),
                  Sql.clean(address));
          c.update(
              "INSERT INTO host_key (system, address, fingerprint, accepted_by, accepted_at)"
                  + " VALUES (?, ?, ?, ?, ?)",
              Sql.clean(system),
              Sql.clean(address),
              Sql.clean(fingerprint),
              Sql.cut(who, 200),
              Sql.at(now));
          JdbcAudit.insert(
              c,
              now,
              who,
              replaced == 0 ? "accept-host-key" : "replace-host-key",
              system + "/" + address,
              fingerprint,
              null);
          return null;
        });
  }

  @Override
  public boolean forget(String system, String address, String who) {
    Instant now = clock.now();
    return Boolean.TRUE.equals(
        writer.now(
            c -> {
              int gone =
                  c.update(
                      "DELETE FROM host_key WHERE system = ? AND address = ?",
                      Sql.clean(system),
                      Sql.clean(address));
              if (gone == 1) {
                JdbcAudit.insert(
                    c, now, who, "forget-host-key", system + "/" + address, null, null);
              }
              return gone == 1;
            }));
  }

  @Override
  public List<HostKey> all() {
    return jdbc.sql(SELECT + "ORDER BY system, address").query(JdbcHostKeys::key).list();
  }

  private static HostKey key(ResultSet row, int number) throws SQLException {
    return new HostKey(
        row.getString("system"),
        row.getString("address"),
        row.getString("fingerprint"),
        row.getString("accepted_by"),
        Sql.instant(row, "accepted_at"));
  }
}
