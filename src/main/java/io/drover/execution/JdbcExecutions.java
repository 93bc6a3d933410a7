package io.drover.execution;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Reads executions, and writes what operators ask of them. */
public final class JdbcExecutions implements Executions {
  private static final String SELECT = "SELECT " + Sql.EXECUTION_COLUMNS + " FROM execution ";

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final LedgerClock clock;
  private final String runner;

  public JdbcExecutions(
      JdbcClient jdbc, TransactionTemplate transaction, LedgerClock clock, String runner) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
    this.runner = runner;
  }

  @Override
  public Optional<Execution> find(String id) {
    return jdbc.sql(SELECT + "WHERE id = ?").param(id).query(Sql::execution).optional();
  }

  @Override
  public Optional<Execution> child(String parent, String key) {
    return jdbc.sql(SELECT + "WHERE parent = ? AND child_key = ?")
        .param(parent)
        .param(key)
        .query(Sql::execution)
        .optional();
  }

  @Override
  public List<Execution> children(String parent) {
    return jdbc.sql(SELECT + "WHERE parent = ? ORDER BY id")
        .param(parent)
        .query(Sql::execution)
        .list();
  }

  @Override
  public Page list(Filter filter, @Nullable String cursor, int limit) {
    List<String> where = new ArrayList<>();
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    and(where, values, "runbook = :runbook", "runbook", filter.runbook());
    and(
        where,
        values,
        "state = :state",
        "state",
        filter.state() == null ? null : filter.state().name());
    and(
        where,
        values,
        "outcome = :outcome",
        "outcome",
        filter.outcome() == null ? null : filter.outcome().name());
    and(where, values, "requester = :requester", "requester", filter.requester());
    and(where, values, "subject_ext_id = :vm", "vm", filter.vmExtId());
    and(where, values, "created_at >= :from", "from", Sql.at(filter.createdFrom()));
    and(where, values, "created_at < :before", "before", Sql.at(filter.createdBefore()));
    and(where, values, "id < :cursor", "cursor", cursor);
    if (filter.topLevelOnly()) {
      where.add("parent IS NULL");
    }
    if (filter.needsHuman()) {
      where.add("outcome IN ('NEEDS_HUMAN', 'ROLLBACK_UNPROVEN') AND resolution IS NULL");
    }
    values.put("most", limit + 1);
    List<Execution> rows =
        new ArrayList<>(
            jdbc.sql(
                    SELECT
                        + (where.isEmpty() ? "" : "WHERE " + String.join(" AND ", where))
                        + " ORDER BY id DESC LIMIT :most")
                .params(values)
                .query(Sql::execution)
                .list());
    String next = null;
    if (rows.size() > limit) {
      rows.remove(limit);
      next = rows.get(limit - 1).id();
    }
    return new Page(rows, next);
  }

  private static void and(
      List<String> where,
      Map<String, @Nullable Object> values,
      String condition,
      String name,
      @Nullable Object value) {
    if (value != null) {
      where.add(condition);
      values.put(name, value);
    }
  }

  @Override
  public List<StepRecord> steps(String execution) {
    return jdbc.sql("SELECT " + Sql.STEP_COLUMNS + " FROM step WHERE execution = ? ORDER BY seq")
        .param(execution)
        .query(Sql::step)
        .list();
  }

  @Override
  public List<Effect> effects(String execution) {
    return jdbc.sql(
            "SELECT "
                + Sql.EFFECT_COLUMNS
                + " FROM effect WHERE execution = ? ORDER BY journaled_at, ordinal")
        .param(execution)
        .query(Sql::effect)
        .list();
  }

  @Override
  public List<Effect> effects(String execution, String step, int visit) {
    return jdbc.sql(
            "SELECT "
                + Sql.EFFECT_COLUMNS
                + " FROM effect WHERE execution = ? AND step = ? AND visit = ? ORDER BY ordinal")
        .param(execution)
        .param(step)
        .param(visit)
        .query(Sql::effect)
        .list();
  }

  @Override
  public Optional<Effect> effectOfTask(String system, String taskExtId) {
    return jdbc.sql(
            "SELECT "
                + Sql.EFFECT_COLUMNS
                + " FROM effect WHERE task_ext_id = ? AND system = ? ORDER BY journaled_at LIMIT 1")
        .param(taskExtId)
        .param(system)
        .query(Sql::effect)
        .optional();
  }

  @Override
  public Set<String> openVersions(String runbook) {
    return new HashSet<>(
        jdbc.sql("SELECT DISTINCT version FROM execution WHERE runbook = ? AND state <> 'ENDED'")
            .param(runbook)
            .query(String.class)
            .list());
  }

  @Override
  public boolean requestCancel(String id, String who) {
    return request("cancel_requested", id);
  }

  @Override
  public boolean requestHalt(String id, String who) {
    return request("halt_requested", id);
  }

  /** The execution and all below it, level by level. */
  private boolean request(String flag, String id) {
    Boolean done =
        transaction.execute(
            status -> {
              int touched =
                  jdbc.sql(
                          "UPDATE execution SET "
                              + flag
                              + " = TRUE WHERE id = ? AND state <> 'ENDED'")
                      .param(id)
                      .update();
              List<String> level = touched == 0 ? List.of() : List.of(id);
              while (!level.isEmpty()) {
                jdbc.sql(
                        "UPDATE execution SET "
                            + flag
                            + " = TRUE WHERE parent IN (:ids) AND state <> 'ENDED'")
                    .param("ids", level)
                    .update();
                level =
                    jdbc.sql("SELECT id FROM execution WHERE parent IN (:ids) AND state <> 'ENDED'")
                        .param("ids", level)
                        .query(String.class)
                        .list();
              }
              return touched == 1;
            });
    return Boolean.TRUE.equals(done);
  }

  @Override
  public boolean resolve(String id, String who, String reason) {
    Boolean done =
        transaction.execute(
            status -> {
              int touched =
                  jdbc.sql(
                          "UPDATE execution SET resolution = ? WHERE id = ? AND state = 'ENDED' AND resolution IS NULL"
                              + " AND outcome IN ('NEEDS_HUMAN', 'ROLLBACK_UNPROVEN')")
                      .param(Sql.cut(who + " at " + clock.now() + ": " + reason, 4000))
                      .param(id)
                      .update();
              if (touched == 1) {
                jdbc.sql("DELETE FROM vm_lock WHERE execution = ?").param(id).update();
              }
              return touched == 1;
            });
    return Boolean.TRUE.equals(done);
  }

  @Override
  public boolean wake(String id) {
    return jdbc.sql("UPDATE execution SET wake_at = ? WHERE id = ? AND state = 'WAITING'")
            .param(Sql.at(clock.now()))
            .param(id)
            .update()
        == 1;
  }

  @Override
  public List<Execution> due(Instant now, int limit) {
    return jdbc.sql(
            SELECT
                + "WHERE state = 'WAITING' AND wake_at <= ? AND owner = ? ORDER BY wake_at LIMIT ?")
        .param(Sql.at(now))
        .param(runner)
        .param(limit)
        .query(Sql::execution)
        .list();
  }

  @Override
  public Set<String> ended(Collection<String> ids) {
    if (ids.isEmpty()) {
      return Set.of();
    }
    return new HashSet<>(
        jdbc.sql("SELECT id FROM execution WHERE id IN (:ids) AND state = 'ENDED'")
            .param("ids", ids)
            .query(String.class)
            .list());
  }
}
