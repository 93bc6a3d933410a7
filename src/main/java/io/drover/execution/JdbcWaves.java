package io.drover.execution;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.wave.WavePhase;
import io.drover.wave.Waves;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Waves in the ledger. */
final class JdbcWaves implements Waves {
  private static final int TOLD = 2_000;
  private static final String SELECT =
      "SELECT execution, vcenter, vm, vm_name, place, phase, told, progress, eta_seconds, ext_id,"
          + " facts, updated_at FROM wave_vm ";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcWaves(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public void begin(String execution, String vcenter, Collection<Begun> vms) {
    Instant now = clock.now();
    writer.now(
        c -> {
          Set<String> known =
              new HashSet<>(
                  c.list(
                      "SELECT vm FROM wave_vm WHERE execution = ?",
                      row -> row.getString(1),
                      execution));
          for (Begun vm : vms) {
            if (!known.contains(vm.vm())) {
              c.update(
                  "INSERT INTO wave_vm (execution, vcenter, vm, vm_name, place, phase, progress,"
                      + " facts, updated_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)",
                  execution,
                  vcenter,
                  vm.vm(),
                  Sql.cut(vm.name(), 500),
                  vm.place(),
                  WavePhase.PLANNED.name(),
                  json(timed(vm.facts(), WavePhase.PLANNED, now)),
                  Sql.at(now));
            }
          }
          return null;
        });
  }

  private static Map<String, Object> timed(Map<String, ?> facts, WavePhase phase, Instant at) {
    Map<String, Object> all = new LinkedHashMap<>(facts);
    Map<String, Object> times = new LinkedHashMap<>();
    if (all.get("times") instanceof Map<?, ?> known) {
      known.forEach((name, when) -> times.put(String.valueOf(name), when));
    }
    times.putIfAbsent(phase.name(), at.toString());
    all.put("times", times);
    return all;
  }

  @Override
  public void phase(
      String execution, String vm, WavePhase phase, @Nullable String told, Map<String, ?> facts) {
    Instant now = clock.now();
    writer.now(
        c -> {
          List<String> before =
              c.list(
                  "SELECT facts FROM wave_vm WHERE execution = ? AND vm = ?",
                  row -> row.getString(1),
                  execution,
                  vm);
          if (before.isEmpty()) {
            return null;
          }
          Map<String, Object> all = map(before.get(0));
          facts.forEach(all::put);
          Object extId = all.get("extId");
          c.update(
              "UPDATE wave_vm SET phase = ?, told = COALESCE(?, told), facts = ?, ext_id = ?,"
                  + " updated_at = ? WHERE execution = ? AND vm = ?",
              phase.name(),
              Sql.cut(told, TOLD),
              json(timed(all, phase, now)),
              extId == null ? null : extId.toString(),
              Sql.at(now),
              execution,
              vm);
          return null;
        });
  }

  @Override
  public void progress(String execution, Collection<Progress> vms) {
    Instant now = clock.now();
    writer.now(
        c -> {
          for (Progress vm : vms) {
            c.update(
                "UPDATE wave_vm SET phase = ?, told = ?, progress = ?, eta_seconds = ?,"
                    + " updated_at = ? WHERE execution = ? AND vm = ?",
                vm.phase().name(),
                Sql.cut(vm.told(), TOLD),
                vm.progress(),
                vm.etaSeconds(),
                Sql.at(now),
                execution,
                vm.vm());
          }
          return null;
        });
  }

  @Override
  public List<Vm> of(String execution) {
    return jdbc.sql(SELECT + "WHERE execution = ? ORDER BY place, vm")
        .params(Sql.clean(execution))
        .query(JdbcWaves::vm)
        .list();
  }

  @Override
  public Optional<Vm> find(String execution, String vm) {
    return jdbc.sql(SELECT + "WHERE execution = ? AND vm = ?")
        .params(Sql.clean(execution), Sql.clean(vm))
        .query(JdbcWaves::vm)
        .optional();
  }

  @Override
  public Set<String> migrated(String vcenter) {
    // The last wave that touched it counts: it may have been rolled back since.
    Map<String, WavePhase> last = new LinkedHashMap<>();
    jdbc.sql(SELECT + "WHERE vcenter = ? ORDER BY execution")
        .params(vcenter)
        .query(
            row -> {
              WavePhase phase = WavePhase.valueOf(row.getString("phase"));
              if (phase == WavePhase.MIGRATED || phase == WavePhase.ROLLED_BACK) {
                last.put(row.getString("vm"), phase);
              }
            });
    Set<String> all = new HashSet<>();
    last.forEach(
        (vm, phase) -> {
          if (phase == WavePhase.MIGRATED) {
            all.add(vm);
          }
        });
    return all;
  }

  @Override
  public List<Sum> list(int limit) {
    Map<String, Sum> sums = new LinkedHashMap<>();
    jdbc.sql(
            "SELECT execution, vcenter, phase, COUNT(*) AS vms, MAX(updated_at) AS updated_at"
                + " FROM wave_vm WHERE execution NOT IN (SELECT id FROM execution WHERE"
                + " trigger_kind = 'DRY_RUN') GROUP BY execution, vcenter, phase ORDER BY execution DESC")
        .query(
            row -> {
              String execution = row.getString("execution");
              Instant at = Sql.instant(row, "updated_at");
              Sum known = sums.get(execution);
              if (known == null && sums.size() >= limit) {
                return;
              }
              Map<WavePhase, Integer> vms =
                  known == null ? new EnumMap<>(WavePhase.class) : known.vms();
              vms.put(WavePhase.valueOf(row.getString("phase")), row.getInt("vms"));
              Instant newest =
                  known == null || at.isAfter(known.updatedAt()) ? at : known.updatedAt();
              sums.put(execution, new Sum(execution, row.getString("vcenter"), vms, newest));
            });
    return List.copyOf(sums.values());
  }

  private static Vm vm(ResultSet row, int number) throws SQLException {
    long eta = row.getLong("eta_seconds");
    boolean unknown = row.wasNull();
    return new Vm(
        row.getString("execution"),
        row.getString("vcenter"),
        row.getString("vm"),
        row.getString("vm_name"),
        row.getInt("place"),
        WavePhase.valueOf(row.getString("phase")),
        row.getString("told"),
        row.getInt("progress"),
        unknown ? null : eta,
        row.getString("ext_id"),
        map(row.getString("facts")),
        Sql.instant(row, "updated_at"));
  }

  private static String json(Map<String, Object> facts) {
    try {
      return String.valueOf(Sql.clean(JSON.writeValueAsString(facts)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Facts are JSON values", e);
    }
  }

  private static Map<String, Object> map(String facts) {
    try {
      return JSON.readValue(facts, MAP);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The facts of a wave's VM are no JSON", e);
    }
  }
}
