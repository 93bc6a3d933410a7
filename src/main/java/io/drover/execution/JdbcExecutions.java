package io.drover.execution;

import java.sql.SQLException;
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

/** Reads executions; what operators ask of them goes through the ledger's one writer. */
public final class JdbcExecutions implements Executions {
  private static final int MOST = 1_000;
  private static final int IN_LIST = 500;
  private static final String OPEN = "state IN ('QUEUED', 'RUNNING', 'WAITING')";

  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcExecutions(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public Optional<Execution> find(String id) {
    return jdbc.sql(Sql.SELECT_EXECUTION + "WHERE id = ?")
        .param(Sql.clean(id))
        .query(Sql::execution)
        .optional();
  }

  @Override
  public Optional<String> startedBy(String requester, String idempotencyKey) {
    return jdbc.sql("SELECT execution FROM idempotency WHERE requester = ? AND request_key = ?")
        .param(Sql.clean(requester))
        .param(Sql.clean(idempotencyKey))
        .query(String.class)
        .optional();
  }

  @Override
  public Optional<Execution> child(String parent, String key) {
    return jdbc.sql(Sql.SELECT_EXECUTION + "WHERE parent = ? AND child_key = ?")
        .param(parent)
        .param(Sql.clean(key))
        .query(Sql::execution)
        .optional();
  }

  @Override
  public List<Execution> children(String parent) {
    return jdbc.sql(Sql.SELECT_EXECUTION + "WHERE parent = ? ORDER BY id")
        .param(parent)
        .query(Sql::execution)
        .list();
  }

  @Override
  public Page list(Filter filter, @Nullable String cursor, int limit) {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1.." + MOST + ")");
    }
    if (cursor != null && !cursor.matches("[0-9a-z]{26}")) {
      throw new IllegalArgumentException(
          "cursor: " + Sql.cut(cursor, 200) + " (expected: the cursor of the page before)");
    }
    List<String> where = new ArrayList<>();
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    ExecutionState state = filter.state();
    Outcome outcome = filter.outcome();
    and(where, values, "runbook = :", "runbook", Sql.clean(filter.runbook()));
    and(where, values, "state = :", "state", state == null ? null : state.name());
    and(where, values, "outcome = :", "outcome", outcome == null ? null : outcome.name());
    and(where, values, "requester = :", "requester", Sql.clean(filter.requester()));
    and(where, values, "subject_ext_id = :", "vm", Sql.clean(filter.vmExtId()));
    and(where, values, "created_at >= :", "from", Sql.at(filter.createdFrom()));
    and(where, values, "created_at < :", "before", Sql.at(filter.createdBefore()));
    and(where, values, "id < :", "cursor", cursor);
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
                    Sql.SELECT_EXECUTION
                        + (where.isEmpty() ? "" : "WHERE " + String.join(" AND ", where))
                        + " ORDER BY id DESC LIMIT :most")
                .params(values)
                .query(Sql::execution)
                .list());
    if (rows.size() <= limit) {
      return new Page(rows, null);
    }
    rows.remove(limit);
    return new Page(rows, rows.get(limit - 1).id());
  }

  private static void and(
      List<String> where,
      Map<String, @Nullable Object> values,
      String condition,
      String name,
      @Nullable Object value) {
    if (value != null) {
      where.add(condition + name);
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
  public List<Effect> kinEffects(String execution, String kind) {
    return jdbc.sql(
            "SELECT "
                + Sql.EFFECT_COLUMNS
                + " FROM effect WHERE kind = ? AND execution IN (SELECT k.id FROM execution k WHERE"
                + " k.root = (SELECT o.root FROM execution o WHERE o.id = ?))"
                + " ORDER BY execution, journaled_at")
        .param(kind)
        .param(Sql.clean(execution))
        .query(Sql::effect)
        .list();
  }

  @Override
  public Optional<Effect> effectOfTask(String system, String taskExtId) {
    return jdbc.sql(
            "SELECT "
                + Sql.EFFECT_COLUMNS
                + " FROM effect WHERE task_ext_id = ? AND system = ? ORDER BY journaled_at LIMIT 1")
        .param(Sql.clean(taskExtId))
        .param(system)
        .query(Sql::effect)
        .optional();
  }

  @Override
  public Set<String> knownEffects(Collection<String> ids) {
    Set<String> known = new HashSet<>();
    List<String> left = new ArrayList<>(ids);
    for (int from = 0; from < left.size(); from += IN_LIST) {
      List<String> some = left.subList(from, Math.min(from + IN_LIST, left.size()));
      for (String column : List.of("id", "request_id")) {
        known.addAll(
            jdbc.sql("SELECT " + column + " FROM effect WHERE " + column + " IN (:ids)")
                .param("ids", some)
                .query(String.class)
                .list());
      }
    }
    return known;
  }

  @Override
  public List<Maker> makers(Collection<String> ids) {
    List<Maker> makers = new ArrayList<>();
    List<String> all = ids.stream().map(Sql::clean).distinct().toList();
    for (int from = 0; from < all.size(); from += IN_LIST) {
      List<String> some = all.subList(from, Math.min(all.size(), from + IN_LIST));
      for (String column : List.of("id", "request_id")) {
        jdbc.sql(
                "SELECT f."
                    + column
                    + " AS asked, f.state AS effect_state, f.execution, e.runbook, e.state,"
                    + " e.outcome, e.resolution FROM effect f JOIN execution e ON e.id ="
                    + " f.execution WHERE f."
                    + column
                    + " IN (:ids)")
            .param("ids", some)
            .query(
                row -> {
                  String outcome = row.getString("outcome");
                  boolean over =
                      outcome != null
                          && (Outcome.valueOf(outcome).safe()
                              || row.getString("resolution") != null);
                  makers.add(
                      new Maker(
                          row.getString("asked"),
                          Effect.State.valueOf(row.getString("effect_state")),
                          row.getString("execution"),
                          row.getString("runbook"),
                          !over));
                });
      }
    }
    return makers;
  }

  @Override
  public List<Effect> unsettledEffects(int limit) {
    return jdbc.sql(
            "SELECT "
                + Sql.EFFECT_COLUMNS
                + " FROM effect WHERE state IN ('JOURNALED', 'ACCEPTED') AND execution IN"
                + " (SELECT id FROM execution WHERE state = 'ENDED' AND resolution IS NULL)"
                + " ORDER BY journaled_at LIMIT ?")
        .param(limit)
        .query(Sql::effect)
        .list();
  }

  @Override
  public Set<String> openVersions(String runbook) {
    return new HashSet<>(
        jdbc.sql("SELECT DISTINCT version FROM execution WHERE runbook = ? AND " + OPEN)
            .param(runbook)
            .query(String.class)
            .list());
  }

  @Override
  public boolean requestCancel(String id, String who) {
    return request("cancel", id, who);
  }

  @Override
  public boolean requestHalt(String id, String who) {
    return request("halt", id, who);
  }

  /** Marks the execution and all below it; those that wait are woken to notice. */
  private boolean request(String what, String id, String who) {
    Instant now = clock.now();
    String mark = "UPDATE execution SET " + what + "_requested = TRUE WHERE " + OPEN + " AND ";
    return Boolean.TRUE.equals(
        writer.now(
            c -> {
              if (c.update(mark + "id = ?", Sql.clean(id)) == 0) {
                return false;
              }
              wake(c, id, now);
              List<String> level = List.of(id);
              while (!level.isEmpty()) {
                List<String> below = new ArrayList<>();
                for (String parent : level) {
                  if (c.update(mark + "parent = ?", parent) > 0) {
                    below.addAll(
                        c.list(
                            "SELECT id FROM execution WHERE parent = ? AND " + OPEN,
                            row -> row.getString(1),
                            parent));
                  }
                }
                for (String child : below) {
                  wake(c, child, now);
                }
                level = below;
              }
              JdbcAudit.insert(c, now, who, what, id, null, null);
              return true;
            }));
  }

  static boolean wake(WriterConnection c, String id, Instant now) throws SQLException {
    return c.update(
            "UPDATE execution SET wake_at = ? WHERE id = ? AND state = 'WAITING'",
            Sql.at(now),
            Sql.clean(id))
        == 1;
  }

  @Override
  public boolean resolve(String id, String who, String reason) {
    Instant now = clock.now();
    return Boolean.TRUE.equals(
        writer.now(
            c -> {
              int resolved =
                  c.update(
                      "UPDATE execution SET resolution = ? WHERE id = ? AND state = 'ENDED'"
                          + " AND resolution IS NULL"
                          + " AND outcome IN ('NEEDS_HUMAN', 'ROLLBACK_UNPROVEN')",
                      Sql.cut(who + " at " + now + ": " + reason, 4_000),
                      Sql.clean(id));
              if (resolved == 0) {
                return false;
              }
              c.update("DELETE FROM vm_lock WHERE execution = ?", id);
              JdbcAudit.insert(c, now, who, "resolve", id, reason, null);
              return true;
            }));
  }

  @Override
  public boolean wake(String id) {
    Instant now = clock.now();
    return Boolean.TRUE.equals(writer.now(c -> wake(c, id, now)));
  }

  @Override
  public void wakeAnswered() {
    Instant now = clock.now();
    writer.now(
        c ->
            c.update(
                "UPDATE execution SET wake_at = ? WHERE state = 'WAITING'"
                    + " AND waiting_for LIKE 'approval:%' AND (wake_at IS NULL OR wake_at > ?)"
                    + " AND EXISTS (SELECT 1 FROM approval a WHERE"
                    + " a.id = SUBSTRING(execution.waiting_for FROM 10) AND a.state <> 'OPEN')",
                Sql.at(now), Sql.at(now)));
  }

  /** Each is handed to one runner only: what nobody owned is this one's before it is returned. */
  @Override
  public List<Execution> due(Instant now, int limit) {
    List<Execution> found = new ArrayList<>();
    found.addAll(
        jdbc.sql(
                Sql.SELECT_EXECUTION
                    + "WHERE state = 'WAITING' AND wake_at <= ? AND (owner IS NULL OR owner = ?)"
                    + " ORDER BY wake_at LIMIT ?")
            .param(Sql.at(now))
            .param(writer.runner())
            .param(limit)
            .query(Sql::execution)
            .list());
    found.addAll(
        jdbc.sql(
                Sql.SELECT_EXECUTION
                    + "WHERE state = 'QUEUED' AND owner IS NULL ORDER BY id LIMIT ?")
            .param(limit)
            .query(Sql::execution)
            .list());
    List<Execution> most = found.subList(0, Math.min(limit, found.size()));
    if (most.stream().allMatch(execution -> execution.owner() != null)) {
      return most;
    }
    List<Execution> ours = writer.now(c -> claim(c, most));
    return ours == null ? List.of() : ours;
  }

  private List<Execution> claim(WriterConnection c, List<Execution> found) throws SQLException {
    List<Execution> ours = new ArrayList<>();
    for (Execution execution : found) {
      if (execution.owner() == null) {
        c.update(
            "UPDATE execution SET owner = ?, epoch = epoch + 1"
                + " WHERE id = ? AND epoch = ? AND state = ? AND owner IS NULL",
            writer.runner(),
            execution.id(),
            execution.epoch(),
            execution.state().name());
      }
      c.first(
              Sql.SELECT_EXECUTION + "WHERE id = ? AND owner = ? AND state = ?",
              row -> Sql.execution(row, 0),
              execution.id(),
              writer.runner(),
              execution.state().name())
          .ifPresent(ours::add);
    }
    return ours;
  }

  @Override
  public Set<String> ended(Collection<String> ids) {
    Set<String> ended = new HashSet<>();
    List<String> left = new ArrayList<>(ids);
    for (int from = 0; from < left.size(); from += IN_LIST) {
      ended.addAll(
          jdbc.sql("SELECT id FROM execution WHERE id IN (:ids) AND state = 'ENDED'")
              .param("ids", left.subList(from, Math.min(from + IN_LIST, left.size())))
              .query(String.class)
              .list());
    }
    return ended;
  }
}
