package io.drover.execution;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The audit as rows that are only ever inserted. */
public final class JdbcAudit implements Audit {
  private final JdbcClient jdbc;
  private final LedgerClock clock;

  public JdbcAudit(JdbcClient jdbc, LedgerClock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  @Override
  public void record(
      String who, String action, String target, @Nullable String detail, @Nullable String from) {
    jdbc.sql(
            "INSERT INTO audit (at, who, action, target, detail, source) VALUES (?, ?, ?, ?, ?, ?)")
        .param(Sql.at(clock.now()))
        .param(Sql.cut(who, 200))
        .param(action)
        .param(Sql.cut(target, 1000))
        .param(Sql.cut(detail, 4000))
        .param(Sql.cut(from, 200))
        .update();
  }

  @Override
  public List<Entry> list(int limit) {
    return jdbc.sql(
            "SELECT at, who, action, target, detail, source FROM audit ORDER BY id DESC LIMIT ?")
        .param(limit)
        .query(
            (row, n) ->
                new Entry(
                    Sql.instant(row, "at"),
                    row.getString("who"),
                    row.getString("action"),
                    row.getString("target"),
                    row.getString("detail"),
                    row.getString("source")))
        .list();
  }
}
