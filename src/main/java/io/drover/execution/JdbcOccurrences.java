package io.drover.execution;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Occurrences as rows: the primary key decides who starts one. */
public final class JdbcOccurrences implements Occurrences {
  private static final String SELECT =
      "SELECT runbook, schedule, fire_time, state, execution, reason FROM occurrence ";

  private final JdbcClient jdbc;
  private final LedgerWriter writer;

  JdbcOccurrences(JdbcClient jdbc, LedgerWriter writer) {
    this.jdbc = jdbc;
    this.writer = writer;
  }

  @Override
  public boolean claim(Occurrence o) {
    return Boolean.TRUE.equals(
        writer.now(
            c ->
                c.update(
                        "INSERT INTO occurrence (runbook, schedule, fire_time, state, execution,"
                            + " reason) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        o.runbook(),
                        o.schedule(),
                        time(o.fireTime()),
                        o.state().name(),
                        o.execution(),
                        Sql.cut(o.reason(), 4_000))
                    == 1));
  }

  @Override
  public void settle(
      String runbook,
      String schedule,
      Instant fireTime,
      State state,
      @Nullable String execution,
      @Nullable String reason) {
    writer.now(
        c ->
            c.update(
                "UPDATE occurrence SET state = ?, execution = ?, reason = ?"
                    + " WHERE runbook = ? AND schedule = ? AND fire_time = ?",
                state.name(),
                execution,
                Sql.cut(reason, 4_000),
                runbook,
                schedule,
                time(fireTime)));
  }

  /** Columns hold microseconds; a finer time would never be found again. */
  private static @Nullable Object time(Instant fireTime) {
    return Sql.at(fireTime.truncatedTo(ChronoUnit.MICROS));
  }

  @Override
  public Optional<Occurrence> last(String runbook, String schedule) {
    return jdbc.sql(SELECT + "WHERE runbook = ? AND schedule = ? ORDER BY fire_time DESC LIMIT 1")
        .param(runbook)
        .param(schedule)
        .query(JdbcOccurrences::occurrence)
        .optional();
  }

  @Override
  public List<Occurrence> list(@Nullable String runbook, int limit) {
    if (runbook == null) {
      return jdbc.sql(SELECT + "ORDER BY fire_time DESC LIMIT ?")
          .param(limit)
          .query(JdbcOccurrences::occurrence)
          .list();
    }
    return jdbc.sql(SELECT + "WHERE runbook = ? ORDER BY fire_time DESC LIMIT ?")
        .param(runbook)
        .param(limit)
        .query(JdbcOccurrences::occurrence)
        .list();
  }

  private static Occurrence occurrence(ResultSet row, int number) throws SQLException {
    return new Occurrence(
        row.getString("runbook"),
        row.getString("schedule"),
        Sql.instant(row, "fire_time"),
        State.valueOf(row.getString("state")),
        row.getString("execution"),
        row.getString("reason"));
  }
}
