package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Recovery points: lists, reads, making, replicating, restoring, expiry, deleting. */
final class PointCalls {
  private static final Set<String> TYPES = Set.of("CRASH_CONSISTENT", "APPLICATION_CONSISTENT");

  private static final Pattern KIND = Pattern.compile("locationAgnosticId eq '([0-9a-f-]{36})'");

  private final World world;
  private final Central central;
  private final Writes writes;

  PointCalls(Central central) {
    this.world = central.world;
    this.central = central;
    this.writes = new Writes(central);
  }

  Answer list(Call call) {
    Fields<Point.Part> part =
        new Fields<Point.Part>()
            .filter("vmExtId", Point.Part::vm)
            .filter("extId", Point.Part::extId);
    Fields<Point> fields =
        new Fields<Point>()
            .filter("extId", point -> point.extId)
            .both("name", point -> point.name)
            .both("creationTime", point -> point.created)
            .filter("locationAgnosticId", point -> point.locationAgnosticId)
            .filterEnum(
                "recoveryPointType", "Dataprotection.Common.RecoveryPointType", point -> point.type)
            .filterAny("vmRecoveryPoints", point -> point.parts, part)
            .sort("expirationTime", point -> point.expires)
            .select("extId", "name", "creationTime", "expirationTime", "recoveryPointType")
            .select("locationAgnosticId", "status", "locationReferences", "vmRecoveryPoints");
    if (call.minor() >= 4) {
      fields.filter("expirationTime", point -> point.expires);
    }
    return new Listing<>(
            world.options,
            "dataprotection.v4.config.RecoveryPoint",
            "ListRecoveryPointsApiResponse",
            fields,
            this::view)
        .answer(call, candidates(call));
  }

  /** Going through 30,000 points for each copy that is looked for would be most of the work. */
  private Map<String, Point> candidates(Call call) {
    Matcher one = KIND.matcher(call.query().getOrDefault("$filter", ""));
    return one.matches()
        ? central.pointsOfKind.getOrDefault(one.group(1), Map.of())
        : central.points;
  }

  Answer get(String extId) {
    Point point = central.points.get(extId);
    return point == null ? unknown(extId) : Answer.one(view(point), point.etag());
  }

  Answer part(String extId, String partId) {
    Point point = central.points.get(extId);
    if (point != null) {
      for (Point.Part part : point.parts) {
        if (part.extId().equals(partId)) {
          return Answer.one(view(part), null);
        }
      }
    }
    return unknown(partId);
  }

  private static Answer unknown(String extId) {
    return Answer.error(
        404,
        "dataprotection",
        "DP-10400",
        "DATAPROTECTION_ENTITY_NON_EXISTENT_ERROR",
        "There is no recovery point " + extId,
        "reason",
        "not found");
  }

  Answer create(Call call) {
    Answer refused = writes.refuse(call, null);
    if (refused == null) {
      refused = call.nullField(Set.of("expirationTime", "name", "recoveryPointType"));
    }
    if (refused != null) {
      return refused;
    }
    JsonNode body = call.json();
    JsonNode wanted = body.path("vmRecoveryPoints");
    int most = call.minor() == 0 ? 30 : 32;
    if (!wanted.isArray() || wanted.isEmpty() || wanted.size() > most) {
      return call.wrong("vmRecoveryPoints: " + wanted.size() + " (expected 1.." + most + ")");
    }
    String type = body.path("recoveryPointType").asText("CRASH_CONSISTENT");
    if (!TYPES.contains(type)) {
      return call.wrong("recoveryPointType: " + type + " (expected one of " + TYPES + ")");
    }
    List<Vm> vms = new ArrayList<>();
    List<Task.Entity> entities = new ArrayList<>();
    for (JsonNode each : wanted) {
      String id = each.path("vmExtId").asText();
      Vm vm = central.vms.get(id);
      if (vm == null) {
        return Answer.error(
            404,
            "dataprotection",
            "DP-10400",
            "DATAPROTECTION_ENTITY_NON_EXISTENT_ERROR",
            "There is no VM " + id);
      }
      vms.add(vm);
      entities.add(new Task.Entity(id, Task.VM));
    }
    Instant expires =
        body.has("expirationTime") ? time(body.path("expirationTime").asText()) : null;
    String name = body.path("name").asText("Recovery-point");
    return writes.task(
        call, "CreateRecoveryPoint", entities, task -> make(task, vms, name, type, expires));
  }

  private void make(Task task, List<Vm> vms, String name, String type, @Nullable Instant expires)
      throws Task.Refusal {
    List<Point.Part> parts = new ArrayList<>();
    for (Vm vm : vms) {
      if (!vm.exists()) {
        throw new Task.Refusal(
            "DP-10400", "DATAPROTECTION_ENTITY_NON_EXISTENT_ERROR", "There is no VM " + vm.extId);
      }
      parts.add(Point.Part.of(world, vm));
      vm.generation++;
    }
    String cluster = vms.get(0).cluster;
    Point point = new Point(world.newId(), world.newId(), name, type, cluster, parts, expires);
    central.keep(point);
    task.cluster = cluster;
    task.entities.add(new Task.Entity(point.extId, Task.POINT));
    task.details.put("recoveryPointExtId", point.extId);
    for (Vm vm : vms) {
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
    }
  }

  /**
   * @param action null for the deletion
   */
  Answer change(Call call, String extId, @Nullable String action) {
    Point point = central.points.get(extId);
    if (point == null && central.remembered(call.requestId()) == null) {
      return unknown(extId);
    }
    boolean expiry = "set-expiration-time".equals(action);
    Answer refused = writes.refuse(call, expiry && point != null ? point.etag() : null);
    if (refused != null) {
      return refused;
    }
    if (point == null) {
      return writes.task(call, "DeleteRecoveryPoint", List.of(), task -> {}); // a repeated deletion
    }
    List<Task.Entity> entities = List.of(new Task.Entity(extId, Task.POINT));
    return switch (action == null ? "delete" : action) {
      case "delete" -> writes.task(call, "DeleteRecoveryPoint", entities, task -> delete(point));
      case "set-expiration-time" -> expire(call, point, entities);
      case "replicate" -> replicate(call, point, entities);
      case "restore" -> restore(call, point, entities);
      default -> Answer.unknownUrl();
    };
  }

  private void delete(Point point) {
    central.forget(point);
    world.note("recovery-point-deleted", central.vms.get(point.vm()), "point", point.extId);
  }

  private Answer expire(Call call, Point point, List<Task.Entity> entities) {
    Instant at = time(call.json().path("expirationTime").asText());
    return writes.task(
        call,
        point.etag(),
        "SetExpirationTime",
        entities,
        task -> {
          point.expires = at;
          point.changed();
          world.note(
              "recovery-point-expiry-set",
              central.vms.get(point.vm()),
              "point",
              point.extId,
              "expires",
              at);
        });
  }

  private Answer replicate(Call call, Point point, List<Task.Entity> entities) {
    if (call.apiKey() && !world.options.on("api-key-replicate")) {
      return Answer.error(
          403,
          "dataprotection",
          "DP-10403",
          "DATAPROTECTION_OPERATION_NOT_ALLOWED",
          "Replication does not work with an API key");
    }
    String manager = call.json().path("pcExtId").asText();
    String cluster = call.json().path("clusterExtId").asText();
    if (manager.isEmpty() || cluster.isEmpty()) {
      return call.wrong("pcExtId, clusterExtId: (expected: both)");
    }
    Central target = world.withCluster(cluster).orElse(null);
    long gib =
        point.parts.stream()
            .mapToLong(part -> part.of().diskBytes.stream().mapToLong(Long::longValue).sum() >> 30)
            .sum();
    return writes.task(
        call,
        "EntitySnapshotReplicate",
        entities,
        task -> {
          if (target == null || !target.domainManager.equals(manager)) {
            throw new Task.Refusal(
                "DP-10500",
                "DATAPROTECTION_TARGET_NOT_FOUND",
                "There is no cluster " + cluster + " at the domain manager " + manager);
          }
          if (target != central && !world.options.on("paired")) {
            throw new Task.Refusal(
                "DP-10501",
                "DATAPROTECTION_NOT_PAIRED",
                "The domain manager " + manager + " is not paired with this one");
          }
          if (fares(point, "fails")) {
            throw new Task.Refusal(
                "DP-10510", "DATAPROTECTION_REPLICATION_FAILED", "The copy broke off");
          }
          copy(task, point, target, cluster);
        },
        world
            .options
            .duration("replication-time")
            .plus(world.options.duration("replication-time-per-gib").multipliedBy(gib)));
  }

  private static boolean fares(Point point, String how) {
    return point.parts.stream().anyMatch(part -> part.of().replication.equals(how));
  }

  /** The task says that it is there; whether and when it is seen there is another thing. */
  private void copy(Task task, Point point, Central target, String cluster) {
    List<Point.Part> parts = new ArrayList<>();
    for (Point.Part part : point.parts) {
      if (!part.of().replication.equals("leftOut")) {
        parts.add(part.copy(world.newId()));
      }
    }
    Point copy =
        new Point(
            world.newId(),
            point.locationAgnosticId,
            point.name,
            point.type,
            cluster,
            parts.isEmpty() ? point.parts : parts,
            fares(point, "losesExpiry") ? null : point.expires);
    copy.status = fares(point, "incomplete") ? "$UNKNOWN" : "COMPLETE";
    task.cluster = point.cluster;
    task.entities.add(new Task.Entity(copy.extId, Task.POINT));
    task.details.put("recoveryPointExtId", copy.extId);
    world.note(
        "recovery-point-replicated",
        central.vms.get(point.vm()),
        "point",
        point.extId,
        "copy",
        copy.extId);
    if (parts.isEmpty() || fares(point, "neverLands")) {
      return;
    }
    Duration lag = world.options.duration("replication-lag");
    if (lag.isZero()) {
      target.keep(copy);
      return;
    }
    world.clock.schedule(
        () -> {
          synchronized (world) {
            target.keep(copy);
          }
        },
        lag.toNanos(),
        TimeUnit.NANOSECONDS);
  }

  /** Makes new VMs; the ones that the point was taken of stay as they are. */
  private Answer restore(Call call, Point point, List<Task.Entity> entities) {
    JsonNode body = call.body() == null ? Json.object() : call.json();
    String cluster = body.path("clusterExtId").asText(point.cluster);
    if (!central.clusters.contains(cluster)) {
      return call.wrong("clusterExtId: " + cluster + " (expected: a cluster of this one)");
    }
    Map<String, JsonNode> wanted = new LinkedHashMap<>();
    for (JsonNode each : body.path("vmRecoveryPointRestoreOverrides")) {
      String id = each.path("vmRecoveryPointExtId").asText();
      if (point.parts.stream().noneMatch(part -> part.extId().equals(id))) {
        return unknown(id);
      }
      JsonNode spec = each.path("vmOverrideSpec");
      if (spec.has("nicSpec") && call.minor() < 1) {
        return call.wrong("nicSpec: there is no such field");
      }
      wanted.put(id, spec);
    }
    return writes.task(
        call,
        "RestoreRecoveryPoint",
        entities,
        task -> {
          List<String> made = new ArrayList<>();
          for (Point.Part part : point.parts) {
            JsonNode spec = wanted.get(part.extId());
            if (spec != null || wanted.isEmpty()) {
              Vm vm = restore(point, part, spec == null ? Json.object() : spec, cluster);
              made.add(vm.extId);
            }
          }
          task.details.put("vmExtIds", String.join(",", made));
        });
  }

  private Vm restore(Point point, Point.Part part, JsonNode spec, String cluster)
      throws Task.Refusal {
    String subnet = Central.subnet(cluster);
    for (JsonNode nic : spec.path("nicSpec").path("nicOverrideList")) {
      if (nic.path("nicExtId").asText().equals(part.nic())) {
        subnet = nic.path("nicNetworkInfo").path("subnet").path("extId").asText(subnet);
      }
    }
    if (world.options.text("restore-nics").equals("captured")) {
      subnet = part.subnet();
    } else if (!central.subnets().containsKey(subnet)) {
      throw new Task.Refusal("VMM-31001", "SUBNET_NOT_FOUND", "There is no subnet " + subnet);
    }
    Vm from = part.of();
    String name = spec.path("name").asText("restored-" + part.name());
    Vm vm = Seeds.join(world, central, name, cluster, from.distribution);
    vm.disk = part.disk().copy();
    vm.disk.broken |= from.behaviour.equals("unhealthyWhenRestored");
    vm.subnet = subnet;
    if (world.options.text("restored-address").equals("captured")) {
      vm.reportedAddress = from.reportedAddress;
    }
    vm.description = spec.path("description").asText("");
    vm.sockets = from.sockets;
    vm.coresPerSocket = from.coresPerSocket;
    vm.memoryBytes = from.memoryBytes;
    vm.diskBytes = from.diskBytes;
    vm.guestTools = from.guestTools;
    for (JsonNode category : spec.path("categories")) {
      vm.categories.add(category.path("extId").asText());
    }
    central.vmsChanged();
    world.note("restored", vm, "point", point.extId, "of", from.extId, "subnet", subnet);
    if (world.options.text("restored-power").equals("ON")) {
      world.power(vm, true);
    }
    return vm;
  }

  /** The one VM's own point, with the VM as it was. */
  Answer vmPoint(Call call, String extId) {
    Point point = central.pointOfPart.get(extId);
    if (point == null) {
      return unknown(extId);
    }
    for (Point.Part part : point.parts) {
      if (part.extId().equals(extId)) {
        ObjectNode row = view(part);
        row.put("status", point.status).put("creationTime", point.created.toString());
        ObjectNode vm = row.putObject("vm").put("extId", part.vm()).put("name", part.name());
        ObjectNode nic = vm.putArray("nics").addObject().put("extId", part.nic());
        nic.putObject("networkInfo").putObject("subnet").put("extId", part.subnet());
        return Answer.one(row, null);
      }
    }
    return unknown(extId);
  }

  private static Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("expirationTime: " + text + " (expected: ISO 8601)", e);
    }
  }

  private ObjectNode view(Point point) {
    ObjectNode row = Json.object();
    row.put("extId", point.extId).put("name", point.name).put("status", point.status);
    row.put("recoveryPointType", point.type).put("locationAgnosticId", point.locationAgnosticId);
    row.put("creationTime", point.created.toString());
    if (point.expires != null) {
      row.put("expirationTime", point.expires.toString());
    } else if (world.options.text("never-expires").equals("sentinel")) {
      row.put("expirationTime", "1969-12-31T23:59:59.999999Z");
    }
    row.putArray("locationReferences").addObject().put("locationExtId", point.cluster);
    ArrayNode parts = row.putArray("vmRecoveryPoints");
    point.parts.forEach(part -> parts.add(view(part)));
    return row;
  }

  private static ObjectNode view(Point.Part part) {
    return Json.object()
        .put("extId", part.extId())
        .put("vmExtId", part.vm())
        .put("locationAgnosticId", part.locationAgnosticId());
  }
}
