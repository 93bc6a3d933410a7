package io.drover.runtime.dr;

import io.drover.dr.Protection;
import io.drover.dr.Protections;
import io.drover.dr.ReplicationPlan;
import io.drover.dr.ReplicationPolicy;
import io.drover.dr.ReplicationReport;
import io.drover.execution.Artifacts;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.LedgerClock;
import io.drover.odata.VerifiedScan;
import io.drover.patch.Eligibility;
import io.drover.runtime.CallFailure;
import io.drover.runtime.StepContext;
import io.drover.runtime.inventory.InventoryBlocks;
import io.drover.runtime.inventory.LatestPass;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What the replication runbook decides in Java, by the names that its route uses. */
public final class ReplicationBlocks {
  private static final String POLICIES = "drPolicies";
  private static final String LABELS = "drLabels";
  private static final int MOST = 100_000;

  private final DrProperties settings;
  private final Protections protections;
  private final Executions executions;
  private final Artifacts artifacts;
  private final Drills plans;
  private final LedgerClock clock;

  ReplicationBlocks(
      DrProperties settings,
      Protections protections,
      Executions executions,
      Artifacts artifacts,
      Drills plans,
      LedgerClock clock) {
    this.settings = settings;
    this.protections = protections;
    this.executions = executions;
    this.artifacts = artifacts;
    this.plans = plans;
    this.clock = clock;
  }

  /** What a block needs that looks at the target. */
  public Map<String, Object> targetSystem(Exchange exchange) {
    return Map.of("system", String.valueOf(exchange.getVariable("target")));
  }

  /** Body: the target's domain manager. Remembers it for the step. */
  public void target(Exchange exchange) {
    Object id = map(exchange.getMessage().getBody()).get("extId");
    if (id == null) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "no-domain-manager",
          exchange.getVariable("target") + " does not say what its domain manager is");
    }
    exchange.setProperty("drTargetPc", id.toString());
    exchange.getMessage().setBody(null);
  }

  /** Body: the target's clusters. The one to copy to, by name or extId; or its only one. */
  public void targetCluster(Exchange exchange) {
    Object wanted = map(exchange.getVariable("inputs")).get("targetCluster");
    Object manager = exchange.getProperty("drTargetPc");
    List<String> names = new ArrayList<>();
    List<String> found = new ArrayList<>();
    for (Map<String, Object> row : maps(exchange.getMessage().getBody())) {
      String id = String.valueOf(row.get("extId"));
      if (!id.equals(manager)) { // Prism Central is a row of its own list
        names.add(row.get("name") + " (" + id + ")");
        if (wanted == null || wanted.equals(id) || wanted.equals(row.get("name"))) {
          found.add(id);
        }
      }
    }
    if (found.size() != 1) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "cluster-unknown",
          "targetCluster: " + wanted + " (expected: one of " + names + ")");
    }
    exchange.setProperty("drTargetCluster", found.get(0));
    exchange.getMessage().setBody(null);
  }

  /** The category keys that the policies name, with commas. */
  public String keys(Exchange exchange) {
    Set<String> keys = new TreeSet<>();
    for (ReplicationPolicy policy : policies(exchange)) {
      keys.add(policy.category().substring(0, policy.category().indexOf(':')));
    }
    return String.join(",", keys);
  }

  /** The fields of VMs to read: those of guest tools are large and rarely needed. */
  public String fields(Exchange exchange) {
    boolean tools = policies(exchange).stream().anyMatch(ReplicationPolicy::applicationConsistent);
    return "extId,name,cluster,categories" + (tools ? ",powerState,guestTools" : "");
  }

  private List<ReplicationPolicy> policies(Exchange exchange) {
    return ReplicationPolicy.of(map(exchange.getVariable("inputs")), settings.longestRetention());
  }

  /** Body: categories. Refuses a policy whose category the source does not have. */
  public void categories(Exchange exchange) {
    List<ReplicationPolicy> policies = policies(exchange);
    Set<String> keys = Set.of(keys(exchange).split(","));
    List<Map<String, Object>> rows = maps(exchange.getMessage().getBody());
    Set<String> there = new TreeSet<>();
    rows.forEach(row -> there.add(row.get("key") + ":" + row.get("value")));
    for (ReplicationPolicy policy : policies) {
      if (!there.contains(policy.category())) {
        throw new CallFailure(
            CallFailure.Verdict.REFUSED,
            "category-unknown",
            "policies: "
                + policy.category()
                + " (expected: a category of "
                + exchange.getVariable("system")
                + ")");
      }
    }
    exchange.setProperty(POLICIES, policies);
    exchange.setProperty(LABELS, labels(rows, keys));
    exchange.getMessage().setBody(null);
  }

  private static Map<String, String> labels(List<Map<String, Object>> rows, Set<String> keys) {
    Map<String, String> labels = new HashMap<>();
    for (Map<String, Object> row : rows) {
      if (keys.contains(String.valueOf(row.get("key")))) {
        labels.put(String.valueOf(row.get("extId")), row.get("key") + ":" + row.get("value"));
      }
    }
    return labels;
  }

  /** What one page of the scan holds. */
  private static final class Page implements LatestPass.Gathered {
    private final int pass;
    private final ReplicationPlan plan;

    Page(int pass, ReplicationPlan plan) {
      this.pass = pass;
      this.plan = plan;
    }

    @Override
    public int pass() {
      return pass;
    }

    @Override
    public void add(LatestPass.Gathered page) {
      plan.add(((Page) page).plan);
    }
  }

  /** Body: a page of a scan; its VMs that have a policy afterwards. */
  @SuppressWarnings("unchecked")
  public void take(Exchange exchange) {
    VerifiedScan.Part<Map<String, Object>> page =
        exchange.getMessage().getBody(VerifiedScan.Part.class);
    Map<String, String> labels = exchange.getProperty(LABELS, Map.class);
    ReplicationPlan plan = new ReplicationPlan(exchange.getProperty(POLICIES, List.class));
    for (Map<String, Object> row : page.rows()) {
      Set<String> categories = new TreeSet<>();
      if (row.get("categories") instanceof List<?> own) {
        for (Object each : own) {
          String name = labels.get(String.valueOf(map(each).get("extId")));
          if (name != null) {
            categories.add(name);
          }
        }
      }
      Object cluster = map(row.get("cluster")).get("extId");
      plan.accept(
          String.valueOf(row.get("extId")),
          String.valueOf(row.get("name")),
          cluster == null ? null : cluster.toString(),
          categories,
          quiescible(row));
    }
    exchange.getMessage().setBody(new Page(page.pass(), plan));
  }

  /** The API takes the wish for a quiesced point from any VM and does not say when it was not. */
  private static boolean quiescible(Map<String, Object> row) {
    return "ON".equals(row.get("powerState")) && Eligibility.missingGuestTools(row) == null;
  }

  /** Body: the VMs of the last pass. Records that their tries begin; leaves the groups. */
  public Map<String, @Nullable Object> plan(Exchange exchange) throws IOException {
    ReplicationPlan plan = exchange.getMessage().getBody(Page.class).plan;
    VerifiedScan.Result scan = InventoryBlocks.result(exchange);
    Map<String, Object> inputs = map(exchange.getVariable("inputs"));
    if (plan.vms().size() > ((Number) inputs.getOrDefault("maxVms", MOST)).intValue()) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "too-many-vms",
          "maxVms: "
              + inputs.get("maxVms")
              + ", but the policies' categories have "
              + plan.vms().size()
              + " VMs (expected: a selection of at most maxVms VMs)");
    }
    @SuppressWarnings("unchecked")
    List<ReplicationPolicy> policies = exchange.getProperty(POLICIES, List.class);
    String execution = StepContext.of(exchange).key().execution();
    plans.keep(
        execution,
        plan.vms().stream()
            .map(
                vm ->
                    Map.<String, Object>of(
                        "extId",
                        vm.extId(),
                        "name",
                        vm.name(),
                        "category",
                        vm.policy().category(),
                        "rpo",
                        vm.policy().rpo().toString()))
            .toList());
    if (!StepContext.of(exchange).dry()) {
      protections.begin(
          execution,
          String.valueOf(inputs.get("system")),
          String.valueOf(inputs.get("target")),
          policies.stream().map(ReplicationPolicy::category).toList(),
          plan.vms());
    }
    Map<String, @Nullable Object> planned = new LinkedHashMap<>();
    planned.put("targetPc", exchange.getProperty("drTargetPc"));
    planned.put("targetCluster", exchange.getProperty("drTargetCluster"));
    planned.put("vms", plan.vms().size());
    planned.put(
        "downgraded", plan.vms().stream().filter(ReplicationPlan.Planned::downgraded).count());
    planned.put("sure", scan.sure());
    planned.put("passes", scan.passes());
    planned.put("groups", plan.groups(((Number) inputs.getOrDefault("groupSize", 30)).intValue()));
    exchange.removeProperty(POLICIES);
    exchange.removeProperty(LABELS);
    InventoryBlocks.end(exchange);
    return planned;
  }

  /** What every group of the run shares. Body: the plan. */
  public Map<String, @Nullable Object> shared(Exchange exchange) {
    Map<String, Object> inputs = map(exchange.getVariable("inputs"));
    Map<String, Object> plan = map(exchange.getMessage().getBody());
    Map<String, @Nullable Object> shared = new LinkedHashMap<>();
    shared.put("run", exchange.getVariable("execution"));
    shared.put("system", inputs.get("system"));
    shared.put("target", inputs.get("target"));
    shared.put("targetPc", plan.get("targetPc"));
    shared.put("targetCluster", plan.get("targetCluster"));
    shared.put("landWithin", inputs.get("landWithin"));
    return shared;
  }

  /** Body: the results of the groups. VMs of groups of which nothing was made, each by itself. */
  public List<Map<String, Object>> alone(Exchange exchange) {
    String execution = StepContext.of(exchange).key().execution();
    List<Map<String, Object>> failed = new ArrayList<>();
    Map<String, Execution> children = new HashMap<>();
    executions.children(execution).forEach(c -> children.put(String.valueOf(c.key()), c));
    for (Map<String, Object> result : maps(exchange.getMessage().getBody())) {
      Execution child = children.get(String.valueOf(result.get("key")));
      if (child != null && "FAILED_UNCHANGED".equals(result.get("outcome"))) {
        Map<String, Object> group = Groups.inputs(child);
        group.put("key", String.valueOf(child.key()));
        failed.add(group);
      }
    }
    List<Map<String, Object>> single = ReplicationPlan.alone(failed);
    single.forEach(Groups::withoutShared);
    return single;
  }

  /** Records what became of those that were not protected; leaves the run's summary. */
  public Map<String, @Nullable Object> summary(Exchange exchange) throws IOException {
    String execution = StepContext.of(exchange).key().execution();
    Map<String, Object> inputs = map(exchange.getVariable("inputs"));
    String system = String.valueOf(inputs.get("system"));
    String target = String.valueOf(inputs.get("target"));
    Map<String, Groups.Fate> fates = new LinkedHashMap<>();
    for (Execution child : executions.children(execution)) {
      fates.putAll(Groups.fates(child)); // a second try of a VM, by itself, comes later
    }
    Map<String, Protection> known = new HashMap<>();
    protections
        .list(new Protections.Filter(system, target, null, null, null), Integer.MAX_VALUE)
        .forEach(vm -> known.put(vm.vmExtId(), vm));
    Map<Protection.State, Map<String, String>> bad = new LinkedHashMap<>();
    List<Protection> mine = new ArrayList<>();
    for (Map<String, Object> row : plans.of(execution)) {
      String vm = String.valueOf(row.get("extId"));
      Groups.Fate fate = fates.getOrDefault(vm, Groups.NEVER);
      if (fate.state() != Protection.State.PROTECTED) {
        bad.computeIfAbsent(fate.state(), state -> new LinkedHashMap<>())
            .put(vm, String.valueOf(fate.reason()));
      }
      mine.add(
          Protection.of(row, known.get(vm), system, target, execution, clock.now())
              .fared(fate.state(), fate.reason()));
    }
    bad.forEach((state, why) -> protections.failed(execution, system, target, state, why));
    Instant now = clock.now();
    ReplicationReport report = new ReplicationReport(mine, now);
    try (Writer out =
        new OutputStreamWriter(
            artifacts.create(execution, "replication.csv", "text/csv;charset=utf-8"),
            StandardCharsets.UTF_8)) {
      report.csv(out);
    }
    Map<String, @Nullable Object> summary = report.summary();
    summary.put("text", report.text(execution, system, target));
    return summary;
  }

  /** Body: the summary. Without what was said to people. */
  public Map<String, @Nullable Object> withoutText(Exchange exchange) {
    Map<String, @Nullable Object> summary =
        new LinkedHashMap<>(map(exchange.getMessage().getBody()));
    summary.remove("text");
    return summary;
  }

  private static List<Map<String, Object>> maps(@Nullable Object value) {
    return Groups.maps(value);
  }

  private static Map<String, Object> map(@Nullable Object value) {
    return Groups.map(value);
  }
}
