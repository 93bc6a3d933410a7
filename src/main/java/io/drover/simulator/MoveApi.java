package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.simulator.MigrationPlan.Workload;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Move's API v2: logins, providers, plans, and what a cutover does in vCenter and in Prism. */
final class MoveApi extends Front {
  private static final Pattern PLAN = Pattern.compile("/move/v2/plans/([^/]+)(/.*)?");
  private static final Pattern WORKLOAD = Pattern.compile("/workloads/([^/]+)(/action|/refresh)?");
  private static final Pattern PROVIDER = Pattern.compile("/move/v2/providers/([^/]+)(/.*)?");

  final String username = "nutanix";
  final String password = Logins.secret("");
  private final VSphere sphere;
  private final Map<String, Long> tokens = new HashMap<>();
  private final Map<String, Provider> providers = new LinkedHashMap<>();
  private final Map<String, MigrationPlan> plans = new LinkedHashMap<>();
  private final Map<String, Long> calls = new TreeMap<>();
  private int logins;

  private record Provider(String uuid, String name, boolean source, String address) {}

  MoveApi(VSphere sphere, Faults faults) {
    super("move", sphere.world, faults);
    this.sphere = sphere;
  }

  /** Ends all tokens. */
  void expire() {
    synchronized (world) {
      tokens.clear();
    }
  }

  /** For the control: {@code losePlans}, or {@code vm} (a source's name) with a state. */
  JsonNode change(JsonNode json) {
    synchronized (world) {
      if (json.path("losePlans").asBoolean()) {
        plans.clear();
        world.note("move-lost-plans", null);
      }
      if (json.has("vm")) {
        String name = json.path("vm").asText();
        for (MigrationPlan plan : plans.values()) {
          for (Workload each : plan.workloads.values()) {
            if (each.vm.name.equals(name)) {
              each.look();
              each.fail(json.path("fail").asText("made to fail"));
            }
          }
        }
      }
      return shown();
    }
  }

  /** For the control. */
  ObjectNode shown() {
    synchronized (world) {
      ObjectNode view = Json.object().put("logins", logins);
      ObjectNode counts = view.putObject("calls");
      calls.forEach(counts::put);
      view.put("providers", providers.size());
      ArrayNode all = view.putArray("plans");
      for (MigrationPlan plan : plans.values()) {
        ObjectNode row = all.addObject().put("uuid", plan.uuid).put("name", plan.name);
        ArrayNode rows = row.putArray("workloads");
        for (Workload each : plan.workloads.values()) {
          each.look();
          rows.addObject()
              .put("name", each.vm.name)
              .put("uuid", each.vm.instanceUuid)
              .put("state", each.state);
        }
      }
      return view;
    }
  }

  @Override
  void refuse(HttpServerExchange exchange, int status) {
    error(exchange, status, 10000, "A fault");
  }

  @Override
  void take(HttpServerExchange exchange, byte[] body) {
    synchronized (world) {
      String path = exchange.getRequestPath();
      String method = exchange.getRequestMethod().toString();
      calls.merge(method + " " + path.replaceAll("[0-9a-f-]{36}", "ID"), 1L, Long::sum);
      try {
        if (path.equals("/move/v2/users/login")) {
          login(exchange, body);
        } else if (path.equals("/move/v2/token")) {
          token(exchange, body);
        } else if (!known(exchange)) {
          error(exchange, 401, 10401, "Unauthorized");
        } else {
          JsonNode json = body.length == 0 ? Json.object() : lowered(Json.MAPPER.readTree(body));
          taken(exchange, method, path, json);
        }
      } catch (IOException e) {
        error(exchange, 422, 10422, "The body is not JSON");
      }
    }
  }

  /** Move does not mind the case of keys: here all are looked up in lower case. */
  private static JsonNode lowered(JsonNode node) {
    if (node.isObject()) {
      ObjectNode copy = Json.object();
      node.properties()
          .forEach(f -> copy.set(f.getKey().toLowerCase(Locale.ROOT), lowered(f.getValue())));
      return copy;
    }
    if (node.isArray()) {
      ArrayNode copy = Json.array();
      node.forEach(each -> copy.add(lowered(each)));
      return copy;
    }
    return node;
  }

  private boolean served(String login) {
    String which = world.options.text("move-login");
    return which.equals("both") || which.equals(login);
  }

  private void login(HttpServerExchange exchange, byte[] body) throws IOException {
    if (!served("classic")) {
      error(exchange, 404, 10404, "Not found");
      return;
    }
    JsonNode spec = lowered(Json.MAPPER.readTree(body)).path("spec");
    if (!Logins.same(spec.path("password").asText(), password)
        || !spec.path("username").asText().equals(username)) {
      error(exchange, 401, 10401, "Login failed");
      return;
    }
    ObjectNode answer = Json.object();
    answer
        .putObject("Status")
        .put("Token", issued())
        .put("ExpiryDate", Instant.now().plus(life()).toString());
    json(exchange, 200, answer);
  }

  private Duration life() {
    return world.options.duration("move-token-life");
  }

  private String issued() {
    String token = Logins.secret("");
    tokens.put(token, System.nanoTime());
    logins++;
    return token;
  }

  private void token(HttpServerExchange exchange, byte[] body) {
    Map<String, String> form = new HashMap<>();
    for (String pair : new String(body, StandardCharsets.UTF_8).split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    if (!served("token")) {
      error(exchange, 404, 10404, "Not found");
    } else if (!"PASSWORD".equals(form.get("grantType"))
        || !username.equals(form.get("username"))
        || !Logins.same(form.getOrDefault("password", ""), password)) {
      error(exchange, 401, 10401, "Login failed");
    } else {
      json(
          exchange,
          200,
          Json.object()
              .put("AccessToken", issued())
              .put("AccessTokenExpiry", life().toSeconds())
              .put("APIVersion", "2.3.0"));
    }
  }

  private boolean known(HttpServerExchange exchange) {
    String sent = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
    String token = sent == null ? "" : sent.replaceFirst("^Bearer ", "");
    Long since = tokens.get(token);
    return since != null && System.nanoTime() - since < life().toNanos();
  }

  private void taken(HttpServerExchange exchange, String method, String path, JsonNode json) {
    Matcher plan = PLAN.matcher(path);
    Matcher provider = PROVIDER.matcher(path);
    if (path.equals("/move/v2/appinfo")) {
      ObjectNode answer = Json.object();
      answer.putObject("Status").put("Version", "5.2.0");
      json(exchange, 200, answer);
    } else if (path.equals("/move/v2/providers/list")) {
      json(exchange, 200, entities(providers.values().stream().map(this::view).toList()));
    } else if (path.equals("/move/v2/providers") && method.equals("POST")) {
      addProvider(exchange, json.path("spec"));
    } else if (provider.matches()) {
      provider(exchange, providers.get(provider.group(1)), provider.group(2), json);
    } else if (path.equals("/move/v2/plans/list")) {
      json(exchange, 200, entities(plans.values().stream().map(p -> row(p, true)).toList()));
    } else if (path.equals("/move/v2/plans") && method.equals("POST")) {
      addPlan(exchange, json.path("spec"));
    } else if (plan.matches() && plans.containsKey(plan.group(1))) {
      MigrationPlan known = plans.get(plan.group(1));
      if (known != null) {
        ofPlan(exchange, method, known, plan.group(2) == null ? "" : plan.group(2), json);
      }
    } else {
      error(exchange, 404, 10404, "Not found");
    }
  }

  private static ObjectNode entities(List<ObjectNode> rows) {
    ObjectNode answer = Json.object();
    ArrayNode all = answer.putArray("Entities");
    rows.forEach(all::add);
    answer.putObject("MetaData").put("Count", rows.size());
    return answer;
  }

  private void addProvider(HttpServerExchange exchange, JsonNode spec) {
    boolean source = spec.has("esxaccessinfo");
    JsonNode access = spec.path(source ? "esxaccessinfo" : "aosaccessinfo");
    String name = spec.path("name").asText();
    if (access.path("iporfqdn").asText().isEmpty() || access.path("password").asText().isEmpty()) {
      error(exchange, 422, 10422, "AccessInfo is missing");
    } else if (providers.values().stream().anyMatch(p -> p.name.equals(name))) {
      error(exchange, 409, 10409, "There is a provider of this name");
    } else {
      Provider made = new Provider(world.newId(), name, source, access.path("iporfqdn").asText());
      providers.put(made.uuid, made);
      world.note("move-provider-created", null, "provider", name);
      json(exchange, 201, view(made));
    }
  }

  private ObjectNode view(Provider provider) {
    ObjectNode row = Json.object();
    row.putObject("MetaData")
        .put("UUID", provider.uuid)
        .put("NumDiscoveredWorkloads", provider.source ? sphere.vms.size() : 0);
    ObjectNode spec = row.putObject("Spec").put("Name", provider.name).put("UUID", provider.uuid);
    spec.put("Type", provider.source ? "ESXI" : "AOS_PC");
    spec.putObject(provider.source ? "ESXAccessInfo" : "AOSAccessInfo")
        .put("IPorFQDN", provider.address)
        .put("Username", "svc");
    if (!provider.source) {
      ArrayNode clusters = spec.putObject("AOSProperties").putArray("Clusters");
      Central central = world.centrals.values().iterator().next();
      int number = 0;
      for (String cluster : central.clusters) {
        ObjectNode each =
            clusters
                .addObject()
                .put("UUID", cluster)
                .put("Name", "cluster-" + "ab".charAt(number++));
        each.putArray("Containers")
            .addObject()
            .put("UUID", World.uuid("container " + cluster))
            .put("Name", "default");
        ArrayNode networks = each.putArray("Networks");
        central.subnets().values().stream()
            .filter(subnet -> subnet.cluster().equals(cluster))
            .forEach(
                subnet ->
                    networks.addObject().put("UUID", subnet.extId()).put("Name", subnet.name()));
      }
    }
    row.putObject("Status").put("State", "Ready");
    return row;
  }

  private void provider(
      HttpServerExchange exchange,
      @Nullable Provider provider,
      @Nullable String path,
      JsonNode json) {
    if (provider == null) {
      error(exchange, 404, 10404, "Not found");
    } else if ("/workloads/list".equals(path)) {
      List<ObjectNode> rows = new ArrayList<>();
      int limit = Math.min(100, json.path("limit").asInt(100));
      String after = json.path("afteroffset").asText("");
      boolean past = after.isEmpty();
      String last = "";
      boolean more = false;
      for (SourceVm vm : sphere.vms.values()) {
        if (past && rows.size() == limit) {
          more = true;
          break;
        }
        if (past) {
          ObjectNode row =
              Json.object()
                  .put("VMName", vm.name)
                  .put("VMUuid", vm.instanceUuid)
                  .put("VmID", vm.moref)
                  .put("PowerState", vm.on() ? "poweredOn" : "poweredOff")
                  .put("ClusterName", "esx-a");
          row.putArray("Networks").addObject().put("ID", "network-1").put("Name", "VLAN120");
          ((ObjectNode) row.path("Networks").path(0)).put("ID", VSphere.NETWORK);
          rows.add(row);
          last = vm.moref;
        }
        past |= vm.moref.equals(after);
      }
      ObjectNode answer = entities(rows);
      if (more) {
        ((ObjectNode) answer.path("MetaData")).put("AfterOffset", last);
      }
      json(exchange, json.path("refreshinventory").asBoolean() ? 202 : 200, answer);
    } else if ("/validate".equals(path) || path == null) {
      json(exchange, 200, view(provider));
    } else {
      error(exchange, 404, 10404, "Not found");
    }
  }

  private void addPlan(HttpServerExchange exchange, JsonNode spec) {
    String name = spec.path("name").asText();
    MigrationPlan plan = new MigrationPlan(world.newId(), name, spec);
    for (JsonNode vm : spec.path("workload").path("vms")) {
      String uuid = vm.path("vmreference").path("uuid").asText();
      SourceVm source = sphere.byInstance(uuid).orElse(null);
      if (source == null) {
        error(exchange, 422, 10422, "There is no workload " + uuid);
        return;
      }
      plan.workloads.put(uuid, new Workload(source));
    }
    JsonNode mapping = spec.path("networkmappings").path(0);
    if (plan.workloads.isEmpty()
        || mapping.path("targetnetworkid").asText().isEmpty()
        || !providers.containsKey(spec.path("sourceinfo").path("provideruuid").asText())
        || !providers.containsKey(spec.path("targetinfo").path("provideruuid").asText())) {
      error(exchange, 422, 10422, "The plan is not complete");
    } else if (mapping.has("testnetworkid")
        && mapping.path("testnetworkid").equals(mapping.path("targetnetworkid"))) {
      error(exchange, 422, 20538, "Test network must differ from target network");
    } else if (plans.values().stream().anyMatch(p -> p.name.equals(name))) {
      error(exchange, 409, 10409, "There is a plan of this name");
    } else {
      plans.put(plan.uuid, plan);
      world.note("move-plan-created", null, "plan", name, "vms", plan.workloads.size());
      json(exchange, 201, row(plan, false));
    }
  }

  private void ofPlan(
      HttpServerExchange exchange, String method, MigrationPlan plan, String path, JsonNode json) {
    Matcher workload = WORKLOAD.matcher(path);
    plan.workloads.values().forEach(Workload::look);
    switch (method + " " + path) {
      case "GET " -> json(exchange, 200, row(plan, false));
      case "DELETE " -> {
        plans.remove(plan.uuid);
        world.note("move-plan-deleted", null, "plan", plan.name);
        json(exchange, 200, Json.object());
      }
      case "POST /prepare" -> json(exchange, 202, prepared(plan));
      case "POST /readiness" -> json(exchange, 200, readiness(plan));
      case "POST /start" -> start(exchange, plan);
      case "POST /suspend", "POST /resume" -> {
        plan.suspended = path.equals("/suspend");
        json(exchange, 200, Json.object());
      }
      case "POST /cancel" -> {
        plan.canceled = true;
        plan.workloads.values().stream()
            .filter(each -> !each.state.equals("Completed"))
            .forEach(each -> each.state = "Aborted");
        json(exchange, 200, Json.object());
      }
      case "POST /workloads/list" -> json(exchange, 200, workloads(plan));
      default -> {
        Workload one = workload.matches() ? plan.workloads.get(workload.group(1)) : null;
        if (one == null) {
          error(exchange, 404, 10404, "Not found");
        } else if (method.equals("POST") && "/action".equals(workload.group(2))) {
          act(exchange, plan, one, json.path("spec").path("action").asText());
        } else {
          json(exchange, 200, row(one));
        }
      }
    }
  }

  private ObjectNode prepared(MigrationPlan plan) {
    if (plan.preparedAt == 0) {
      plan.preparedAt = System.nanoTime();
      world.note("move-prepare", null, "plan", plan.name);
    }
    ObjectNode answer = Json.object();
    ObjectNode result = answer.putObject("Status").putObject("Result");
    result.putNull("Passed").putNull("Failed");
    boolean over =
        System.nanoTime() - plan.preparedAt
            >= world.options.duration("move-prepare-time").toNanos();
    if (over) {
      plan.prepared = true;
      ArrayNode passed = Json.array();
      ArrayNode failed = Json.array();
      for (Workload each : plan.workloads.values()) {
        if (each.vm.fate.equals("prepareFails")) {
          failed
              .addObject()
              .put("VMUUID", each.vm.instanceUuid)
              .put("Status", "Failed")
              .put("Message", "cannot log in to guest");
        } else {
          passed.addObject().put("VMUUID", each.vm.instanceUuid).put("Status", "Passed");
        }
      }
      result.set("Passed", passed.isEmpty() ? null : passed);
      result.set("Failed", failed.isEmpty() ? null : failed);
    }
    return answer;
  }

  private ObjectNode readiness(MigrationPlan plan) {
    ObjectNode answer = Json.object();
    ObjectNode status = answer.putObject("Status");
    status.putArray("Passed").addObject().put("CheckType", "Source").put("Message", "ok");
    status.putNull("Failed");
    ArrayNode failed = Json.array();
    for (Workload each : plan.workloads.values()) {
      if (each.vm.fate.equals("notReady")) {
        ObjectNode row =
            failed
                .addObject()
                .put("VMUUID", each.vm.instanceUuid)
                .put("CheckType", "VMDisk")
                .put("Message", "An independent disk cannot be migrated");
        if (world.options.text("move-readiness").equals("grouped")) {
          ObjectNode check =
              Json.object().put("CheckType", "VMDisk").put("Message", row.path("Message").asText());
          row.remove(List.of("CheckType", "Message"));
          row.putArray("Checks").add(check);
        }
      }
    }
    ObjectNode vms = status.putObject("VMChecksResult");
    vms.putNull("Passed");
    vms.set("Failed", failed.isEmpty() ? null : failed);
    return answer;
  }

  private void start(HttpServerExchange exchange, MigrationPlan plan) {
    if (plan.started) {
      error(exchange, 409, 10409, "The plan was started already");
      return;
    }
    plan.started = true;
    world.note("move-plan-started", null, "plan", plan.name);
    for (Workload each : plan.workloads.values()) {
      each.state = "DataSeeding";
      each.seededFrom = System.nanoTime();
      each.copyNanos =
          world.options.duration("move-copy-time").toNanos()
              + (each.bytes >> 30) * world.options.duration("move-copy-time-per-gib").toNanos();
    }
    json(exchange, 202, Json.object());
  }

  private void act(HttpServerExchange exchange, MigrationPlan plan, Workload one, String action) {
    if (!one.actions().contains(action.toUpperCase(Locale.ROOT))) {
      world.note(
          "move-action-refused", null, "action", action, "source", one.vm.name, "state", one.state);
      error(exchange, 409, 10409, action + " is not offered in state " + one.state);
      return;
    }
    world.note(
        "move-action",
        null,
        "action",
        action,
        "source",
        one.vm.name,
        "id",
        one.vm.moref,
        "state",
        one.state);
    switch (action) {
      case "cutover" -> cutOver(plan, one, 0);
      case "abort" -> one.state = "Aborted";
      case "discard" -> {
        plan.workloads.remove(one.vm.instanceUuid);
        world.note("move-discarded", null, "source", one.vm.name);
      }
      case "retry" -> {
        one.state = "DataSeeding";
        one.error = "";
        one.seededFrom = System.nanoTime();
      }
      case "test", "retest" -> {
        removeTest(one);
        String network = network(plan, "testnetworkid");
        Vm test =
            Seeds.join(
                world,
                target(plan),
                one.vm.name + "-MoveTest",
                cluster(plan),
                one.vm.guest.distribution);
        test.disk = one.vm.guest.disk.copy();
        test.subnet = network.isEmpty() ? test.subnet : network;
        one.test = test;
        world.power(test, true);
      }
      case "undotest" -> removeTest(one);
      default -> {} // sync, suspend, resume, complete: nothing to see
    }
    json(exchange, 200, Json.object());
  }

  private void removeTest(Workload one) {
    Vm test = one.test;
    if (test != null && test.exists()) {
      world.delete(test);
    }
    one.test = null;
  }

  private Central target(MigrationPlan plan) {
    return world
        .withCluster(cluster(plan))
        .orElseGet(() -> world.centrals.values().iterator().next());
  }

  private static String cluster(MigrationPlan plan) {
    return plan.spec.path("targetinfo").path("aosproviderattrs").path("clusteruuid").asText();
  }

  private static String network(MigrationPlan plan, String kind) {
    return plan.spec.path("networkmappings").path(0).path(kind).asText("");
  }

  /** Source down, cut off, target made, powered as the source was, done; each its time. */
  private void cutOver(MigrationPlan plan, Workload one, int part) {
    if (part == 0) {
      one.state = "CutoverInProgress";
      one.sourceWasOn = one.vm.on();
    }
    world.clock.schedule(
        () -> {
          synchronized (world) {
            if (one.state.equals("CutoverInProgress") && plans.containsValue(plan)) {
              cut(plan, one, part);
            }
          }
        },
        world.options.duration("move-cutover-time").toNanos(),
        TimeUnit.NANOSECONDS);
  }

  private void cut(MigrationPlan plan, Workload one, int part) {
    SourceVm vm = one.vm;
    String fate = vm.fate;
    String[] failing = {
      "cutoverFailsBefore",
      "cutoverFailsAfterPowerOff",
      "cutoverFailsAfterNics",
      "cutoverFailsAfterTarget",
      "cutoverFailsAfterPowerOn"
    };
    if (fate.equals(failing[part])) {
      vm.fate = "fine";
      one.fail("The cutover failed (" + fate + ")");
      return;
    }
    switch (part) {
      case 0 -> {
        if (vm.on()) {
          sphere.power(vm, false);
        }
      }
      case 1 -> {
        for (SourceVm.Nic nic : vm.nics.values()) {
          nic.startConnected = false;
          sphere.connect(vm, nic, false);
        }
        vm.notes = "Migrated by Move";
      }
      case 2 -> {
        if (fate.equals("cutoverHangs")) {
          vm.fate = "fine";
          return;
        }
        Vm made =
            sphere.arrive(
                vm, target(plan), cluster(plan), network(plan, "targetnetworkid"), vm.name);
        vm.target = made;
      }
      case 3 -> {
        Vm made = vm.target;
        if (made != null && one.sourceWasOn && !fate.equals("leftOff")) {
          world.power(made, true);
        }
      }
      default -> {
        Vm made = vm.target;
        one.state = "Completed";
        if (made != null && !fate.equals("noLink")) {
          one.link =
              "https://prism.example.test:9440/console/lib/noVNC/vnc_auto.html?path=vnc/vm/"
                  + made.extId
                  + "/proxy&name="
                  + vm.name;
        }
        world.note("move-cutover-done", made, "source", vm.name, "id", vm.moref);
        return;
      }
    }
    cutOver(plan, one, part + 1);
  }

  private ObjectNode row(MigrationPlan plan, boolean details) {
    plan.workloads.values().forEach(Workload::look);
    ObjectNode row = Json.object();
    ObjectNode meta = row.putObject("MetaData").put("UUID", plan.uuid).put("Name", plan.name);
    Map<String, Integer> counts = new TreeMap<>();
    plan.workloads.values().forEach(each -> counts.merge(each.state, 1, Integer::sum));
    boolean over =
        plan.workloads.values().stream()
            .allMatch(each -> each.state.matches("Completed|Failed|Aborted"));
    int state = !plan.started ? (plan.prepared ? 3 : 1) : plan.suspended ? 5 : over ? 7 : 4;
    meta.put("State", state)
        .put(
            "StateString",
            !plan.started
                ? "MigrationPlanStatePreparation"
                : over ? "MigrationPlanStateCompleted" : "MigrationPlanStateInProgress")
        .put("NumVMs", plan.workloads.size());
    ObjectNode by = meta.putObject("VMStateCounts");
    counts.forEach(by::put);
    ArrayNode actions = meta.putArray("Actions");
    (over && plan.started ? List.of("DELETE") : List.of("SUSPEND", "CANCEL")).forEach(actions::add);
    if (details) {
      ArrayNode vms = meta.putArray("VMStatus");
      plan.workloads.values().forEach(each -> vms.add(row(each)));
    }
    row.putObject("Spec").put("Name", plan.name);
    return row;
  }

  private ObjectNode workloads(MigrationPlan plan) {
    ObjectNode answer = Json.object();
    if (world.options.text("move-workloads").equals("entities")) {
      ArrayNode all = answer.putArray("Entities");
      for (Workload each : plan.workloads.values()) {
        ObjectNode row = row(each);
        ObjectNode wrapped = all.addObject();
        ObjectNode meta = wrapped.putObject("MetaData");
        meta.set("Name", row.path("Name"));
        meta.set("UUID", row.path("UUID"));
        row.properties().forEach(field -> meta.set(field.getKey(), field.getValue()));
        wrapped.putObject("Status").put("PercentageComplete", (int) (each.progress() * 100));
      }
      return answer;
    }
    ObjectNode status = answer.putObject("Status");
    status.set("Actions", row(plan, false).path("MetaData").path("Actions"));
    ArrayNode rows = status.putArray("VMStatus");
    plan.workloads.values().forEach(each -> rows.add(row(each)));
    return answer;
  }

  private ObjectNode row(Workload each) {
    ObjectNode row = Json.object().put("UUID", each.vm.instanceUuid).put("Name", each.vm.name);
    String told = world.options.text("move-states");
    if (!told.equals("number")) {
      row.put("StateString", each.state);
    }
    if (!told.equals("string")) {
      row.put("State", each.number());
    }
    int percent = (int) (each.progress() * 100);
    row.put("Progress", percent).put("ProgressPercentage", percent);
    if (each.state.equals("DataSeeding")) {
      long left = each.copyNanos - (System.nanoTime() - each.seededFrom);
      row.put("ETAInSecs", Math.max(0, left / 1_000_000_000));
    }
    row.put("TotalDataSizeInBytes", each.bytes)
        .put("CopiedDataSizeInBytes", (long) (each.bytes * each.progress()));
    ArrayNode actions = row.putArray("Actions");
    each.actions().stream().sorted().forEach(actions::add);
    row.put("ErrorMessage", each.error);
    if (each.link != null) {
      row.put("VmConsoleLink", each.link);
    }
    return row;
  }

  private static void error(HttpServerExchange exchange, int status, int code, String message) {
    json(
        exchange,
        status,
        Json.object().put("Code", code).put("Message", message).putNull("Details"));
  }
}
