package io.drover.runtime.dr;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.approval.Approvals;
import io.drover.dr.Housekeeping;
import io.drover.dr.Housekeeping.Point;
import io.drover.dr.Protection;
import io.drover.dr.Protections;
import io.drover.execution.Artifacts;
import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.Executions.Maker;
import io.drover.execution.LedgerClock;
import io.drover.execution.Outcome;
import io.drover.report.Texts;
import io.drover.runtime.ApprovedDeletions;
import io.drover.runtime.CallFailure;
import io.drover.runtime.prism.OwnPoints;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** What housekeeping decides in Java, by the names that its route uses. */
public final class HousekeepingBlocks {
  private static final int A_BATCH = 500;
  private static final int MOST = 100_000;
  private static final Instant NEVER = Instant.EPOCH;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final OwnPoints points;
  private final Executions executions;
  private final Protections protections;
  private final Approvals approvals;
  private final Artifacts artifacts;
  private final LedgerClock clock;

  HousekeepingBlocks(
      OwnPoints points,
      Executions executions,
      Protections protections,
      Approvals approvals,
      Artifacts artifacts,
      LedgerClock clock) {
    this.points = points;
    this.executions = executions;
    this.protections = protections;
    this.approvals = approvals;
    this.artifacts = artifacts;
    this.clock = clock;
  }

  /** Looks at all systems; leaves the findings, oldest point first. */
  public Map<String, @Nullable Object> look(Exchange exchange) throws IOException {
    Map<String, Object> inputs = Drills.inputs(exchange);
    Duration keep = Duration.parse(Drills.text(inputs, "keep"));
    boolean foreign = Boolean.TRUE.equals(inputs.get("foreign"));
    List<String> systems =
        inputs.get("systems") instanceof List<?> wanted
            ? wanted.stream().map(String::valueOf).toList()
            : points.systems();
    Instant now = clock.now();
    List<Map<String, @Nullable Object>> found = new ArrayList<>();
    int seen = 0;
    for (String system : systems) {
      Set<String> there = new HashSet<>();
      Set<String> newest = new HashSet<>();
      List<Protection> copies =
          protections.list(
              new Protections.Filter(null, system, null, null, null), Integer.MAX_VALUE);
      copies.forEach(vm -> newest.add(String.valueOf(vm.replica())));
      Iterator<Map<String, Object>> rows = points.of(exchange, system);
      List<Point> batch = new ArrayList<>();
      while (rows.hasNext()) {
        Point point = point(system, rows.next());
        there.add(point.extId());
        batch.add(point);
        if (batch.size() == A_BATCH || !rows.hasNext()) {
          judge(batch, newest, keep, foreign, now, found);
          batch.clear();
        }
      }
      seen += there.size();
      gone(system, there, copies, now, found);
      needed(system, there, found);
    }
    if (found.size() > MOST) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED, "too-many-rows", found.size() + " findings");
    }
    write(Drills.own(exchange), found);
    return told(found, seen, ((Number) inputs.getOrDefault("maxDeletions", 200)).intValue());
  }

  private static Point point(String system, Map<String, Object> row) {
    Instant expires = instant(row.get("expirationTime"));
    Instant taken = instant(row.get("creationTime"));
    return new Point(
        system,
        String.valueOf(row.get("extId")),
        String.valueOf(row.get("name")),
        taken == null ? NEVER : taken,
        expires != null && expires.isAfter(NEVER) ? expires : null);
  }

  private static @Nullable Instant instant(@Nullable Object text) {
    return text == null ? null : Instant.parse(text.toString());
  }

  private void judge(
      List<Point> batch,
      Set<String> newest,
      Duration keep,
      boolean foreign,
      Instant now,
      List<Map<String, @Nullable Object>> found) {
    Map<String, Maker> makers = new HashMap<>();
    executions
        .makers(batch.stream().map(point -> OwnPoints.maker(point.name())).toList())
        .forEach(maker -> makers.put(maker.id(), maker));
    for (Point point : batch) {
      Maker maker = makers.get(OwnPoints.maker(point.name()));
      Housekeeping.Why why =
          Housekeeping.judge(point, maker, newest.contains(point.extId()), keep, now);
      if (why != null) {
        boolean deletable = why != Housekeeping.Why.UNKNOWN_MAKER || foreign;
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("system", point.system());
        row.put("extId", point.extId());
        row.put("name", point.name());
        row.put("taken", point.taken().toString());
        row.put("expires", point.expires() == null ? null : point.expires().toString());
        row.put("why", why.name());
        row.put("execution", maker == null ? null : maker.execution());
        row.put("deletable", deletable);
        found.add(row);
      }
    }
  }

  /** Copies that were seen, should still be there, and are not. */
  private static void gone(
      String system,
      Set<String> there,
      List<Protection> copies,
      Instant now,
      List<Map<String, @Nullable Object>> found) {
    for (Protection vm : copies) {
      Instant expires = vm.expiresAt();
      String replica = vm.replica();
      if (replica != null && expires != null && expires.isAfter(now) && !there.contains(replica)) {
        found.add(
            lost(
                system,
                replica,
                "the newest copy of VM " + vm.vmName(),
                vm.verifiedBy(),
                "COPY_GONE"));
      }
    }
  }

  /**
   * Points of executions that a person must still look at, and that are not there to go back to.
   */
  private void needed(String system, Set<String> there, List<Map<String, @Nullable Object>> found) {
    Executions.Filter open =
        new Executions.Filter(null, null, null, null, null, null, null, false, true);
    String cursor = null;
    do {
      Executions.Page page = executions.list(open, cursor, 200);
      for (Execution execution : page.rows()) {
        for (Effect effect : executions.effects(execution.id())) {
          String point = effect.system().equals(system) ? made(effect) : null;
          if (point != null && !there.contains(point)) {
            found.add(
                lost(
                    system,
                    point,
                    "the recovery point of VM " + effect.targetName(),
                    execution.id(),
                    "POINT_GONE"));
          }
        }
      }
      cursor = page.next();
    } while (cursor != null);
  }

  private static @Nullable String made(Effect effect) {
    String result = effect.result();
    if (!effect.kind().equals("create-recovery-point") || result == null) {
      return null;
    }
    try {
      String point = JSON.readTree(result).path("recoveryPoint").asText("");
      return point.isEmpty() ? null : point;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("An effect's result is no JSON", e);
    }
  }

  private static Map<String, @Nullable Object> lost(
      String system, String extId, String name, @Nullable String execution, String why) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("system", system);
    row.put("extId", extId);
    row.put("name", name);
    row.put("taken", null);
    row.put("expires", null);
    row.put("why", why);
    row.put("execution", execution);
    row.put("deletable", false);
    return row;
  }

  private void write(String execution, List<Map<String, @Nullable Object>> found)
      throws IOException {
    try (Writer out =
            new OutputStreamWriter(
                artifacts.create(execution, "recovery-points.csv", "text/csv;charset=utf-8"),
                StandardCharsets.UTF_8);
        CSVPrinter csv = CSVFormat.RFC4180.print(out)) {
      csv.printRecord(
          List.of("System", "extId", "Name", "Taken", "Expires", "Why", "Execution", "Deletable"));
      for (Map<String, @Nullable Object> row : found) {
        List<@Nullable Object> cells = new ArrayList<>();
        row.values()
            .forEach(cell -> cells.add(cell instanceof String text ? Texts.cell(text) : cell));
        csv.printRecord(cells);
      }
    }
  }

  private static Map<String, @Nullable Object> told(
      List<Map<String, @Nullable Object>> found, int seen, int most) {
    Map<String, Integer> counts = new TreeMap<>();
    found.forEach(row -> counts.merge(String.valueOf(row.get("why")), 1, Integer::sum));
    List<Map<String, @Nullable Object>> delete =
        found.stream()
            .filter(row -> Boolean.TRUE.equals(row.get("deletable")))
            .limit(most)
            .toList();
    Map<String, @Nullable Object> told = new LinkedHashMap<>();
    told.put("points", seen);
    told.put("findings", found.size());
    told.put("counts", counts);
    told.put("deletable", delete.size());
    told.put("delete", delete);
    return told;
  }

  /** Body: what was told. In words. */
  public String reason(Exchange exchange) {
    Map<String, Object> told = Groups.map(exchange.getMessage().getBody());
    return told.get("points")
        + " recovery points of ours, "
        + told.get("findings")
        + " findings "
        + told.get("counts")
        + "; "
        + told.get("deletable")
        + " may be deleted";
  }

  /** Body: what was told. For a chat. */
  public String text(Exchange exchange) {
    StringBuilder text = new StringBuilder("Recovery points, ");
    text.append(exchange.getVariable("execution")).append(": ").append(reason(exchange));
    int named = 0;
    for (Map<String, Object> row :
        Groups.maps(Groups.map(exchange.getMessage().getBody()).get("delete"))) {
      if (++named > 10) {
        text.append("\n… and more, see recovery-points.csv");
        break;
      }
      text.append("\n• ").append(row.get("system")).append(": ");
      text.append(Texts.line(String.valueOf(row.get("name")), 80)).append(" – ");
      text.append(row.get("why"));
    }
    return text.toString();
  }

  /** Body: what was told. What the approvers see; only what may be deleted. */
  public Map<String, @Nullable Object> facts(Exchange exchange) {
    List<Map<String, Object>> delete =
        Groups.maps(Groups.map(exchange.getMessage().getBody()).get("delete"));
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put(
        "what",
        "Delete these " + delete.size() + " recovery points for good. Nothing brings them back.");
    delete.forEach(row -> row.remove("deletable"));
    facts.put("delete", delete);
    facts.put("asOf", Map.of("readAt", clock.now().toString()));
    return facts;
  }

  /** Body: approved rows. The inputs of their deletions. */
  public List<Map<String, Object>> wishes(Exchange exchange) {
    List<Map<String, Object>> wishes = new ArrayList<>();
    for (Map<String, Object> row : Groups.maps(exchange.getMessage().getBody())) {
      Map<String, Object> wish = new LinkedHashMap<>(row);
      wish.keySet().retainAll(Set.of("system", "extId", "name"));
      wishes.add(wish);
    }
    return wishes;
  }

  /** Body: the point as it is now. Refuses what was not approved, or is another one meanwhile. */
  public void mayDelete(Exchange exchange) {
    Map<String, Object> inputs = Drills.inputs(exchange);
    String system = Drills.text(inputs, "system");
    String point = Drills.text(inputs, "extId");
    Object name = Groups.map(exchange.getMessage().getBody()).get("name");
    boolean same = String.valueOf(inputs.get("name")).equals(name);
    if (!same || !ApprovedDeletions.allow(approvals, Drills.own(exchange), system, point)) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "not-approved",
          "Recovery point "
              + point
              + (same ? " was not approved for deletion" : " is called otherwise by now")
              + "; it is not deleted");
    }
  }

  /** Body: how the deletions ended. How it all ends. */
  public Map<String, @Nullable Object> end(Exchange exchange) {
    List<Map<String, Object>> results = Groups.maps(exchange.getMessage().getBody());
    long done =
        results.stream().filter(row -> Outcome.SUCCEEDED.name().equals(row.get("outcome"))).count();
    Map<String, @Nullable Object> end = new LinkedHashMap<>();
    end.put("deleted", done);
    end.put("asked", results.size());
    end.put(
        "outcome",
        done == results.size()
            ? Outcome.SUCCEEDED.name()
            : done == 0 ? Outcome.FAILED_UNCHANGED.name() : Outcome.FAILED_CHANGED.name());
    end.put("reason", done + " of " + results.size() + " recovery points deleted");
    return end;
  }
}
