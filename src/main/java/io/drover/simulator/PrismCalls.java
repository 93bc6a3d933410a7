package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What Prism Central does: lists, reads, actions that become tasks. */
final class PrismCalls {
  private static final String VM = "vmm:ahv:config:vm";
  private static final String POINT = "dataprotection:config:recovery-point";
  private static final Set<String> VERSIONS = Set.of("v4.0", "v4.1", "v4.2");
  private static final Set<String> BODYLESS =
      Set.of("power-on", "power-off", "power-cycle", "reset", "shutdown", "reboot");
  private static final Set<String> SORTABLE_VM =
      Set.of("name", "memorySizeBytes", "numSockets", "numCoresPerSocket", "numThreadsPerCore");

  private final World world;

  PrismCalls(World world) {
    this.world = world;
  }

  static String tier(String method, String path) {
    if (path.contains("/ahv/config/vms")) {
      if (path.endsWith("/$actions/revert")) {
        return "vm-revert";
      }
      return !method.equals("GET") ? "vm-action" : path.endsWith("/vms") ? "vm-list" : "vm-get";
    }
    if (path.contains("/recovery-points")) {
      if (path.endsWith("set-expiration-time")) {
        return "recovery-point-expiration";
      }
      return method.equals("GET") ? "recovery-point-read" : "recovery-point-write";
    }
    if (path.contains("/config/tasks")) {
      return "task-read";
    }
    if (path.contains("/config/categories")) {
      return method.equals("GET") ? "category-read" : "category-write";
    }
    return path.contains("/domain-managers") ? "domain-manager-read" : "other";
  }

  /** The VM that a call is about, for faults and the log; empty when it is about none. */
  String vmOf(String path, byte[] body) {
    int at = path.indexOf("/vms/");
    if (at > 0) {
      return path.substring(at + 5).split("/")[0];
    }
    if (path.endsWith("/recovery-points") && body.length > 0) {
      try {
        return Json.MAPPER
            .readTree(body)
            .path("vmRecoveryPoints")
            .path(0)
            .path("vmExtId")
            .asText("");
      } catch (java.io.IOException e) {
        return "";
      }
    }
    at = path.indexOf("/recovery-points/");
    if (at > 0) {
      World.Point point = world.points.get(path.substring(at + 17).split("/")[0]);
      return point == null ? "" : point.vm;
    }
    return "";
  }

  PrismApi.Answer call(Call call) {
    String[] parts = call.path.split("/");
    // "", "api", namespace, version, module, resource, ...
    if (parts.length == 5 && parts[3].equals("unversioned") && parts[4].equals("info")) {
      return ok(Json.object().put("data", "v4.2"));
    }
    if (parts.length < 6 || !parts[1].equals("api") || !VERSIONS.contains(parts[3])) {
      return new PrismApi.Answer(
          404,
          Json.object().put("message", "The requested URL was not found on the server."),
          null);
    }
    String resource =
        parts[2]
            + "/"
            + String.join(
                "/",
                Arrays.copyOfRange(
                    parts, 4, Math.min(parts.length, parts[2].equals("vmm") ? 7 : 6)));
    int id = parts[2].equals("vmm") ? 7 : 6;
    String extId =
        parts.length > id
            ? java.net.URLDecoder.decode(
                parts[id].replace("+", "%2B"), java.nio.charset.StandardCharsets.UTF_8)
            : null;
    String action =
        parts.length > id + 2 && parts[id + 1].equals("$actions") ? parts[id + 2] : null;
    synchronized (world) {
      return switch (resource) {
        case "vmm/ahv/config/vms" -> vms(call, extId, action);
        case "dataprotection/config/recovery-points" -> points(call, extId, action);
        case "prism/config/tasks" -> tasks(call, extId);
        case "prism/config/categories" -> categories(call, extId);
        case "prism/config/domain-managers" -> domainManagers();
        case "clustermgmt/config/clusters" -> clusters(call);
        default ->
            new PrismApi.Answer(
                404,
                Json.object().put("message", "The requested URL was not found on the server."),
                null);
      };
    }
  }

  private PrismApi.Answer vms(Call call, @Nullable String extId, @Nullable String action) {
    if (extId == null) {
      return list(call, "vmm.v4.ahv.config.Vm", world.vms.values().stream(), this::vm, SORTABLE_VM);
    }
    Vm vm = world.vms.get(extId);
    if (vm == null) {
      return new PrismApi.Answer(
          404, error("VMM-30100", "VM_NOT_FOUND", "There is no VM " + extId), null);
    }
    if (action == null) {
      return new PrismApi.Answer(200, data(vm(vm)), vm.etag());
    }
    PrismApi.Answer refused = refuse(call, vm.etag(), true);
    if (refused != null) {
      return refused;
    }
    if (BODYLESS.contains(action) && call.body != null) {
      return new PrismApi.Answer(400, schemaError(call.path, "no body expected"), null);
    }
    List<String[]> entities = new ArrayList<>(List.<String[]>of(new String[] {vm.extId, VM}));
    return switch (action) {
      case "power-on" -> task(call, "VmPowerOn", entities, t -> power(vm, true));
      case "power-off" -> task(call, "VmPowerOff", entities, t -> power(vm, false));
      case "power-cycle", "reset", "reboot", "guest-reboot" ->
          task(call, "VmReboot", entities, t -> world.reboot(vm));
      case "shutdown", "guest-shutdown" ->
          task(call, "VmShutdown", entities, t -> power(vm, false));
      case "revert" -> revert(call, vm, entities);
      case "associate-categories", "disassociate-categories" ->
          task(
              call,
              "VmUpdateCategories",
              entities,
              t -> {
                for (JsonNode category : call.json().path("categories")) {
                  vm.categories.remove(category.path("extId").asText());
                  if (action.startsWith("associate")) {
                    vm.categories.add(category.path("extId").asText());
                  }
                }
                vm.generation++;
              });
      default ->
          new PrismApi.Answer(
              404,
              Json.object().put("message", "The requested URL was not found on the server."),
              null);
    };
  }

  private void power(Vm vm, boolean on) throws World.Refusal {
    if (vm.powerState.equals(on ? "ON" : "OFF")) {
      if (world.options.on("power-same")) {
        return;
      }
      throw new World.Refusal(
          "VMM-30500|VM_INVALID_POWER_STATE|The VM is " + vm.powerState + " already");
    }
    world.power(vm, on);
  }

  private PrismApi.Answer revert(Call call, Vm vm, List<String[]> entities) {
    String nested = call.json().path("vmRecoveryPointExtId").asText();
    World.Point point =
        world.points.values().stream()
            .filter(p -> p.nestedId.equals(nested) && p.vm.equals(vm.extId))
            .findFirst()
            .orElse(null);
    if (point == null) {
      return new PrismApi.Answer(
          404,
          error(
              "VMM-32810",
              "VM_RECOVERY_POINT_NOT_FOUND_ERROR",
              "There is no VM recovery point " + nested),
          null);
    }
    entities.add(new String[] {nested, "dataprotection:config:vm-recovery-point"});
    return task(
        call,
        "RevertVm",
        entities,
        t -> {
          if (vm.powerState.equals("ON") && !world.options.on("revert-while-on")) {
            throw new World.Refusal("VMM-30501|VM_INVALID_POWER_STATE|The VM is ON");
          }
          world.revert(vm, point);
          t.details.put("VM Recovery Point UUID", nested);
        });
  }

  private PrismApi.Answer points(Call call, @Nullable String extId, @Nullable String action) {
    if (extId == null && call.method.equals("GET")) {
      return list(
          call,
          "dataprotection.v4.config.RecoveryPoint",
          world.points.values().stream(),
          this::point,
          Set.of("creationTime", "expirationTime", "name", "ownerExtId"));
    }
    if (extId == null) {
      return create(call);
    }
    World.Point point = world.points.get(extId);
    if (point == null) {
      return new PrismApi.Answer(
          404,
          error(
              "DP-10400",
              "DATAPROTECTION_ENTITY_NON_EXISTENT_ERROR",
              "There is no recovery point " + extId),
          null);
    }
    if (call.method.equals("GET")) {
      return new PrismApi.Answer(200, data(point(point)), point.etag());
    }
    PrismApi.Answer refused = refuse(call, point.etag(), "set-expiration-time".equals(action));
    if (refused != null) {
      return refused;
    }
    List<String[]> entities = new ArrayList<>(List.<String[]>of(new String[] {extId, POINT}));
    if (call.method.equals("DELETE")) {
      return task(
          call,
          "DeleteRecoveryPoint",
          entities,
          t -> {
            world.points.remove(extId);
            world.note("recovery-point-deleted", world.vms.get(point.vm), "point", extId);
          });
    }
    return switch (String.valueOf(action)) {
      case "set-expiration-time" ->
          task(
              call,
              "SetExpirationTime",
              entities,
              t -> {
                point.expires = time(call.json().path("expirationTime").asText());
                point.generation++;
                world.note(
                    "recovery-point-expiry-set",
                    world.vms.get(point.vm),
                    "point",
                    extId,
                    "expires",
                    point.expires);
              });
      case "replicate" -> replicate(call, point, entities);
      default ->
          new PrismApi.Answer(
              404,
              Json.object().put("message", "The requested URL was not found on the server."),
              null);
    };
  }

  private PrismApi.Answer replicate(Call call, World.Point point, List<String[]> entities) {
    String cluster = call.json().path("clusterExtId").asText();
    boolean known = cluster.equals(World.CLUSTER_A) || cluster.equals(World.CLUSTER_B);
    return task(
        call,
        "EntitySnapshotReplicate",
        entities,
        t -> {
          if (!known) {
            throw new World.Refusal(
                "DP-10500|DATAPROTECTION_TARGET_NOT_FOUND|There is no cluster " + cluster);
          }
          World.Point copy =
              new World.Point(
                  world.newId(),
                  world.newId(),
                  point.locationAgnosticId,
                  point.name,
                  point.type,
                  point.vm,
                  cluster,
                  point.disk,
                  point.expires);
          world.points.put(copy.extId, copy);
          t.entities.add(new String[] {copy.extId, POINT});
          t.details.put("recoveryPointExtId", copy.extId);
          world.note(
              "recovery-point-replicated",
              world.vms.get(point.vm),
              "point",
              point.extId,
              "copy",
              copy.extId);
        });
  }

  private PrismApi.Answer create(Call call) {
    PrismApi.Answer refused = refuse(call, "", false);
    if (refused != null) {
      return refused;
    }
    JsonNode body = call.json();
    if (body.has("expirationTime") && body.path("expirationTime").isNull()) {
      return new PrismApi.Answer(400, schemaError(call.path, "expirationTime: null"), null);
    }
    JsonNode wanted = body.path("vmRecoveryPoints");
    if (!wanted.isArray() || wanted.isEmpty() || wanted.size() > 30) {
      return new PrismApi.Answer(
          400,
          schemaError(call.path, "vmRecoveryPoints: " + wanted.size() + " (expected 1..30)"),
          null);
    }
    String vmId = wanted.path(0).path("vmExtId").asText();
    Vm vm = world.vms.get(vmId);
    if (vm == null) {
      return new PrismApi.Answer(
          404,
          error("DP-10401", "DATAPROTECTION_ENTITY_NON_EXISTENT_ERROR", "There is no VM " + vmId),
          null);
    }
    String name = body.path("name").asText("");
    String type = body.path("recoveryPointType").asText("CRASH_CONSISTENT");
    Instant expires =
        body.hasNonNull("expirationTime") ? time(body.path("expirationTime").asText()) : null;
    return task(
        call,
        "CreateRecoveryPoint",
        List.<String[]>of(new String[] {vmId, VM}),
        t -> {
          World.Point point =
              new World.Point(
                  world.newId(),
                  world.newId(),
                  world.newId(),
                  name,
                  type,
                  vmId,
                  vm.cluster,
                  vm.disk.copy(),
                  expires);
          world.points.put(point.extId, point);
          vm.generation++;
          t.entities.add(new String[] {point.extId, POINT});
          t.details.put("recoveryPointExtId", point.extId);
          world.note(
              "recovery-point-created",
              vm,
              "point",
              point.extId,
              "name",
              name,
              "type",
              type,
              "guestTools",
              vm.guestTools);
        });
  }

  private static Instant time(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }

  private PrismApi.Answer tasks(Call call, @Nullable String extId) {
    if (extId == null) {
      return list(
          call,
          "prism.v4.config.Task",
          world.tasks.values().stream(),
          this::task,
          Set.of("createdTime", "startedTime", "lastUpdatedTime"));
    }
    if (!extId.matches("[a-zA-Z0-9/+]*={0,2}:[0-9a-f-]{36}")) {
      return new PrismApi.Answer(400, schemaError(call.path, "Malformed task id"), null);
    }
    World.Task task = world.tasks.get(extId);
    return task == null
        ? new PrismApi.Answer(
            404, error("TSKS-20404", "TASK_NOT_FOUND", "There is no task " + extId), null)
        : new PrismApi.Answer(200, data(task(task)), null);
  }

  private PrismApi.Answer categories(Call call, @Nullable String extId) {
    if (extId != null) {
      String[] pair = world.categories.get(extId);
      return pair == null
          ? new PrismApi.Answer(
              404, error("PRSM-404", "CATEGORY_NOT_FOUND", "There is no category " + extId), null)
          : new PrismApi.Answer(200, data(category(extId)), World.hex("category " + extId));
    }
    return list(
        call,
        "prism.v4.config.Category",
        world.categories.keySet().stream(),
        this::category,
        Set.of("key", "value"));
  }

  private ObjectNode category(String extId) {
    String[] pair = world.categories.get(extId);
    return Json.object()
        .put("extId", extId)
        .put("key", pair[0])
        .put("value", pair[1])
        .put("type", "USER");
  }

  private static PrismApi.Answer domainManagers() {
    ObjectNode manager = Json.object().put("extId", World.DOMAIN_MANAGER);
    manager
        .putObject("config")
        .put("name", "production")
        .put("size", "LARGE")
        .putObject("buildInfo")
        .put("version", "pc.7.5");
    ObjectNode answer = Json.object();
    answer.putArray("data").add(manager);
    answer.putObject("metadata").put("totalAvailableResults", 1);
    return ok(answer);
  }

  private PrismApi.Answer clusters(Call call) {
    return list(
        call,
        "clustermgmt.v4.config.Cluster",
        Stream.of(World.CLUSTER_A, World.CLUSTER_B),
        id -> {
          ObjectNode cluster =
              Json.object()
                  .put("extId", id)
                  .put("name", id.equals(World.CLUSTER_A) ? "cluster-a" : "cluster-b");
          cluster.putObject("config").putArray("clusterFunction").add("AOS");
          return cluster;
        },
        Set.of("name"));
  }

  /** The checks that a write goes through before it becomes a task; null when it may. */
  private PrismApi.@Nullable Answer refuse(Call call, String etag, boolean tagged) {
    if (tagged) {
      if (call.ifMatch == null) {
        return new PrismApi.Answer(
            world.options.number("missing-if-match-status"),
            error("PLAT-10004", "MISSING_ETAG_HEADER", "If-Match is missing"),
            null);
      }
      if (call.ifMatch.equals("*")) {
        return new PrismApi.Answer(
            412, error("PLAT-10005", "INVALID_ETAG_HEADER", "Invalid eTag header"), null);
      }
    }
    if (call.requestId == null || !call.requestId.matches("[0-9a-fA-F-]{36}")) {
      return new PrismApi.Answer(
          400,
          error(
              "VMM-30400",
              "VM_MISSING_REQUEST_ID_HEADER",
              "NTNX-Request-Id: " + call.requestId + " (expected a UUID)"),
          null);
    }
    if (remembered(call) != null) {
      return null;
    }
    if (tagged && !etag.equals(call.ifMatch)) {
      return new PrismApi.Answer(
          412,
          error(
              "VMM-30303", "VM_ETAG_MISMATCH", "The If-Match header value is not the current one"),
          null);
    }
    return null;
  }

  private @Nullable String remembered(Call call) {
    return world.options.on("request-id-memory") ? world.taskOfRequest.get(call.requestId) : null;
  }

  private PrismApi.Answer task(
      Call call, String operation, List<String[]> entities, World.Work work) {
    String known = remembered(call);
    if (known == null) {
      known =
          world.begin(operation, entities, world.options.duration("task-time"), work, call.taskFate)
              .extId;
      world.taskOfRequest.put(String.valueOf(call.requestId), known);
    }
    ObjectNode answer = Json.object();
    answer
        .putObject("data")
        .put("$objectType", "prism.v4.config.TaskReference")
        .put("extId", known);
    return new PrismApi.Answer(202, answer, null);
  }

  private <T> PrismApi.Answer list(
      Call call,
      String type,
      Stream<T> rows,
      Function<T, ObjectNode> render,
      Set<String> sortable) {
    int page = number(call, "$page", 0, 0, Integer.MAX_VALUE);
    int limit = number(call, "$limit", 50, 1, 100);
    Stream<ObjectNode> rendered = rows.map(render);
    String filter = call.query.get("$filter");
    if (filter != null) {
      Predicate<JsonNode> test = ODataFilter.parse(filter);
      rendered = rendered.filter(test);
    }
    List<ObjectNode> all = new ArrayList<>(rendered.toList());
    String order = call.query.get("$orderby");
    if (order != null) {
      String[] by = order.trim().split(" +");
      if (!sortable.contains(by[0])) {
        throw new IllegalArgumentException(
            "$orderby: " + by[0] + " (expected one of " + sortable + ")");
      }
      Comparator<ObjectNode> compare = Comparator.comparing(row -> row.path(by[0]).asText());
      all.sort(by.length > 1 && by[1].equals("desc") ? compare.reversed() : compare);
    }
    ObjectNode answer = Json.object();
    int from = (int) Math.min((long) page * limit, all.size());
    List<ObjectNode> shown = all.subList(from, Math.min(from + limit, all.size()));
    if (!shown.isEmpty() || world.options.text("empty-list").equals("empty")) {
      ArrayNode data = answer.putArray("data");
      shown.forEach(row -> data.add(select(row, call.query.get("$select"))));
      if (!data.isEmpty()) {
        ((ObjectNode) data.get(0)).put("$objectType", type);
      }
    }
    ObjectNode metadata = answer.putObject("metadata");
    ArrayNode flags = metadata.putArray("flags");
    flags.addObject().put("name", "hasError").put("value", false);
    flags.addObject().put("name", "isPaginated").put("value", true);
    metadata.put("totalAvailableResults", all.size());
    return ok(answer);
  }

  private static ObjectNode select(ObjectNode row, @Nullable String select) {
    if (select == null) {
      return row;
    }
    ObjectNode chosen = Json.object();
    Set<String> names = new HashSet<>(Arrays.asList(select.split(",")));
    row.properties()
        .forEach(
            field -> {
              if (names.contains(field.getKey())) {
                chosen.set(field.getKey(), field.getValue());
              }
            });
    return chosen;
  }

  private static int number(Call call, String name, int otherwise, int min, int max) {
    String text = call.query.get(name);
    if (text == null) {
      return otherwise;
    }
    int value = Integer.parseInt(text);
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected " + min + ".." + max + ")");
    }
    return value;
  }

  private ObjectNode vm(Vm vm) {
    ObjectNode row = Json.object();
    row.put("extId", vm.extId).put("name", vm.name).put("powerState", vm.powerState);
    row.put("numSockets", vm.sockets)
        .put("numCoresPerSocket", vm.coresPerSocket)
        .put("numThreadsPerCore", 1);
    row.put("memorySizeBytes", vm.memoryBytes);
    row.putObject("cluster").put("extId", vm.cluster);
    if (vm.powerState.equals("ON")) {
      row.putObject("host").put("extId", World.uuid("host " + vm.cluster));
    }
    if (!vm.categories.isEmpty()) {
      ArrayNode categories = row.putArray("categories");
      vm.categories.forEach(extId -> categories.addObject().put("extId", extId));
    }
    ArrayNode disks = row.putArray("disks");
    disks
        .addObject()
        .putObject("backingInfo")
        .put("$objectType", "vmm.v4.ahv.config.VmDisk")
        .put("diskSizeBytes", vm.diskBytes);
    if (vm.volumeGroup) {
      disks
          .addObject()
          .putObject("backingInfo")
          .put("$objectType", "vmm.v4.ahv.config.ADSFVolumeGroupReference")
          .put("volumeGroupExtId", World.uuid("vg " + vm.extId));
    }
    ObjectNode network = row.putArray("nics").addObject().putObject("networkInfo");
    network
        .putObject("ipv4Info")
        .putArray("learnedIpAddresses")
        .addObject()
        .put("value", vm.address);
    if (vm.guestTools) {
      ObjectNode tools = row.putObject("guestTools");
      tools
          .put("isInstalled", true)
          .put("isEnabled", true)
          .put("isReachable", vm.powerState.equals("ON"));
      tools.putArray("capabilities").add("VSS_SNAPSHOT");
    }
    return row;
  }

  private ObjectNode point(World.Point point) {
    ObjectNode row = Json.object();
    row.put("extId", point.extId).put("name", point.name).put("status", "COMPLETE");
    row.put("recoveryPointType", point.type).put("locationAgnosticId", point.locationAgnosticId);
    row.put("creationTime", point.created.toString());
    if (point.expires != null) {
      row.put("expirationTime", point.expires.toString());
    }
    row.putArray("locationReferences").addObject().put("locationExtId", point.cluster);
    row.putArray("vmRecoveryPoints")
        .addObject()
        .put("extId", point.nestedId)
        .put("vmExtId", point.vm)
        .put("locationAgnosticId", World.uuid("nested " + point.locationAgnosticId));
    return row;
  }

  private ObjectNode task(World.Task task) {
    ObjectNode row = Json.object();
    row.put("extId", task.extId).put("operation", task.operation).put("status", task.status);
    row.put("createdTime", task.created.toString()).put("startedTime", task.created.toString());
    boolean over = task.completed != null;
    row.put("progressPercentage", over ? 100 : 50);
    if (over) {
      row.put("completedTime", String.valueOf(task.completed));
    }
    ArrayNode entities = row.putArray("entitiesAffected");
    task.entities.forEach(
        entity -> entities.addObject().put("extId", entity[0]).put("rel", entity[1]));
    if (!task.details.isEmpty()) {
      ArrayNode details = row.putArray("completionDetails");
      task.details.forEach(
          (name, value) -> details.addObject().put("name", name).put("value", value));
    }
    if (task.error != null) {
      String[] parts = task.error.split("\\|", 3);
      row.putArray("errorMessages")
          .addObject()
          .put("code", parts[0])
          .put("errorGroup", parts[1])
          .put("severity", "ERROR")
          .put("message", parts[2]);
    }
    return row;
  }

  private static ObjectNode data(ObjectNode row) {
    ObjectNode answer = Json.object();
    answer.set("data", row);
    return answer;
  }

  private static PrismApi.Answer ok(ObjectNode body) {
    return new PrismApi.Answer(200, body, null);
  }

  static ObjectNode error(String code, String group, String message) {
    ObjectNode answer = Json.object();
    ObjectNode data = answer.putObject("data");
    data.put("$objectType", "vmm.v4.error.ErrorResponse");
    data.put("$errorItemDiscriminator", "List<vmm.v4.error.AppMessage>");
    data.putArray("error")
        .addObject()
        .put("$objectType", "vmm.v4.error.AppMessage")
        .put("code", code)
        .put("errorGroup", group)
        .put("severity", "ERROR")
        .put("locale", "en-US")
        .put("message", message);
    return answer;
  }

  static ObjectNode schemaError(String path, String message) {
    ObjectNode answer = Json.object();
    ObjectNode error =
        answer
            .putObject("data")
            .put("$objectType", "vmm.v4.error.ErrorResponse")
            .putObject("error");
    error
        .put("$objectType", "vmm.v4.error.SchemaValidationError")
        .put("error", "Bad Request")
        .put("path", path)
        .put("statusCode", 400);
    error.putArray("validationErrorMessages").addObject().put("message", message);
    return answer;
  }

  /** One call as it came in. */
  record Call(
      String method,
      String path,
      Map<String, String> query,
      @Nullable JsonNode body,
      @Nullable String ifMatch,
      @Nullable String requestId,
      @Nullable String taskFate) {

    JsonNode json() {
      return body == null ? Json.object() : body;
    }
  }
}
