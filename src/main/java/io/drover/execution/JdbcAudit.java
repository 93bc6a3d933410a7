package io.drover.execution;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The audit as rows that are only ever inserted. */
public final class JdbcAudit implements Audit {
  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcAudit(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public void record(
      String who, String action, String target, @Nullable String detail, @Nullable String from) {
    Instant now = clock.now();
    writer.now(
        c -> {
          insert(c, now, who, action, target, detail, from);
          return null;
        });
  }

  static void insert(
      WriterConnection c,
      Instant now,
      String who,
      String action,
      String target,
      @Nullable String detail,
      @Nullable String from)
      throws SQLException {
    c.update(
        "INSERT INTO audit (at, who, action, target, detail, source) VALUES (?, ?, ?, ?, ?, ?)",
        Sql.at(now),
        Sql.cut(who, 200),
        Sql.cut(action, 200),
        Sql.cut(target, 1_000),
        Sql.cut(detail, 4_000),
        Sql.cut(from, 200));
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
