package io.drover.execution;

import io.drover.approval.ApprovalMessages;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What Slack knows of questions, as rows. */
public final class JdbcApprovalMessages implements ApprovalMessages {
  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcApprovalMessages(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public Optional<Posted> find(String approval) {
    return jdbc.sql("SELECT channel, ts FROM slack_approval WHERE approval = ?")
        .param(approval)
        .query((row, number) -> new Posted(row.getString(1), row.getString(2)))
        .optional();
  }

  @Override
  public void posted(String approval, Posted where) {
    Instant now = clock.now();
    writer.now(
        c ->
            c.update(
                "INSERT INTO slack_approval (approval, channel, ts, posted_at) VALUES (?, ?, ?, ?)"
                    + " ON CONFLICT DO NOTHING",
                approval,
                Sql.cut(where.channel(), 200),
                Sql.cut(where.ts(), 200),
                Sql.at(now)));
  }

  @Override
  public boolean take(String signature, Instant forget) {
    Instant now = clock.now();
    Integer rows =
        writer.now(
            c -> {
              c.update("DELETE FROM slack_press WHERE at < ?", Sql.at(forget));
              return c.update(
                  "INSERT INTO slack_press (signature, at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                  Sql.cut(signature, 200),
                  Sql.at(now));
            });
    return rows != null && rows == 1;
  }
}
