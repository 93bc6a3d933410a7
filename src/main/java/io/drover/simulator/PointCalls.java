package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Recovery points: lists, reads, making, replicating, restoring, expiry, deleting. */
final class PointCalls {
  private static final Set<String> TYPES = Set.of("CRASH_CONSISTENT", "APPLICATION_CONSISTENT");

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
        .answer(call, central.points);
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
      parts.add(new Point.Part(world.newId(), vm.extId, world.newId(), vm.disk.copy()));
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
          List<Point.Part> parts = new ArrayList<>();
          for (Point.Part part : point.parts) {
            parts.add(
                new Point.Part(world.newId(), part.vm(), part.locationAgnosticId(), part.disk()));
          }
          Point copy =
              new Point(
                  world.newId(),
                  point.locationAgnosticId,
                  point.name,
                  point.type,
                  cluster,
                  parts,
                  point.expires);
          target.keep(copy);
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
        });
  }

  /** Makes new VMs; the ones that the point was taken of stay as they are. */
  private Answer restore(Call call, Point point, List<Task.Entity> entities) {
    String name =
        call.json()
            .path("vmRecoveryPointRestoreOverrides")
            .path(0)
            .path("vmOverrideSpec")
            .path("name")
            .asText("restored-" + point.name);
    return writes.task(
        call,
        "RestoreRecoveryPoint",
        entities,
        task -> {
          List<String> made = new ArrayList<>();
          for (Point.Part part : point.parts) {
            Vm source = world.find(part.vm()).orElse(null);
            String distribution = source == null ? "apt" : source.distribution;
            Vm vm = Seeds.join(world, central, name, point.cluster, distribution);
            vm.disk = part.disk().copy();
            made.add(vm.extId);
            world.note("restored", vm, "point", point.extId);
          }
          task.details.put("vmExtIds", String.join(",", made));
        });
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
    row.put("extId", point.extId).put("name", point.name).put("status", "COMPLETE");
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
