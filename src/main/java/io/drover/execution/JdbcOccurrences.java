package io.drover.execution;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Occurrences as rows: the primary key decides who starts one. */
public final class JdbcOccurrences implements Occurrences {
  private static final String SELECT =
      "SELECT runbook, schedule, fire_time, state, execution, reason FROM occurrence ";

  private final JdbcClient jdbc;

  public JdbcOccurrences(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public boolean claim(Occurrence o) {
    return jdbc.sql(
                "INSERT INTO occurrence (runbook, schedule, fire_time, state, execution, reason) VALUES (?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT DO NOTHING")
            .param(o.runbook())
            .param(o.schedule())
            .param(Sql.at(o.fireTime()))
            .param(o.state().name())
            .param(o.execution())
            .param(Sql.cut(o.reason(), 4000))
            .update()
        == 1;
  }

  @Override
  public void settle(
      String runbook,
      String schedule,
      Instant fireTime,
      State state,
      @Nullable String execution,
      @Nullable String reason) {
    jdbc.sql(
            "UPDATE occurrence SET state = ?, execution = ?, reason = ? WHERE runbook = ? AND schedule = ? AND fire_time = ?")
        .param(state.name())
        .param(execution)
        .param(Sql.cut(reason, 4000))
        .param(runbook)
        .param(schedule)
        .param(Sql.at(fireTime))
        .update();
  }

  @Override
  public Optional<Occurrence> last(String runbook, String schedule) {
    return jdbc.sql(SELECT + "WHERE runbook = ? AND schedule = ? ORDER BY fire_time DESC LIMIT 1")
        .param(runbook)
        .param(schedule)
        .query((row, n) -> occurrence(row))
        .optional();
  }

  @Override
  public List<Occurrence> list(@Nullable String runbook, int limit) {
    return jdbc.sql(
            SELECT
                + (runbook == null ? "" : "WHERE runbook = :runbook ")
                + "ORDER BY fire_time DESC LIMIT :most")
        .param("runbook", runbook)
        .param("most", limit)
        .query((row, n) -> occurrence(row))
        .list();
  }

  private static Occurrence occurrence(java.sql.ResultSet row) throws java.sql.SQLException {
    return new Occurrence(
        row.getString("runbook"),
        row.getString("schedule"),
        Sql.instant(row, "fire_time"),
        State.valueOf(row.getString("state")),
        row.getString("execution"),
        row.getString("reason"));
  }
}
