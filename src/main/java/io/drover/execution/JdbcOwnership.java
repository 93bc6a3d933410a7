package io.drover.execution;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Leases in the ledger. A runner is fenced in the transaction that takes its executions: from then
 * on none of its commits succeeds.
 */
public final class JdbcOwnership implements Ownership {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcOwnership.class);
  private static final int PARK_AFTER = 3;
  private static final Duration REMEMBERED = Duration.ofDays(30);

  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;
  private final Duration lease;
  private final boolean embedded;
  private @Nullable Instant prolongAt;
  private boolean givenBack;

  /**
   * @param lease how long this runner may be silent before another one takes over
   * @param embedded the ledger is a file that only one process can open: every other runner in it
   *     is dead
   */
  JdbcOwnership(
      JdbcClient jdbc, LedgerWriter writer, LedgerClock clock, Duration lease, boolean embedded) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
    this.lease = lease;
    this.embedded = embedded;
  }

  @Override
  public String runner() {
    return writer.runner();
  }

  @Override
  public synchronized void register() {
    if (prolongAt != null) {
      return;
    }
    Instant now = clock.now();
    // Not by the writer: it writes nothing for a runner that has no row.
    jdbc.sql("INSERT INTO runner (id, host, started_at, lease_until) VALUES (?, ?, ?, ?)")
        .param(runner())
        .param(host())
        .param(Sql.at(now))
        .param(Sql.at(now.plus(lease)))
        .update();
    prolongAt = now.plus(lease.dividedBy(3));
    writer.now(
        c ->
            c.update(
                "DELETE FROM runner WHERE fenced_at < ?"
                    + " AND id NOT IN (SELECT owner FROM execution WHERE owner IS NOT NULL)",
                Sql.at(now.minus(REMEMBERED))));
  }

  @Override
  public synchronized List<Execution> takeOver() {
    Instant now = clock.now();
    prolong(now);
    List<String> dead =
        jdbc.sql(
                "SELECT id FROM runner WHERE id <> :me AND fenced_at IS NULL"
                    + " AND (lease_until < :now OR :embedded = TRUE)")
            .param("me", runner())
            .param("now", Sql.at(now))
            .param("embedded", embedded)
            .query(String.class)
            .list();
    List<Execution> ours = new ArrayList<>();
    for (String other : dead) {
      List<Execution> taken = writer.now(c -> takeOver(c, other, now));
      if (taken != null && !taken.isEmpty()) {
        LOG.info("Took over {} executions of runner {}", taken.size(), other);
        ours.addAll(taken);
      }
    }
    return ours;
  }

  private void prolong(Instant now) {
    if (embedded || (prolongAt != null && now.isBefore(prolongAt))) {
      return;
    }
    // The writer refuses with LostOwnership when this runner was fenced off meanwhile.
    writer.now(
        c ->
            c.update(
                "UPDATE runner SET lease_until = ? WHERE id = ?",
                Sql.at(now.plus(lease)),
                runner()));
    prolongAt = now.plus(lease.dividedBy(3));
  }

  /** Null when another runner was quicker, or the other one is alive again. */
  private @Nullable List<Execution> takeOver(WriterConnection c, String other, Instant now)
      throws SQLException {
    int fenced =
        c.update(
            "UPDATE runner SET fenced_at = ?, fenced_by = ? WHERE id = ? AND fenced_at IS NULL"
                + (embedded ? "" : " AND lease_until < ?"),
            embedded
                ? new @Nullable Object[] {Sql.at(now), runner(), other}
                : new @Nullable Object[] {Sql.at(now), runner(), other, Sql.at(now)});
    if (fenced == 0) {
      return null;
    }
    // A waiting one was claimed and not yet driven; its time wakes it again.
    c.update(
        "UPDATE execution SET owner = NULL, epoch = epoch + 1"
            + " WHERE owner = ? AND state = 'WAITING'",
        other);
    List<String> ids =
        c.list(
            "SELECT id FROM execution WHERE owner = ? AND state IN ('QUEUED', 'RUNNING')"
                + " ORDER BY priority DESC, id",
            row -> row.getString(1),
            other);
    c.update(
        "UPDATE execution SET owner = ?, epoch = epoch + 1"
            + " WHERE owner = ? AND state IN ('QUEUED', 'RUNNING')",
        runner(),
        other);
    c.update(
        "DELETE FROM artifact_chunk WHERE writer = ?"
            + " AND content NOT IN (SELECT content FROM artifact)",
        other);
    List<Execution> taken = new ArrayList<>();
    for (String id : ids) {
      c.first(Sql.SELECT_EXECUTION + "WHERE id = ?", row -> Sql.execution(row, 0), id)
          .ifPresent(taken::add);
    }
    return taken;
  }

  @Override
  public boolean resumeFailed(String execution, String reason, OutboxMessage... messages) {
    Instant now = clock.now();
    return Boolean.TRUE.equals(
        writer.now(
            c -> {
              c.update(
                  "UPDATE execution SET resume_failures = resume_failures + 1"
                      + " WHERE id = ? AND state <> 'ENDED'",
                  execution);
              int parked =
                  c.update(
                      "UPDATE execution SET state = 'ENDED', outcome = 'NEEDS_HUMAN', reason = ?,"
                          + " ended_at = ?, owner = NULL, wake_at = NULL, waiting_for = NULL"
                          + " WHERE id = ? AND state <> 'ENDED' AND resume_failures >= ?",
                      Sql.cut(reason, 4_000),
                      Sql.at(now),
                      execution,
                      PARK_AFTER);
              if (parked == 1) {
                for (OutboxMessage message : messages) {
                  JdbcJournal.insert(c, message, now);
                }
              }
              return parked == 1;
            }));
  }

  @Override
  public synchronized void giveBack() {
    if (givenBack || prolongAt == null) {
      return;
    }
    givenBack = true;
    Instant now = clock.now();
    try {
      writer.now(
          c -> {
            c.update(
                "UPDATE execution SET owner = NULL, epoch = epoch + 1,"
                    + " state = CASE WHEN state = 'RUNNING' THEN 'QUEUED' ELSE state END"
                    + " WHERE owner = ? AND state <> 'ENDED'",
                runner());
            return c.update(
                "UPDATE runner SET fenced_at = ?, fenced_by = ? WHERE id = ?",
                Sql.at(now),
                runner(),
                runner());
          });
    } catch (LostOwnership lost) {
      LOG.info("Nothing to give back: {}", lost.getMessage());
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
