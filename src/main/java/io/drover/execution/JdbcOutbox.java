package io.drover.execution;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The outbox as rows. */
public final class JdbcOutbox implements Outbox {
  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcOutbox(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public List<String> channels(Instant now) {
    return jdbc.sql(
            "SELECT DISTINCT channel FROM outbox WHERE state = 'WAITING' AND next_try <= ?"
                + " ORDER BY channel")
        .param(Sql.at(now))
        .query(String.class)
        .list();
  }

  @Override
  public List<Pending> due(String channel, Instant now, int limit) {
    return jdbc.sql(
            "SELECT id, channel, dedup_key, payload, execution, attempts, created_at FROM outbox"
                + " WHERE state = 'WAITING' AND channel = ? AND next_try <= ?"
                + " ORDER BY id LIMIT ?")
        .param(channel)
        .param(Sql.at(now))
        .param(limit)
        .query(JdbcOutbox::pending)
        .list();
  }

  @Override
  public List<Pending> dueInOrder(String channel, Instant now, int limit) {
    return jdbc.sql(
            "SELECT id, channel, dedup_key, payload, execution, attempts, created_at FROM outbox"
                + " WHERE state = 'WAITING' AND channel = :channel AND id < COALESCE("
                + "(SELECT MIN(id) FROM outbox WHERE state = 'WAITING' AND channel = :channel"
                + " AND next_try > :now), 9223372036854775807)"
                + " ORDER BY id LIMIT :limit")
        .param("channel", channel)
        .param("now", Sql.at(now))
        .param("limit", limit)
        .query(JdbcOutbox::pending)
        .list();
  }

  private static Pending pending(ResultSet row, int number) throws SQLException {
    return new Pending(
        row.getLong("id"),
        new OutboxMessage(
            row.getString("channel"),
            row.getString("dedup_key"),
            row.getString("payload"),
            row.getString("execution")),
        row.getInt("attempts"),
        Sql.instant(row, "created_at"));
  }

  @Override
  public void delivered(long id) {
    Instant now = clock.now();
    writer.now(
        c ->
            c.update(
                "UPDATE outbox SET state = 'DELIVERED', attempts = attempts + 1, settled_at = ?"
                    + " WHERE id = ?",
                Sql.at(now),
                id));
  }

  @Override
  public void failed(long id, String error, Instant nextTry) {
    writer.now(
        c ->
            c.update(
                "UPDATE outbox SET attempts = attempts + 1, last_error = ?, next_try = ?"
                    + " WHERE id = ? AND state = 'WAITING'",
                Sql.cut(error, 4_000),
                Sql.at(nextTry),
                id));
  }

  @Override
  public void dropped(long id, String error) {
    Instant now = clock.now();
    writer.now(
        c ->
            c.update(
                "UPDATE outbox SET state = 'DROPPED', attempts = attempts + 1, last_error = ?,"
                    + " settled_at = ? WHERE id = ? AND state = 'WAITING'",
                Sql.cut(error, 4_000),
                Sql.at(now),
                id));
  }

  @Override
  public long waiting() {
    return jdbc.sql("SELECT COUNT(*) FROM outbox WHERE state = 'WAITING'")
        .query(Long.class)
        .single();
  }
}
