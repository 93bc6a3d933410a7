package io.drover.runtime.drift;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.drift.CiFacts;
import io.drover.drift.Drift;
import io.drover.drift.Summary;
import io.drover.drift.VmFacts;
import io.drover.execution.LedgerClock;
import io.drover.odata.VerifiedScan;
import io.drover.runtime.StepContext;
import io.drover.runtime.chargeback.InventoryProperties;
import io.drover.runtime.prism.VmScan;
import io.drover.runtime.servicenow.ServiceNowRows;
import io.drover.runtime.servicenow.ServiceNowSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What the drift runbook decides in Java, by the names that its route uses. What belongs to one
 * step stands in exchange properties, which do not outlive it.
 */
public final class DriftBlocks {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> FIGURES = new TypeReference<>() {};
  private static final String CATEGORIES = "driftCategories";
  private static final String VMS = "inventory.jsonl";
  private static final String RECORDS = "cmdb.jsonl";

  private final InventoryProperties inventory;
  private final ServiceNowSettings.Cmdb cmdb;
  private final LedgerClock clock;
  private final DriftFiles files;

  DriftBlocks(
      InventoryProperties inventory,
      ServiceNowSettings.Cmdb cmdb,
      LedgerClock clock,
      DriftFiles files) {
    this.inventory = inventory;
    this.cmdb = cmdb;
    this.clock = clock;
    this.files = files;
  }

  private record Category(boolean owner, String value) {}

  /** Body: categories. Only those that say who or what for are kept. */
  public void categories(Exchange exchange) {
    String owner = key(exchange, "ownerCategory", inventory.ownerCategory());
    String environment = key(exchange, "environmentCategory", inventory.environmentCategory());
    Map<String, Category> known = new HashMap<>();
    for (Object each : exchange.getMessage().getBody(List.class)) {
      Map<?, ?> row = (Map<?, ?>) each;
      String key = String.valueOf(row.get("key"));
      if (key.equals(owner) || key.equals(environment)) {
        known.put(
            String.valueOf(row.get("extId")),
            new Category(key.equals(owner), String.valueOf(row.get("value"))));
      }
    }
    exchange.setProperty(CATEGORIES, known);
    exchange.getMessage().setBody(null);
  }

  private static String key(Exchange exchange, String input, String otherwise) {
    Object given = inputs(exchange).get(input);
    return given == null ? otherwise : given.toString();
  }

  /** Body: a scan. Keeps what matters of its VMs; leaves how many, and whether that is sure. */
  @SuppressWarnings("unchecked")
  public Map<String, Object> keepVms(Exchange exchange) throws IOException {
    VmScan scan = exchange.getMessage().getBody(VmScan.class);
    Map<String, Category> categories = exchange.getProperty(CATEGORIES, Map.class);
    Map<?, ?> inputs = inputs(exchange);
    Set<String> clusters =
        inputs.get("clusters") instanceof List<?> given
            ? given.stream().map(String::valueOf).collect(Collectors.toSet())
            : Set.of();
    boolean runningOnly = Boolean.TRUE.equals(inputs.get("runningOnly"));
    List<VmFacts> vms = new ArrayList<>();
    int pass = 0;
    while (scan.hasNext()) {
      VerifiedScan.Part<Map<String, Object>> page = scan.next();
      if (page.pass() != pass) {
        pass = page.pass();
        vms.clear();
      }
      for (Map<String, Object> row : page.rows()) {
        vms.add(facts(row, categories, clusters, runningOnly));
      }
    }
    exchange.removeProperty(CATEGORIES);
    Map<String, Object> left = new LinkedHashMap<>();
    left.put("vms", files.lines(execution(exchange), VMS, vms.iterator()));
    left.put("sure", scan.result().sure());
    return left;
  }

  private static VmFacts facts(
      Map<String, Object> row,
      Map<String, Category> categories,
      Set<String> clusters,
      boolean runningOnly) {
    Set<String> owners = new TreeSet<>();
    Set<String> environments = new TreeSet<>();
    if (row.get("categories") instanceof List<?> own) {
      for (Object each : own) {
        Category category =
            each instanceof Map<?, ?> reference
                ? categories.get(String.valueOf(reference.get("extId")))
                : null;
        if (category != null) {
          (category.owner() ? owners : environments).add(category.value());
        }
      }
    }
    boolean on = !"OFF".equals(row.get("powerState"));
    Object cluster =
        row.get("cluster") instanceof Map<?, ?> reference ? reference.get("extId") : null;
    boolean there = clusters.isEmpty() || clusters.contains(String.valueOf(cluster));
    return new VmFacts(
        String.valueOf(row.get("extId")),
        row.get("name") == null ? "" : String.valueOf(row.get("name")),
        joined(owners),
        joined(environments),
        on,
        there && (on || !runningOnly));
  }

  private static @Nullable String joined(Set<String> values) {
    return values.isEmpty() ? null : String.join(", ", values);
  }

  /** What to ask the CMDB for. */
  public Map<String, Object> cmdbRecords(Exchange exchange) {
    Map<String, Object> asked = new LinkedHashMap<>();
    asked.put("table", cmdb.table());
    asked.put("fields", List.copyOf(cmdb.facts().all()));
    asked.put("conditions", cmdb.of(String.valueOf(exchange.getVariable("system"))));
    return asked;
  }

  /** Body: records, one by one. Keeps what matters of them; leaves how many. */
  public Map<String, Object> keepRecords(Exchange exchange) throws IOException {
    ServiceNowRows rows = exchange.getMessage().getBody(ServiceNowRows.class);
    CiFacts.Fields fields = cmdb.facts();
    List<CiFacts> facts = new ArrayList<>();
    rows.forEachRemaining(row -> facts.add(CiFacts.of(row, fields)));
    Map<String, Object> left = new LinkedHashMap<>();
    left.put("records", files.lines(execution(exchange), RECORDS, facts.iterator()));
    left.put("hidden", rows.hidden());
    return left;
  }

  /** Keeps the findings; leaves them in figures. */
  public Map<String, Object> compare(Exchange exchange) throws IOException {
    String execution = execution(exchange);
    Drift drift =
        Drift.between(
            files.lines(execution, VMS, VmFacts.class),
            files.lines(execution, RECORDS, CiFacts.class));
    Map<?, ?> read = exchange.getVariable("inventory", Map.class);
    Map<?, ?> told = exchange.getVariable("cmdb", Map.class);
    Summary summary =
        Summary.of(
            new Summary.Read(
                execution,
                String.valueOf(exchange.getVariable("system")),
                number(read, "vms"),
                number(told, "records"),
                number(told, "hidden"),
                Boolean.TRUE.equals(read.get("sure"))),
            clock.now().toString(),
            drift);
    files.findings(summary, drift.findings());
    return JSON.convertValue(summary, FIGURES);
  }

  private static int number(Map<?, ?> figures, String name) {
    return figures.get(name) instanceof Number number ? number.intValue() : 0;
  }

  private static String execution(Exchange exchange) {
    return StepContext.of(exchange).key().execution();
  }

  private static Map<?, ?> inputs(Exchange exchange) {
    return exchange.getVariable("inputs") instanceof Map<?, ?> inputs ? inputs : Map.of();
  }
}
