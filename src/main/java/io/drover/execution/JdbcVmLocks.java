package io.drover.execution;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Locks as rows: the primary key is the lock. */
public final class JdbcVmLocks implements VmLocks {
  private static final String SELECT =
      "SELECT system, ext_id, name, execution, since FROM vm_lock ";

  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcVmLocks(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public boolean tryAcquire(Subject vm, String execution) {
    Instant now = clock.now();
    return Boolean.TRUE.equals(
        writer.now(
            c -> {
              if (c.first(
                      "SELECT id FROM execution WHERE id = ? AND owner = ? AND state <> 'ENDED'",
                      row -> row.getString(1),
                      execution,
                      writer.runner())
                  .isEmpty()) {
                throw new IllegalStateChange(
                    "Execution "
                        + execution
                        + " gets no lock: it has ended, or another process drives it");
              }
              c.update(
                  "INSERT INTO vm_lock (system, ext_id, name, execution, since)"
                      + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                  vm.system(),
                  vm.extId(),
                  Sql.cut(vm.name(), 4_000),
                  execution,
                  Sql.at(now));
              return c.first(
                      "SELECT execution FROM vm_lock WHERE system = ? AND ext_id = ?",
                      row -> row.getString(1),
                      vm.system(),
                      vm.extId())
                  .filter(execution::equals)
                  .isPresent();
            }));
  }

  @Override
  public boolean handOver(String fromExecution, String toExecution) {
    return Boolean.TRUE.equals(
        writer.now(
            c ->
                c.update(
                        "UPDATE vm_lock SET execution = ? WHERE execution = ?"
                            + " AND EXISTS (SELECT 1 FROM execution WHERE id = ? AND state = 'ENDED'"
                            + " AND outcome IN ('NEEDS_HUMAN', 'ROLLBACK_UNPROVEN'))"
                            + " AND EXISTS (SELECT 1 FROM execution WHERE id = ? AND state <> 'ENDED')",
                        toExecution,
                        fromExecution,
                        fromExecution,
                        toExecution)
                    > 0));
  }

  @Override
  public void release(String execution) {
    writer.now(c -> c.update("DELETE FROM vm_lock WHERE execution = ?", execution));
  }

  @Override
  public Optional<Held> holder(String system, String extId) {
    return jdbc.sql(SELECT + "WHERE system = ? AND ext_id = ?")
        .param(system)
        .param(extId)
        .query(JdbcVmLocks::held)
        .optional();
  }

  @Override
  public List<Held> all() {
    return jdbc.sql(SELECT + "ORDER BY since, ext_id").query(JdbcVmLocks::held).list();
  }

  private static Held held(ResultSet row, int number) throws SQLException {
    return new Held(
        new Subject(row.getString("system"), row.getString("ext_id"), row.getString("name")),
        row.getString("execution"),
        Sql.instant(row, "since"));
  }
}
