package io.drover.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one Prism Central knows: two clusters, their VMs, recovery points, categories and tasks.
 * Guarded by the world's lock.
 */
final class Central {
  final World world;
  final String name;
  final String domainManager;
  final List<String> clusters;
  final Map<String, Vm> vms = new LinkedHashMap<>();
  final Map<String, Category> categories = new LinkedHashMap<>();
  final Map<String, Alert> alerts = new LinkedHashMap<>();
  final Map<String, Point> points = new LinkedHashMap<>();
  final Map<String, Task> tasks = new LinkedHashMap<>();

  /** Points that are copies of each other; one of a kind here, mostly. */
  final Map<String, Map<String, Point>> pointsOfKind = new HashMap<>();

  /** The point in which a VM's own one is. */
  final Map<String, Point> pointOfPart = new HashMap<>();

  /** Where a cluster's VMs are connected when nobody says otherwise. */
  static String subnet(String cluster) {
    return World.uuid("subnet " + cluster);
  }

  /** A cluster's network without a way out. */
  static String testSubnet(String cluster) {
    return World.uuid("test subnet " + cluster);
  }

  /** A network. */
  record Subnet(String extId, String name, String cluster, int vlan) {}

  Map<String, Subnet> subnets() {
    Map<String, Subnet> all = new LinkedHashMap<>();
    int number = 0;
    for (String cluster : clusters) {
      char letter = (char) ('a' + number++);
      Subnet usual = new Subnet(subnet(cluster), "production-" + letter, cluster, 10 * number);
      Subnet test = new Subnet(testSubnet(cluster), "test-" + letter, cluster, 900 + number);
      all.put(usual.extId(), usual);
      all.put(test.extId(), test);
    }
    return all;
  }

  private final Map<String, String> taskOfRequest = new HashMap<>();

  /** All VMs by the orders in which they were asked for; until one of them changes. */
  private final Map<String, List<Vm>> sorted = new HashMap<>();

  Central(World world, String name, String domainManager, List<String> clusters) {
    this.world = world;
    this.name = name;
    this.domainManager = domainManager;
    this.clusters = clusters;
  }

  /** Sorting 100,000 VMs for each of their pages would be most of the simulator's work. */
  Map<String, List<Vm>> sortedVms() {
    return sorted;
  }

  /** After anything that an order may look at. */
  void vmsChanged() {
    sorted.clear();
  }

  /** Something that happened to a VM. */
  record Alert(
      String extId,
      String type,
      String title,
      String severity,
      Instant created,
      boolean resolved,
      String vmExtId,
      String vmName) {}

  /** A value of a category. */
  record Category(String extId, String key, String value) {}

  String category(String key, String value) {
    String extId = World.uuid("category " + key + ":" + value);
    categories.computeIfAbsent(extId, id -> new Category(id, key, value));
    return extId;
  }

  void keep(Point point) {
    points.put(point.extId, point);
    pointsOfKind
        .computeIfAbsent(point.locationAgnosticId, id -> new LinkedHashMap<>())
        .put(point.extId, point);
    point.parts.forEach(part -> pointOfPart.put(part.extId(), point));
  }

  void forget(Point point) {
    points.remove(point.extId);
    Map<String, Point> kind = pointsOfKind.get(point.locationAgnosticId);
    if (kind != null) {
      kind.remove(point.extId);
    }
    point.parts.forEach(part -> pointOfPart.remove(part.extId()));
  }

  /** The task that this request id began; null when it did not, or nobody remembers. */
  @Nullable String remembered(@Nullable String requestId) {
    return requestId != null && world.options.on("request-id-memory")
        ? taskOfRequest.get(requestId)
        : null;
  }

  /** Begins a task that does its work after its time, and then says how it ended. */
  Task begin(
      @Nullable String requestId,
      String operation,
      List<Task.Entity> entities,
      Task.Work work,
      @Nullable String fate,
      Duration time) {
    Task task = new Task("ZXJnb24=:" + world.newId(), operation, entities, time);
    tasks.put(task.extId, task);
    if (requestId != null) {
      taskOfRequest.put(requestId, task.extId);
    }
    task.stuck = "stuck".equals(fate);
    task.suspended = "suspended".equals(fate);
    if (!task.stuck && !task.suspended) {
      world.clock.schedule(() -> end(task, work, fate), time.toNanos(), TimeUnit.NANOSECONDS);
    }
    return task;
  }

  /** Asks a task to stop; it does, a little later, unless it is over by then. */
  void cancel(Task task) {
    task.canceling = true;
    world.clock.schedule(
        () -> {
          synchronized (world) {
            if (task.end == null) {
              task.finish("CANCELED");
            }
          }
        },
        20,
        TimeUnit.MILLISECONDS);
  }

  private void end(Task task, Task.Work work, @Nullable String fate) {
    synchronized (world) {
      if (task.end != null || task.canceling) {
        return;
      }
      switch (fate == null ? "" : fate) {
        case "failed" ->
            fail(task, "VMM-24000", "VM_INTERNAL_ERROR", "The task was made to fail by a fault");
        case "failed-silent" -> {
          task.legacyError = "The task was made to fail by a fault, without a message";
          task.finish("FAILED");
        }
        case "failed-in-subtask" -> {
          Task child =
              new Task(
                  "ZXJnb24=:" + world.newId(),
                  task.operation + "Part",
                  task.entities,
                  world.options.duration("task-time"));
          child.parent = task;
          tasks.put(child.extId, child);
          task.subTasks.add(child);
          fail(child, "AHV-1203", "STORAGE_FULL", "No space left on the storage container");
          fail(task, "VMM-24000", "VM_INTERNAL_ERROR", "The operation failed");
        }
        case "etag-mismatch" ->
            fail(
                task,
                "VMM-30303",
                "VM_ETAG_MISMATCH",
                "The If-Match header value is not the current one");
        case "canceled" -> task.finish("CANCELED");
        case "failed-after-effect" -> {
          work(task, work);
          fail(task, "VMM-24000", "VM_INTERNAL_ERROR", "The task did its work and failed after it");
        }
        default -> work(task, work);
      }
    }
  }

  private static void work(Task task, Task.Work work) {
    try {
      work.run(task);
      task.finish("SUCCEEDED");
    } catch (Task.Refusal refusal) {
      task.error = refusal.failure();
      task.finish("FAILED");
    }
  }

  private static void fail(Task task, String code, String group, String message) {
    task.error = new Task.Failure(code, group, message);
    task.finish("FAILED");
  }
}
