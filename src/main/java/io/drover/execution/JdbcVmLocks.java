package io.drover.execution;

import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Locks as rows: the primary key is the lock. */
public final class JdbcVmLocks implements VmLocks {
  private static final String SELECT =
      "SELECT system, ext_id, name, execution, since FROM vm_lock ";

  private final JdbcClient jdbc;
  private final LedgerClock clock;

  public JdbcVmLocks(JdbcClient jdbc, LedgerClock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  @Override
  public boolean tryAcquire(Subject vm, String execution) {
    jdbc.sql(
            "INSERT INTO vm_lock (system, ext_id, name, execution, since) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .param(vm.system())
        .param(vm.extId())
        .param(Sql.cut(vm.name(), 1000))
        .param(execution)
        .param(Sql.at(clock.now()))
        .update();
    return holder(vm.system(), vm.extId())
        .filter(held -> held.execution().equals(execution))
        .isPresent();
  }

  @Override
  public boolean handOver(String fromExecution, String toExecution) {
    return jdbc.sql("UPDATE vm_lock SET execution = ? WHERE execution = ?")
            .param(toExecution)
            .param(fromExecution)
            .update()
        > 0;
  }

  @Override
  public void release(String execution) {
    jdbc.sql("DELETE FROM vm_lock WHERE execution = ?").param(execution).update();
  }

  @Override
  public Optional<Held> holder(String system, String extId) {
    return jdbc.sql(SELECT + "WHERE system = ? AND ext_id = ?")
        .param(system)
        .param(extId)
        .query((row, n) -> held(row))
        .optional();
  }

  @Override
  public List<Held> all() {
    return jdbc.sql(SELECT + "ORDER BY since").query((row, n) -> held(row)).list();
  }

  private static Held held(java.sql.ResultSet row) throws java.sql.SQLException {
    return new Held(
        new Subject(row.getString("system"), row.getString("ext_id"), row.getString("name")),
        row.getString("execution"),
        Sql.instant(row, "since"));
  }
}
