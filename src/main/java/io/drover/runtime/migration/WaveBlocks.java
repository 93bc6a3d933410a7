package io.drover.runtime.migration;

import io.drover.execution.Artifacts;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.LedgerClock;
import io.drover.execution.Outcome;
import io.drover.report.Texts;
import io.drover.runtime.CallFailure;
import io.drover.wave.WaveFinding;
import io.drover.wave.WaveFinding.Kind;
import io.drover.wave.WaveGraph;
import io.drover.wave.WaveMember;
import io.drover.wave.WaveNeed;
import io.drover.wave.WavePhase;
import io.drover.wave.WavePlan;
import io.drover.wave.Waves;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What a wave as a whole decides in Java, by the names that its route uses. */
public final class WaveBlocks {
  private static final int FEW = 20;
  private static final Set<Outcome> UNSURE = Set.of(Outcome.NEEDS_HUMAN, Outcome.ROLLBACK_UNPROVEN);

  /** Phases of VMs whose cutover may still be begun. */
  private static final Set<WavePhase> OPEN =
      Set.of(WavePhase.READY, WavePhase.WAITING, WavePhase.UNTOUCHED);

  private final WaveProperties settings;
  private final WavePlans plans;
  private final Waves waves;
  private final Executions executions;
  private final Artifacts artifacts;
  private final LedgerClock clock;

  WaveBlocks(
      WaveProperties settings,
      WavePlans plans,
      Waves waves,
      Executions executions,
      Artifacts artifacts,
      LedgerClock clock) {
    this.settings = settings;
    this.plans = plans;
    this.waves = waves;
    this.executions = executions;
    this.artifacts = artifacts;
    this.clock = clock;
  }

  /** What the inventory is asked for. */
  public Map<String, Object> wanted(Exchange exchange) {
    Map<String, Object> inputs = Rows.inputs(exchange);
    return Map.of("vcenter", Rows.text(inputs, "vcenter"), "select", inputs.get("select"));
  }

  /** What lists the VMs of the target cluster. */
  public Map<String, Object> ofCluster(Exchange exchange) {
    return Map.of("filter", Map.of("clusterExtId", Rows.text(Rows.inputs(exchange), "cluster")));
  }

  /** The categories that VMs are given, each as {@code {category: Key:Value}}. */
  public List<Map<String, Object>> categories(Exchange exchange) {
    return Rows.texts(Rows.inputs(exchange).get("categories")).stream()
        .map(name -> Map.<String, Object>of("category", name))
        .toList();
  }

  /**
   * Body: the categories as Prism has them. Properties: {@code waveInventory}, {@code
   * waveTargetVms}, {@code waveHosts}. Keeps the plan and what stands against it.
   */
  public Map<String, @Nullable Object> plan(Exchange exchange) throws IOException {
    Map<String, Object> inputs = Rows.inputs(exchange);
    Map<String, Object> inventory = Rows.map(exchange.getProperty("waveInventory"));
    List<Map<String, Object>> chosen = Rows.maps(inventory.get("chosen"));
    Map<String, Object> dependencies = Rows.map(inputs.get("dependencies"));
    WaveFile file =
        WaveFile.read(settings.folder(), (String) dependencies.get("file")).with(dependencies);
    List<WaveNeed> needs = new ArrayList<>(file.needs());
    List<WaveMember> members = file.members(Rows.maps(inventory.get("vms")), dependencies, needs);
    WaveGraph graph = new WaveGraph(members, needs, file.waves(), file.staying());
    String vcenter = Rows.text(inputs, "vcenter");
    WavePlan drawn =
        graph.plan(
            chosen.stream().map(vm -> Rows.text(vm, "vm")).toList(),
            Rows.text(inputs, "name"),
            waves.migrated(vcenter));
    List<WaveFinding> findings = new ArrayList<>(drawn.findings());
    findings.addAll(ofSelection(inputs, chosen));
    findings.addAll(ofVms(chosen));
    findings.addAll(ofRoom(exchange, chosen));
    WavePlan plan = new WavePlan(drawn.levels(), drawn.needs(), drawn.names(), findings);
    List<Map<String, Object>> ordered = ordered(plan, chosen);
    String own = Rows.own(exchange);
    plans.keep(own, plan, ordered);
    Map<String, @Nullable Object> outline = new LinkedHashMap<>();
    outline.put("vms", chosen.size());
    outline.put("levels", plan.levels().size());
    outline.put(
        "categoryExtIds",
        Rows.maps(exchange.getMessage().getBody()).stream().map(c -> c.get("extId")).toList());
    List<WaveFinding> against = findings.stream().filter(WaveFinding::stops).toList();
    outline.put("findings", against.size());
    outline.put("told", told(findings));
    if (!against.isEmpty() && !Boolean.TRUE.equals(inputs.get("dryRun"))) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "findings",
          against.size() + " findings, so nothing is made: " + told(against));
    }
    if (!Boolean.TRUE.equals(inputs.get("dryRun"))) {
      begin(own, vcenter, ordered);
    }
    return outline;
  }

  private static String told(List<WaveFinding> findings) {
    return findings.stream()
            .limit(FEW)
            .map(finding -> finding.kind() + ": " + Texts.line(finding.text(), 300))
            .collect(Collectors.joining("; "))
        + (findings.size() > FEW ? "; and " + (findings.size() - FEW) + " more" : "");
  }

  private void begin(String own, String vcenter, List<Map<String, Object>> vms) {
    List<Waves.Begun> all = new ArrayList<>();
    for (Map<String, Object> vm : vms) {
      Map<String, Object> facts = new LinkedHashMap<>();
      for (String fact : List.of("instanceUuid", "biosUuid", "level", "on", "address")) {
        facts.put(fact, vm.get(fact));
      }
      all.add(new Waves.Begun(Rows.text(vm, "vm"), Rows.text(vm, "name"), all.size(), facts));
    }
    waves.begin(own, vcenter, all);
  }

  /** In the plan's order, each with its level. Where there is a circle, as they came. */
  private static List<Map<String, Object>> ordered(
      WavePlan plan, List<Map<String, Object>> chosen) {
    Map<String, Map<String, Object>> byId = new LinkedHashMap<>();
    chosen.forEach(vm -> byId.put(Rows.text(vm, "vm"), vm));
    List<Map<String, Object>> ordered = new ArrayList<>();
    for (int level = 0; level < plan.levels().size(); level++) {
      for (String id : plan.levels().get(level)) {
        Map<String, Object> vm = byId.remove(id);
        if (vm != null) {
          vm.put("level", level);
          ordered.add(vm);
        }
      }
    }
    ordered.addAll(byId.values());
    return ordered;
  }

  private static List<WaveFinding> ofSelection(
      Map<String, Object> inputs, List<Map<String, Object>> chosen) {
    List<WaveFinding> findings = new ArrayList<>();
    long most = Rows.number(inputs, "maxVms", 100);
    if (chosen.isEmpty() || chosen.size() > most) {
      findings.add(
          new WaveFinding(
              Kind.MISSING_MEMBER,
              List.of(),
              "select: " + chosen.size() + " VMs (expected: 1.." + most + ", as maxVms says)"));
    }
    Map<String, Integer> times = new HashMap<>();
    chosen.forEach(
        vm -> {
          times.merge(Rows.text(vm, "name"), 1, Integer::sum);
          times.merge(Rows.text(vm, "vm"), 1, Integer::sum);
        });
    for (String name : Rows.texts(Rows.map(inputs.get("select")).get("vms"))) {
      int found = times.getOrDefault(name, 0);
      if (found != 1) {
        findings.add(
            new WaveFinding(
                found == 0 ? Kind.MISSING_MEMBER : Kind.AMBIGUOUS_NAME,
                List.of(name),
                found == 0
                    ? "The inventory has no VM " + name
                    : found
                        + " VMs are called "
                        + name
                        + "; name the one that is meant by its id (as vm-42)"));
      }
    }
    return findings;
  }

  private static List<WaveFinding> ofVms(List<Map<String, Object>> chosen) {
    List<WaveFinding> findings = new ArrayList<>();
    for (Map<String, Object> vm : chosen) {
      String name = Rows.text(vm, "name");
      String why =
          Rows.text(vm, "instanceUuid").isEmpty()
              ? "vCenter tells no instance UUID of it"
              : Rows.number(vm, "disks", 0) == 0
                  ? "it has no disk"
                  : Boolean.TRUE.equals(vm.get("rawDisks"))
                      ? "it has a raw device as a disk"
                      : null;
      if (why != null) {
        findings.add(
            new WaveFinding(Kind.NOT_MIGRATABLE, List.of(name), name + " cannot go: " + why));
      }
      if (Rows.text(vm, "address").isEmpty() && Boolean.TRUE.equals(vm.get("on"))) {
        findings.add(
            new WaveFinding(
                Kind.WARNING,
                List.of(name),
                name + " tells no address, so it cannot be probed if it has to be put back"));
      }
    }
    return findings;
  }

  /** Memory is what AHV does not overcommit by default; the largest host is kept free. */
  private static List<WaveFinding> ofRoom(Exchange exchange, List<Map<String, Object>> chosen) {
    String cluster = Rows.text(Rows.inputs(exchange), "cluster");
    long all = 0;
    long largest = 0;
    for (Map<String, Object> host : Rows.maps(exchange.getProperty("waveHosts"))) {
      Map<String, Object> of = Rows.map(host.get("cluster"));
      if (cluster.equals(of.get("uuid")) || cluster.equals(of.get("extId"))) {
        long bytes = Rows.number(host, "memorySizeBytes", 0);
        all += bytes;
        largest = Math.max(largest, bytes);
      }
    }
    if (all == 0) {
      return List.of(
          new WaveFinding(
              Kind.CAPACITY, List.of(), "Prism shows no host of the cluster " + cluster));
    }
    long used = 0;
    for (Map<String, Object> vm : Rows.maps(exchange.getProperty("waveTargetVms"))) {
      used += "ON".equals(vm.get("powerState")) ? Rows.number(vm, "memorySizeBytes", 0) : 0;
    }
    long wanted =
        chosen.stream()
            .filter(vm -> Boolean.TRUE.equals(vm.get("on")))
            .mapToLong(vm -> Rows.number(vm, "memoryMib", 0) << 20)
            .sum();
    long free = all - largest - used;
    return wanted <= free
        ? List.of()
        : List.of(
            new WaveFinding(
                Kind.CAPACITY,
                List.of(),
                "The wave needs "
                    + (wanted >> 30)
                    + " GiB of memory; cluster "
                    + cluster
                    + " has "
                    + Math.max(0, free >> 30)
                    + " GiB free with one host lost"));
  }

  /**
   * Body: the target's provider. Property {@code waveSource}: the source's. Leaves what every plan
   * of this wave says of places.
   */
  public Map<String, Object> site(Exchange exchange) {
    Map<String, Object> inputs = Rows.inputs(exchange);
    Map<String, Object> target = Rows.body(exchange);
    String wanted = Rows.text(inputs, "cluster");
    Map<String, Object> cluster =
        one(Rows.maps(target.get("clusters")), "cluster", wanted, "a cluster of the target");
    List<Map<String, Object>> containers = Rows.maps(cluster.get("containers"));
    String container = Rows.text(inputs, "container");
    if (container.isEmpty() && containers.size() != 1) {
      throw wrong(
          "container",
          "(missing)",
          "one of " + containers.stream().map(c -> Rows.text(c, "name")).toList());
    }
    List<Map<String, Object>> mapped = new ArrayList<>();
    List<Map<String, Object>> networks = Rows.maps(cluster.get("networks"));
    for (Map<String, Object> network : Rows.maps(inputs.get("networks"))) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("source", network.get("source"));
      each.put("target", id(networks, "networks.target", Rows.text(network, "target")));
      if (network.get("test") != null) {
        each.put("test", id(networks, "networks.test", Rows.text(network, "test")));
      }
      mapped.add(each);
    }
    Map<String, Object> site = new LinkedHashMap<>();
    site.put("source", Rows.text(Rows.map(exchange.getProperty("waveSource")), "provider"));
    site.put("target", Rows.text(target, "provider"));
    site.put("cluster", Rows.text(cluster, "id"));
    site.put(
        "container",
        container.isEmpty()
            ? Rows.text(containers.get(0), "id")
            : id(containers, "container", container));
    site.put("networks", mapped);
    return site;
  }

  private static String id(List<Map<String, Object>> rows, String field, String nameOrId) {
    return Rows.text(one(rows, field, nameOrId, "one of the target's"), "id");
  }

  private static Map<String, Object> one(
      List<Map<String, Object>> rows, String field, String nameOrId, String expected) {
    List<Map<String, Object>> found =
        rows.stream()
            .filter(row -> nameOrId.equals(row.get("id")) || nameOrId.equals(row.get("name")))
            .toList();
    if (found.size() != 1) {
      throw wrong(
          field,
          nameOrId,
          expected + ": " + rows.stream().map(row -> Rows.text(row, "name")).toList());
    }
    return found.get(0);
  }

  private static CallFailure wrong(String field, String value, String expected) {
    return new CallFailure(
        CallFailure.Verdict.REFUSED,
        "invalid-input",
        field + ": " + value + " (expected: " + expected + ")");
  }

  /** Body: what Move can migrate. Excludes what it does not list. */
  public Map<String, Object> listed(Exchange exchange) throws IOException {
    Map<String, Set<String>> networks = new HashMap<>();
    for (Map<String, Object> row : Rows.maps(exchange.getMessage().getBody())) {
      Set<String> of = networks.computeIfAbsent(Rows.text(row, "uuid"), k -> new TreeSet<>());
      for (Map<String, Object> network : Rows.maps(row.get("networks"))) {
        of.add(Rows.text(network, "id"));
        of.add(Rows.text(network, "name"));
      }
    }
    Set<String> mapped = new TreeSet<>();
    Rows.maps(Rows.inputs(exchange).get("networks"))
        .forEach(network -> mapped.add(Rows.text(network, "source")));
    Map<String, String> bad = new LinkedHashMap<>();
    for (Map<String, Object> vm : plans.of(Rows.own(exchange)).vms()) {
      Set<String> of = networks.get(Rows.text(vm, "instanceUuid"));
      if (of == null) {
        bad.put(Rows.text(vm, "vm"), "Move does not list it");
        continue;
      }
      for (Map<String, Object> nic : Rows.maps(vm.get("nics"))) {
        String id = Rows.text(nic, "network");
        String name = Rows.text(nic, "networkName");
        if (!mapped.contains(id) && !mapped.contains(name)) {
          bad.put(
              Rows.text(vm, "vm"),
              "its network " + Texts.line(name + " (" + id + ")", 200) + " is not mapped");
        }
      }
    }
    return exclude(exchange, bad);
  }

  /** Takes VMs out, and those that need them; tells how many were and are. */
  private Map<String, Object> exclude(Exchange exchange, Map<String, String> bad)
      throws IOException {
    String own = Rows.own(exchange);
    WavePlans.Kept kept = plans.of(own);
    Map<String, Waves.Vm> before = byId(own);
    int dropped = 0;
    for (Map.Entry<String, String> each : bad.entrySet()) {
      dropped += drop(own, before, each.getKey(), each.getValue()) ? 1 : 0;
    }
    for (String vm : kept.plan().dependants(bad.keySet())) {
      dropped += drop(own, before, vm, "A VM that it needs was excluded") ? 1 : 0;
    }
    long left = included(own).size();
    if (left == 0) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED, "nothing-left", "Every VM of the wave was excluded");
    }
    if (dropped > 0 && "stop".equals(Rows.inputs(exchange).get("onNotReady"))) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "not-ready",
          dropped + " VMs are not ready: " + String.join("; ", few(own)));
    }
    return Map.of("dropped", dropped, "left", left);
  }

  private List<String> few(String own) {
    return waves.of(own).stream()
        .filter(vm -> vm.phase() == WavePhase.EXCLUDED)
        .limit(FEW)
        .map(vm -> vm.name() + ": " + vm.told())
        .toList();
  }

  private boolean drop(String own, Map<String, Waves.Vm> before, String vm, String why) {
    Waves.Vm known = before.get(vm);
    if (known == null || known.phase() == WavePhase.EXCLUDED) {
      return false;
    }
    waves.phase(own, vm, WavePhase.EXCLUDED, why, Map.of());
    return true;
  }

  private Map<String, Waves.Vm> byId(String own) {
    Map<String, Waves.Vm> byId = new LinkedHashMap<>();
    waves.of(own).forEach(vm -> byId.put(vm.vm(), vm));
    return byId;
  }

  private List<Waves.Vm> included(String own) {
    return waves.of(own).stream().filter(vm -> vm.phase() != WavePhase.EXCLUDED).toList();
  }

  /** The plan as Move wants it, and its name; a new one in each round. */
  public Map<String, Object> planRequest(Exchange exchange) throws IOException {
    Map<String, Object> inputs = Rows.inputs(exchange);
    String own = Rows.own(exchange);
    Map<String, Object> site = Rows.map(exchange.getVariable("site"));
    Set<String> in =
        included(own).stream().map(Waves.Vm::vm).collect(Collectors.toCollection(TreeSet::new));
    List<Map<String, Object>> vms = new ArrayList<>();
    Set<String> used = new TreeSet<>();
    for (Map<String, Object> vm : plans.of(own).vms()) {
      if (!in.contains(Rows.text(vm, "vm"))) {
        continue;
      }
      Rows.maps(vm.get("nics"))
          .forEach(
              nic -> {
                used.add(Rows.text(nic, "network"));
                used.add(Rows.text(nic, "networkName"));
              });
      Map<String, Object> each = new LinkedHashMap<>();
      each.put(
          "VMReference",
          Map.of("UUID", Rows.text(vm, "instanceUuid"), "VMID", Rows.text(vm, "vm")));
      each.put("AllowUVMOps", true);
      each.put("GuestPrepMode", settings.guests() == null ? "manual" : "auto");
      each.put("InstallNGT", true);
      each.put("UninstallGuestTools", true);
      each.put("RetainMacAddress", Boolean.TRUE.equals(inputs.get("retainMac")));
      each.put("SkipCdrom", true);
      each.put("SkipIPRetention", false);
      each.put("VMCustomizeType", "replicate");
      each.put("VMPriority", "Medium");
      vms.add(each);
    }
    Map<String, String> ids = networkIds(own);
    List<Map<String, Object>> mappings = new ArrayList<>();
    for (Map<String, Object> network : Rows.maps(site.get("networks"))) {
      String source = Rows.text(network, "source");
      if (used.contains(source)) {
        Map<String, Object> mapping = new LinkedHashMap<>();
        mapping.put("SourceNetworkID", ids.getOrDefault(source, source));
        mapping.put("TargetNetworkID", network.get("target"));
        if (network.get("test") != null) {
          mapping.put("TestNetworkID", network.get("test"));
        }
        mappings.add(mapping);
      }
    }
    String name =
        "drover-"
            + Rows.text(inputs, "name").replaceAll("[^A-Za-z0-9._-]", "-")
            + "-"
            + own
            + "-"
            + exchange.getVariable("planRound");
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("Name", name);
    spec.put("SourceInfo", Map.of("ProviderUUID", Rows.text(site, "source")));
    spec.put(
        "TargetInfo",
        Map.of(
            "ProviderUUID",
            Rows.text(site, "target"),
            "AOSProviderAttrs",
            Map.of(
                "ClusterUUID", Rows.text(site, "cluster"),
                "ContainerUUID", Rows.text(site, "container"))));
    spec.put("NetworkMappings", mappings);
    Map<String, Object> rest = new LinkedHashMap<>();
    rest.put("Bandwidth", null);
    rest.put("GuestPrepMode", settings.guests() == null ? "manual" : "auto");
    rest.put("NicConfigMode", "retain");
    // -1: never by itself. Drover cuts over, one by one.
    rest.put(
        "Schedule",
        Map.of("ScheduleAtEpochSec", -1, "RWStartTimeAtEpochSec", 0, "RWEndTimeAtEpochSec", 0));
    rest.put("VMTimeZone", "UTC");
    spec.put("Settings", rest);
    spec.put("Workload", Map.of("Type", "VM", "VMs", vms));
    return Map.of("move", Rows.text(inputs, "move"), "planName", name, "planSpec", spec);
  }

  private Map<String, String> networkIds(String own) throws IOException {
    Map<String, String> ids = new HashMap<>();
    plans.of(own).vms().stream()
        .flatMap(vm -> Rows.maps(vm.get("nics")).stream())
        .forEach(nic -> ids.put(Rows.text(nic, "networkName"), Rows.text(nic, "network")));
    return ids;
  }

  /** UUIDs of the workloads that are in. */
  public Map<String, Object> workloads(Exchange exchange) {
    List<Object> uuids = new ArrayList<>();
    included(Rows.own(exchange)).forEach(vm -> uuids.add(vm.facts().get("instanceUuid")));
    return Map.of("workloads", uuids);
  }

  /** Body: guests that could not be prepared, or what stands against the plan. Excludes them. */
  public Map<String, Object> judged(Exchange exchange) throws IOException {
    String own = Rows.own(exchange);
    Map<String, String> ids = new HashMap<>();
    included(own).forEach(vm -> ids.put(String.valueOf(vm.facts().get("instanceUuid")), vm.vm()));
    Map<String, String> bad = new LinkedHashMap<>();
    for (Map<String, Object> row : Rows.maps(Rows.body(exchange).get("failed"))) {
      String vm = ids.get(Rows.text(row, "uuid"));
      if (vm == null) {
        throw new CallFailure(
            CallFailure.Verdict.REFUSED,
            "not-ready",
            "Move says that the plan is not ready: " + Rows.text(row, "message"));
      }
      bad.merge(vm, Rows.text(row, "message"), (one, other) -> one + "; " + other);
    }
    Instant now = clock.now();
    for (Waves.Vm vm : included(own)) {
      String against = bad.get(vm.vm());
      waves.phase(
          own,
          vm.vm(),
          WavePhase.PLANNED,
          null,
          Map.of("readiness", against == null ? "ready" : against, "readinessAt", now.toString()));
    }
    return exclude(exchange, bad);
  }

  /** Is told with each look at the copies. */
  Consumer<Map<String, MoveWorkload>> watcher(Exchange exchange) {
    String own = Rows.own(exchange);
    Map<String, String> ids = new HashMap<>();
    included(own).forEach(vm -> ids.put(String.valueOf(vm.facts().get("instanceUuid")), vm.vm()));
    Map<String, Waves.Progress> last = new HashMap<>();
    return all -> {
      List<Waves.Progress> changed = new ArrayList<>();
      for (MoveWorkload each : all.values()) {
        String vm = ids.get(each.uuid());
        if (vm == null) {
          continue;
        }
        WavePhase phase =
            each.failed() ? WavePhase.FAILED : each.ready() ? WavePhase.READY : WavePhase.COPYING;
        String told = Texts.line((each.told() + " " + each.error()).strip(), 400);
        Waves.Progress now =
            new Waves.Progress(vm, phase, told, each.progress(), each.etaSeconds());
        if (!now.equals(last.put(vm, now))) {
          changed.add(now);
        }
      }
      if (!changed.isEmpty()) {
        waves.progress(own, changed);
      }
    };
  }

  static List<Map<String, Object>> rows(Map<String, MoveWorkload> all) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (MoveWorkload each : all.values()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("uuid", each.uuid());
      row.put("name", each.name());
      row.put("state", each.told());
      row.put("ready", each.ready());
      row.put("failed", each.failed());
      row.put("progress", each.progress());
      row.put("error", Texts.line(each.error(), 400));
      row.put("extId", each.extId() == null ? "" : each.extId());
      rows.add(row);
    }
    return rows;
  }

  /** Body: how the copies ended. What failed is out, and what needs it. */
  public Map<String, Object> copied(Exchange exchange) throws IOException {
    String own = Rows.own(exchange);
    Map<String, Waves.Vm> all = byId(own);
    WavePlans.Kept kept = plans.of(own);
    Map<String, String> ids = new HashMap<>();
    all.values().forEach(vm -> ids.put(String.valueOf(vm.facts().get("instanceUuid")), vm.vm()));
    Set<String> failed = new LinkedHashSet<>();
    for (Map<String, Object> row : Rows.maps(Rows.body(exchange).get("failed"))) {
      String vm = ids.get(Rows.text(row, "uuid"));
      if (vm != null) {
        failed.add(vm);
        waves.phase(
            own, vm, WavePhase.FAILED, "Its copy failed: " + Rows.text(row, "message"), Map.of());
      }
    }
    for (String vm : kept.plan().dependants(failed)) {
      waiting(own, all.get(vm), "the copy of a VM that it needs failed");
    }
    long ready = waves.of(own).stream().filter(vm -> vm.phase() == WavePhase.READY).count();
    if (ready == 0) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED, "nothing-left", "No VM of the wave is ready");
    }
    return Map.of("ready", ready, "failed", failed.size());
  }

  private void waiting(String own, Waves.@Nullable Vm vm, String why) {
    if (vm != null && (OPEN.contains(vm.phase()) || vm.phase() == WavePhase.PLANNED)) {
      waves.phase(own, vm.vm(), WavePhase.WAITING, "Not begun: " + why, Map.of());
    }
  }

  /** VMs that are ready, each as the inputs of its part. */
  public List<Map<String, Object>> ready(Exchange exchange) throws IOException {
    String own = Rows.own(exchange);
    Set<String> in = new TreeSet<>();
    waves.of(own).stream()
        .filter(vm -> vm.phase() == WavePhase.READY)
        .forEach(vm -> in.add(vm.vm()));
    return parts(exchange, in);
  }

  private List<Map<String, Object>> parts(Exchange exchange, Set<String> in) throws IOException {
    Map<String, Object> inputs = Rows.inputs(exchange);
    String own = Rows.own(exchange);
    Map<String, Object> outline = Rows.map(exchange.getVariable("plan"));
    Map<String, Object> plan = Rows.map(exchange.getVariable("movePlan"));
    List<Map<String, Object>> parts = new ArrayList<>();
    for (Map<String, Object> vm : plans.of(own).vms()) {
      if (!in.contains(Rows.text(vm, "vm"))) {
        continue;
      }
      Map<String, Object> part = new LinkedHashMap<>();
      part.put("wave", own);
      for (String name : List.of("vcenter", "move", "system", "pointOfNoReturn")) {
        part.put(name, inputs.get(name));
      }
      for (String name : List.of("healthCheck", "ansible")) {
        if (inputs.get(name) != null) {
          part.put(name, inputs.get(name));
        }
      }
      part.put("plan", Rows.text(plan, "plan"));
      part.put("sourceVm", vm.get("vm"));
      part.put("name", vm.get("name"));
      part.put("workload", vm.get("instanceUuid"));
      part.put("sourceOn", vm.get("on"));
      part.put("address", Rows.text(vm, "address"));
      part.put("categoryExtIds", outline.get("categoryExtIds"));
      part.put(
          "nics",
          Rows.maps(vm.get("nics")).stream()
              .filter(nic -> Boolean.TRUE.equals(nic.get("startConnected")))
              .map(nic -> nic.get("key"))
              .toList());
      parts.add(part);
    }
    return parts;
  }

  /** After tests: a VM whose test failed is out, and what needs it. */
  public Map<String, Object> testsJudged(Exchange exchange) throws IOException {
    String own = Rows.own(exchange);
    Map<String, Waves.Vm> all = byId(own);
    Set<String> failed = new LinkedHashSet<>();
    for (Execution child : executions.children(own)) {
      String key = String.valueOf(child.key());
      if (key.startsWith("test-") && child.outcome() != null && child.outcome().bad()) {
        String vm = key.substring("test-".length());
        failed.add(vm);
        waves.phase(own, vm, WavePhase.FAILED, "Its test failed: " + child.reason(), Map.of());
      }
    }
    for (String vm : plans.of(own).plan().dependants(failed)) {
      waiting(own, all.get(vm), "the test of a VM that it needs failed");
    }
    return Map.of("failed", failed.size());
  }

  /**
   * What the approvers see. Body: the chosen VMs as vCenter has them now. Property {@code
   * waveWorkloads}: the workloads as Move has them now.
   */
  public Map<String, @Nullable Object> facts(Exchange exchange) throws IOException {
    String own = Rows.own(exchange);
    Map<String, Object> inputs = Rows.inputs(exchange);
    WavePlans.Kept kept = plans.of(own);
    Map<String, Waves.Vm> all = byId(own);
    Map<String, Map<String, Object>> source = new HashMap<>();
    Rows.maps(Rows.body(exchange).get("chosen")).forEach(vm -> source.put(Rows.text(vm, "vm"), vm));
    Map<String, Map<String, Object>> workloads = new HashMap<>();
    Rows.maps(exchange.getProperty("waveWorkloads"))
        .forEach(row -> workloads.put(Rows.text(row, "uuid"), row));
    List<String> going = new ArrayList<>();
    List<String> staying = new ArrayList<>();
    for (Map<String, Object> vm : kept.vms()) {
      Waves.Vm known = all.get(Rows.text(vm, "vm"));
      Map<String, Object> now = source.get(Rows.text(vm, "vm"));
      Map<String, Object> workload = workloads.get(Rows.text(vm, "instanceUuid"));
      if (known == null || known.phase() != WavePhase.READY) {
        staying.add(
            Rows.text(vm, "name")
                + ": "
                + (known == null ? "" : known.phase() + ", " + known.told()));
        continue;
      }
      going.add(
          (Rows.number(vm, "level", 0) + 1)
              + ". "
              + (now == null ? Rows.text(vm, "name") + " IS GONE" : Rows.text(now, "name"))
              + " ("
              + known.vm()
              + "), source "
              + (now != null && Boolean.TRUE.equals(now.get("on")) ? "on" : "off")
              + ", Move: "
              + (workload == null
                  ? "unknown"
                  : Boolean.TRUE.equals(workload.get("ready"))
                      ? "ready"
                      : Rows.text(workload, "state") + " " + Rows.text(workload, "error"))
              + ", checked: "
              + known.facts().get("readiness"));
    }
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put(
        "what",
        "Cut over "
            + going.size()
            + " VMs of wave "
            + inputs.get("name")
            + " from vCenter "
            + inputs.get("vcenter")
            + " to "
            + inputs.get("system")
            + ": each is powered off at the source and started on AHV, what it needs before it. A VM"
            + " that fails is put back to its source until this point: "
            + inputs.get("pointOfNoReturn")
            + "; after it, somebody is asked. Sources are kept, off and disconnected.");
    facts.put("vms", going);
    facts.put("notGoing", staying);
    facts.put("cluster", inputs.get("cluster"));
    facts.put("networks", inputs.get("networks"));
    facts.put("concurrency", inputs.get("concurrency"));
    facts.put("onFailure", inputs.get("onFailure"));
    Map<String, @Nullable Object> ages = new LinkedHashMap<>();
    Instant now = clock.now();
    ages.put("workloadsAndSourcesReadAt", now.toString());
    String checked =
        all.values().stream()
            .map(vm -> String.valueOf(vm.facts().get("readinessAt")))
            .filter(at -> !at.equals("null"))
            .min(String::compareTo)
            .orElse("");
    ages.put(
        "readinessAgeMinutes",
        checked.isEmpty() ? null : Duration.between(Instant.parse(checked), now).toMinutes());
    facts.put("asOf", ages);
    return facts;
  }

  /** Body: the answer of the gate. Writes down who said yes, and when cutovers are to end. */
  public Map<String, Object> approved(Exchange exchange) {
    String own = Rows.own(exchange);
    Map<String, Object> answer = Rows.body(exchange);
    Map<String, Object> inputs = Rows.inputs(exchange);
    for (Waves.Vm vm : waves.of(own)) {
      if (vm.phase() == WavePhase.READY) {
        waves.phase(
            own,
            vm.vm(),
            WavePhase.READY,
            null,
            Map.of("approvedBy", answer.get("approvedBy"), "approval", answer.get("approval")));
      }
    }
    long minutes = Rows.number(inputs, "cutoverMinutes", 0);
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("told", Rows.text(answer, "told"));
    told.put(
        "notAfter", minutes == 0 ? "" : clock.now().plus(Duration.ofMinutes(minutes)).toString());
    told.put(
        "remaining", waves.of(own).stream().filter(vm -> vm.phase() == WavePhase.READY).count());
    return told;
  }

  /**
   * The VMs whose bases are all there and whose cutover was not begun, as inputs; and those whose
   * cutover goes on, begun by this round before the process died.
   */
  public List<Map<String, Object>> round(Exchange exchange) throws IOException {
    String own = Rows.own(exchange);
    Set<String> all = runnable(own);
    begun(own)
        .forEach(
            (vm, child) -> {
              if (child.outcome() == null) {
                all.add(vm);
              }
            });
    return parts(exchange, all);
  }

  private Set<String> runnable(String own) throws IOException {
    WavePlans.Kept kept = plans.of(own);
    Map<String, Waves.Vm> all = byId(own);
    Set<String> begun = begun(own).keySet();
    Set<String> runnable = new TreeSet<>();
    for (Waves.Vm vm : all.values()) {
      boolean open = OPEN.contains(vm.phase()) && !begun.contains(vm.vm());
      // A base that is out of the wave was on AHV before, or the VM would be out, too.
      boolean based =
          kept.needs(vm.vm()).stream()
              .map(all::get)
              .allMatch(base -> base != null && base.phase() == WavePhase.MIGRATED);
      if (open && based) {
        runnable.add(vm.vm());
      }
    }
    return runnable;
  }

  /** Cutovers of this wave by the VM's id. */
  private Map<String, Execution> begun(String own) {
    Map<String, Execution> begun = new LinkedHashMap<>();
    for (Execution child : executions.children(own)) {
      String key = String.valueOf(child.key());
      if (key.startsWith("cutover-")) {
        begun.put(key.substring("cutover-".length()), child);
      }
    }
    return begun;
  }

  /** After a round: what failed, and how many more can be begun. */
  public Map<String, Object> judge(Exchange exchange) throws IOException {
    String own = Rows.own(exchange);
    Map<String, Waves.Vm> all = byId(own);
    Set<String> failed = new LinkedHashSet<>();
    List<String> told = new ArrayList<>();
    boolean unsure = false;
    boolean stopped = false;
    for (Map<String, Object> row : Rows.maps(exchange.getMessage().getBody())) {
      stopped |= "CANCELLED".equals(row.get("outcome"));
      if (row.get("execution") == null) {
        stopped |= String.valueOf(row.get("reason")).contains("window closed");
      }
    }
    for (Map.Entry<String, Execution> each : begun(own).entrySet()) {
      Outcome outcome = each.getValue().outcome();
      if (outcome != null && outcome != Outcome.SUCCEEDED) {
        failed.add(each.getKey());
        unsure |= UNSURE.contains(outcome);
        Waves.Vm vm = all.get(each.getKey());
        told.add((vm == null ? each.getKey() : vm.name()) + ": " + each.getValue().reason());
      }
    }
    for (String vm : plans.of(own).plan().dependants(failed)) {
      waiting(own, all.get(vm), "a VM that it needs did not get to AHV");
    }
    int before = (int) Rows.number(Rows.map(exchange.getVariable("turn")), "failed", 0);
    int runnable = stopped ? 0 : runnable(own).size();
    boolean more = failed.size() > before;
    Map<String, Object> turn = new LinkedHashMap<>();
    turn.put("remaining", runnable);
    turn.put("failed", failed.size());
    turn.put("stopped", stopped);
    // Something that nobody can be sure of stops a wave that would otherwise go on, too.
    turn.put(
        "ask",
        runnable > 0 && more && (unsure || "pause".equals(Rows.inputs(exchange).get("onFailure"))));
    turn.put("told", Texts.line(String.join("; ", told), 2_000));
    return turn;
  }

  /** What those see who are asked whether the wave goes on. */
  public Map<String, @Nullable Object> pauseFacts(Exchange exchange) throws IOException {
    String own = Rows.own(exchange);
    Map<String, Object> turn = Rows.map(exchange.getVariable("turn"));
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put(
        "what",
        turn.get("failed")
            + " VMs of wave "
            + Rows.inputs(exchange).get("name")
            + " did not get to AHV. Yes: the others go on, without those that need them. No: the wave"
            + " ends here; VMs that were not begun stay at their source, as they are.");
    facts.put("failed", turn.get("told"));
    Set<String> next = runnable(own);
    facts.put(
        "next",
        waves.of(own).stream()
            .filter(vm -> next.contains(vm.vm()))
            .map(Waves.Vm::name)
            .limit(200)
            .toList());
    return facts;
  }

  /** How it ends when a step of the wave itself failed. */
  public String failedOutcome(Exchange exchange) {
    boolean begun = exchange.getVariable("begun") != null;
    return switch (Rows.failureKind(exchange)) {
      case "plan-gone", "unknown-outcome" -> "NEEDS_HUMAN";
      case "rejected" -> begun ? "FAILED_CHANGED" : "REJECTED";
      case "cancelled" -> begun ? "FAILED_CHANGED" : "CANCELLED";
      default -> begun ? "FAILED_CHANGED" : "FAILED_UNCHANGED";
    };
  }

  public String failure(Exchange exchange) {
    return Rows.failure(exchange);
  }

  /** Writes the report; leaves the partition, the outcome and a text for people. */
  public Map<String, @Nullable Object> report(Exchange exchange) throws IOException {
    String own = Rows.own(exchange);
    Map<String, Execution> begun = begun(own);
    boolean open = exchange.getVariable("failure") == null;
    for (Waves.Vm vm : waves.of(own)) {
      if ((vm.phase() == WavePhase.READY || vm.phase() == WavePhase.COPYING)
          && !begun.containsKey(vm.vm())) {
        waves.phase(
            own, vm.vm(), WavePhase.UNTOUCHED, "Not begun: it runs at its source", Map.of());
      }
    }
    List<Waves.Vm> vms = waves.of(own);
    try (Writer out =
        new OutputStreamWriter(
            artifacts.create(own, "wave.csv", "text/csv;charset=utf-8"), StandardCharsets.UTF_8)) {
      WaveCsv.write(vms, out);
    }
    Map<WavePhase, Integer> sums = new EnumMap<>(WavePhase.class);
    vms.forEach(vm -> sums.merge(vm.phase(), 1, Integer::sum));
    Map<String, @Nullable Object> told = new LinkedHashMap<>();
    Map<String, Object> partition = new LinkedHashMap<>();
    sums.forEach((phase, count) -> partition.put(phase.name(), count));
    told.put("vms", vms.size());
    told.put("partition", partition);
    String outcome =
        open ? ended(sums, vms.size()) : String.valueOf(exchange.getVariable("outcome"));
    String reason =
        (open ? "" : exchange.getVariable("outcomeReason") + ". ") + "VMs by phase: " + partition;
    told.put("outcome", outcome);
    told.put("reason", reason);
    told.put(
        "text",
        "Migration wave "
            + Rows.inputs(exchange).get("name")
            + " ("
            + own
            + "): "
            + outcome
            + ". "
            + reason
            + problems(vms));
    return told;
  }

  private static String problems(Collection<Waves.Vm> vms) {
    List<String> bad =
        vms.stream()
            .filter(vm -> vm.phase() != WavePhase.MIGRATED)
            .limit(FEW)
            .map(vm -> Texts.line(vm.name() + " " + vm.phase() + ": " + vm.told(), 300))
            .toList();
    return bad.isEmpty() ? "" : "\n" + String.join("\n", bad);
  }

  private static String ended(Map<WavePhase, Integer> sums, int all) {
    int migrated = sums.getOrDefault(WavePhase.MIGRATED, 0);
    if (sums.containsKey(WavePhase.NEEDS_HUMAN)) {
      return "NEEDS_HUMAN";
    }
    if (migrated == all) {
      return "SUCCEEDED";
    }
    return migrated == 0 && sums.containsKey(WavePhase.ROLLED_BACK)
        ? "ROLLED_BACK"
        : migrated == 0 ? "FAILED_UNCHANGED" : "FAILED_CHANGED";
  }
}
