package io.drover.execution;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Leases in the ledger. A runner is fenced before its executions are taken: from then on its
 * commits fail.
 */
public final class JdbcOwnership implements Ownership {
  private static final int PARK_AFTER = 3;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final LedgerClock clock;
  private final String runner;
  private final Duration lease;
  private final boolean embedded;

  /**
   * @param embedded the ledger is a file that only one process can open: every other runner in it
   *     is dead
   */
  public JdbcOwnership(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      LedgerClock clock,
      String runner,
      Duration lease,
      boolean embedded) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
    this.runner = runner;
    this.lease = lease;
    this.embedded = embedded;
  }

  @Override
  public String runner() {
    return runner;
  }

  @Override
  public void register() {
    transaction.executeWithoutResult(
        status -> {
          Instant until = clock.now().plus(lease);
          if (jdbc.sql("UPDATE runner SET lease_until = ? WHERE id = ?")
                  .param(Sql.at(until))
                  .param(runner)
                  .update()
              == 0) {
            jdbc.sql("INSERT INTO runner (id, lease_until) VALUES (?, ?)")
                .param(runner)
                .param(Sql.at(until))
                .update();
          }
        });
  }

  @Override
  public List<Execution> takeOver() {
    List<Execution> taken = new ArrayList<>();
    Instant now = clock.now();
    if (jdbc.sql("UPDATE runner SET lease_until = ? WHERE id = ? AND fenced = FALSE")
            .param(Sql.at(now.plus(lease)))
            .param(runner)
            .update()
        == 0) {
      throw new LostOwnership("Runner " + runner + " was fenced off: its lease ran out");
    }
    List<String> dead =
        jdbc.sql(
                "SELECT id FROM runner WHERE id <> :me AND (fenced = TRUE OR lease_until < :now OR :embedded = TRUE)")
            .param("me", runner)
            .param("now", Sql.at(now))
            .param("embedded", embedded)
            .query(String.class)
            .list();
    for (String other : dead) {
      transaction.executeWithoutResult(
          status -> {
            jdbc.sql("UPDATE runner SET fenced = TRUE WHERE id = ?").param(other).update();
            List<String> ids =
                jdbc.sql(
                        "SELECT id FROM execution WHERE owner = ? AND state <> 'ENDED' ORDER BY id FOR UPDATE")
                    .param(other)
                    .query(String.class)
                    .list();
            for (String id : ids) {
              jdbc.sql("UPDATE execution SET owner = ?, epoch = epoch + 1 WHERE id = ?")
                  .param(runner)
                  .param(id)
                  .update();
            }
            jdbc.sql("DELETE FROM runner WHERE id = ?").param(other).update();
          });
    }
    int adopted =
        jdbc.sql(
                "UPDATE execution SET owner = ?, epoch = epoch + 1 WHERE owner IS NULL AND state <> 'ENDED'")
            .param(runner)
            .update();
    if (!dead.isEmpty() || adopted > 0) {
      taken.addAll(
          jdbc.sql(
                  "SELECT "
                      + Sql.EXECUTION_COLUMNS
                      + " FROM execution WHERE owner = ? AND state IN ('RUNNING', 'QUEUED') ORDER BY priority DESC, id")
              .param(runner)
              .query(Sql::execution)
              .list());
    }
    return taken;
  }

  @Override
  public boolean resumeFailed(String execution, String reason) {
    Boolean parked =
        transaction.execute(
            status -> {
              jdbc.sql("UPDATE execution SET resume_failures = resume_failures + 1 WHERE id = ?")
                  .param(execution)
                  .update();
              return jdbc.sql(
                          "UPDATE execution SET state = 'ENDED', outcome = 'NEEDS_HUMAN', reason = ?, ended_at = ?"
                              + " WHERE id = ? AND state <> 'ENDED' AND resume_failures >= ?")
                      .param(Sql.cut("It could not be resumed: " + reason, 4000))
                      .param(Sql.at(clock.now()))
                      .param(execution)
                      .param(PARK_AFTER)
                      .update()
                  == 1;
            });
    return Boolean.TRUE.equals(parked);
  }

  @Override
  public void giveBack() {
    transaction.executeWithoutResult(
        status -> {
          jdbc.sql("UPDATE runner SET fenced = TRUE WHERE id = ?").param(runner).update();
          jdbc.sql("UPDATE execution SET owner = NULL WHERE owner = ? AND state <> 'ENDED'")
              .param(runner)
              .update();
        });
  }
}
