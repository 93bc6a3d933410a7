package io.drover.execution;

import io.drover.dr.Protection;
import io.drover.dr.Protections;
import io.drover.dr.ReplicationPlan;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
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

/** Protections as rows, one a VM and target. */
public final class JdbcProtections implements Protections {
  private static final int A_BATCH = 500;
  private static final String COLUMNS =
      "system, target, vm_ext_id, vm_name, category, rpo_seconds, point_at, replica,"
          + " vm_recovery_point, location_agnostic_id, cluster, expires_at, verified_at,"
          + " verified_by, state, reason, tried_by, tried_at";
  private static final String SELECT = "SELECT " + COLUMNS + " FROM protection ";
  private static final String KEY = " WHERE system = ? AND target = ? AND vm_ext_id = ?";

  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcProtections(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public void begin(
      String execution,
      String system,
      String target,
      Collection<String> categories,
      Collection<ReplicationPlan.Planned> vms) {
    Instant now = clock.now();
    List<ReplicationPlan.Planned> all = new ArrayList<>(vms);
    for (int from = 0; from < all.size(); from += A_BATCH) {
      List<ReplicationPlan.Planned> some = all.subList(from, Math.min(all.size(), from + A_BATCH));
      writer.now(
          c -> {
            for (ReplicationPlan.Planned vm : some) {
              begin(c, execution, system, target, vm, now);
            }
            return null;
          });
    }
    Set<String> kept = new HashSet<>();
    all.forEach(vm -> kept.add(vm.extId()));
    for (String category : categories) {
      forget(system, target, category, kept);
    }
  }

  private static void begin(
      WriterConnection c,
      String execution,
      String system,
      String target,
      ReplicationPlan.Planned vm,
      Instant now)
      throws SQLException {
    int known =
        c.update(
            "UPDATE protection SET vm_name = ?, category = ?, rpo_seconds = ?, state = 'PENDING',"
                + " reason = NULL, tried_by = ?, tried_at = ?"
                + KEY
                + " AND (tried_by <> ? OR state = 'PENDING')",
            Sql.cut(vm.name(), 500),
            vm.policy().category(),
            vm.policy().rpo().toSeconds(),
            execution,
            Sql.at(now),
            system,
            target,
            vm.extId(),
            execution);
    if (known > 0) {
      return;
    }
    boolean there =
        !c.list(
                "SELECT vm_ext_id FROM protection" + KEY,
                row -> row.getString(1),
                system,
                target,
                vm.extId())
            .isEmpty();
    if (!there) {
      c.update(
          "INSERT INTO protection (system, target, vm_ext_id, vm_name, category, rpo_seconds,"
              + " state, tried_by, tried_at) VALUES (?, ?, ?, ?, ?, ?, 'PENDING', ?, ?)",
          system,
          target,
          vm.extId(),
          Sql.cut(vm.name(), 500),
          vm.policy().category(),
          vm.policy().rpo().toSeconds(),
          execution,
          Sql.at(now));
    }
  }

  private void forget(String system, String target, String category, Set<String> kept) {
    List<String> gone =
        jdbc
            .sql(
                "SELECT vm_ext_id FROM protection WHERE system = ? AND target = ? AND category = ?")
            .params(system, target, category)
            .query(String.class)
            .list()
            .stream()
            .filter(id -> !kept.contains(id))
            .toList();
    if (!gone.isEmpty()) {
      writer.now(
          c -> {
            for (String id : gone) {
              c.update("DELETE FROM protection" + KEY, system, target, id);
            }
            return null;
          });
    }
  }

  @Override
  public void verified(Seen seen) {
    writer.now(
        c -> {
          for (Map.Entry<String, String> vm : seen.vms().entrySet()) {
            c.update(
                "UPDATE protection SET point_at = ?, replica = ?, vm_recovery_point = ?,"
                    + " location_agnostic_id = ?, cluster = ?, expires_at = ?, verified_at = ?,"
                    + " verified_by = ?"
                    + KEY
                    + " AND (point_at IS NULL OR point_at <= ?)",
                Sql.at(seen.pointAt()),
                seen.replica(),
                vm.getValue(),
                seen.locationAgnosticId(),
                seen.cluster(),
                Sql.at(seen.expiresAt()),
                Sql.at(seen.at()),
                seen.execution(),
                seen.system(),
                seen.target(),
                vm.getKey(),
                Sql.at(seen.pointAt()));
            c.update(
                "UPDATE protection SET state = 'PROTECTED', reason = NULL"
                    + KEY
                    + " AND tried_by = ?",
                seen.system(),
                seen.target(),
                vm.getKey(),
                seen.run());
          }
          return null;
        });
  }

  @Override
  public void failed(
      String execution,
      String system,
      String target,
      Protection.State state,
      Map<String, String> why) {
    writer.now(
        c -> {
          for (Map.Entry<String, String> vm : why.entrySet()) {
            c.update(
                "UPDATE protection SET state = ?, reason = ?"
                    + KEY
                    + " AND tried_by = ? AND state = 'PENDING'",
                state.name(),
                Sql.cut(vm.getValue(), 1_000),
                system,
                target,
                vm.getKey(),
                execution);
          }
          return null;
        });
  }

  @Override
  public List<Protection> list(Filter filter, int limit) {
    List<String> where = new ArrayList<>();
    Map<String, Object> values = new LinkedHashMap<>();
    Protection.State state = filter.state();
    and(where, values, "system", filter.system());
    and(where, values, "target", filter.target());
    and(where, values, "category", filter.category());
    and(where, values, "tried_by", filter.run());
    and(where, values, "state", state == null ? null : state.name());
    values.put("most", limit);
    return jdbc.sql(
            SELECT
                + (where.isEmpty() ? "" : "WHERE " + String.join(" AND ", where))
                + " ORDER BY CASE WHEN point_at IS NULL THEN 0 ELSE 1 END, point_at, vm_name,"
                + " vm_ext_id LIMIT :most")
        .params(values)
        .query(JdbcProtections::protection)
        .list();
  }

  private static void and(
      List<String> where, Map<String, Object> values, String column, @Nullable String value) {
    if (value != null) {
      where.add(column + " = :" + column);
      values.put(column, Sql.clean(value));
    }
  }

  @Override
  public Optional<Protection> find(String system, String target, String vmExtId) {
    return jdbc.sql(SELECT + KEY)
        .params(Sql.clean(system), Sql.clean(target), Sql.clean(vmExtId))
        .query(JdbcProtections::protection)
        .optional();
  }

  @Override
  public List<Sum> sums(Instant now) {
    Map<List<String>, Adding> byCategory = new LinkedHashMap<>();
    jdbc.sql(SELECT + "ORDER BY system, target, category")
        .query(
            row -> {
              Protection vm = protection(row, 0);
              byCategory
                  .computeIfAbsent(
                      List.of(vm.system(), vm.target(), vm.category()), k -> new Adding())
                  .add(vm, now);
            });
    return byCategory.entrySet().stream()
        .map(
            entry -> {
              List<String> key = entry.getKey();
              Adding sum = entry.getValue();
              return new Sum(
                  key.get(0),
                  key.get(1),
                  key.get(2),
                  sum.vms,
                  sum.withoutCopy,
                  sum.overRpo,
                  sum.oldest);
            })
        .toList();
  }

  private static final class Adding {
    private int vms;
    private int withoutCopy;
    private int overRpo;
    private @Nullable Duration oldest;

    void add(Protection vm, Instant now) {
      Duration lag = vm.lag(now);
      vms++;
      withoutCopy += lag == null ? 1 : 0;
      overRpo += vm.overRpo(now) ? 1 : 0;
      if (lag != null && (oldest == null || lag.compareTo(oldest) > 0)) {
        oldest = lag;
      }
    }
  }

  private static Protection protection(ResultSet row, int number) throws SQLException {
    return new Protection(
        row.getString("system"),
        row.getString("vm_ext_id"),
        row.getString("vm_name"),
        row.getString("target"),
        row.getString("category"),
        Duration.ofSeconds(row.getLong("rpo_seconds")),
        Sql.instantOrNull(row, "point_at"),
        row.getString("replica"),
        row.getString("vm_recovery_point"),
        row.getString("location_agnostic_id"),
        row.getString("cluster"),
        Sql.instantOrNull(row, "expires_at"),
        Sql.instantOrNull(row, "verified_at"),
        row.getString("verified_by"),
        Protection.State.valueOf(row.getString("state")),
        row.getString("reason"),
        row.getString("tried_by"),
        Sql.instant(row, "tried_at"));
  }
}
