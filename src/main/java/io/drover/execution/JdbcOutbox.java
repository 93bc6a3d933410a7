package io.drover.execution;

import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The outbox as rows. */
public final class JdbcOutbox implements Outbox {
  private final JdbcClient jdbc;

  public JdbcOutbox(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public List<Pending> due(Instant now, int limit) {
    return jdbc.sql(
            "SELECT id, channel, dedup_key, payload, execution, attempts, created_at FROM outbox"
                + " WHERE state = 'WAITING' AND next_try <= ? ORDER BY id LIMIT ?")
        .param(Sql.at(now))
        .param(limit)
        .query(
            (row, n) ->
                new Pending(
                    row.getLong("id"),
                    new OutboxMessage(
                        row.getString("channel"),
                        row.getString("dedup_key"),
                        row.getString("payload"),
                        row.getString("execution")),
                    row.getInt("attempts"),
                    Sql.instant(row, "created_at")))
        .list();
  }

  @Override
  public void delivered(long id) {
    jdbc.sql("UPDATE outbox SET state = 'DELIVERED', attempts = attempts + 1 WHERE id = ?")
        .param(id)
        .update();
  }

  @Override
  public void failed(long id, String error, Instant nextTry) {
    jdbc.sql("UPDATE outbox SET attempts = attempts + 1, last_error = ?, next_try = ? WHERE id = ?")
        .param(Sql.cut(error, 4000))
        .param(Sql.at(nextTry))
        .param(id)
        .update();
  }

  @Override
  public void dropped(long id, String error) {
    jdbc.sql(
            "UPDATE outbox SET state = 'DROPPED', attempts = attempts + 1, last_error = ? WHERE id = ?")
        .param(Sql.cut(error, 4000))
        .param(id)
        .update();
  }

  @Override
  public long waiting() {
    return jdbc.sql("SELECT COUNT(*) FROM outbox WHERE state = 'WAITING'")
        .query(Long.class)
        .single();
  }
}
