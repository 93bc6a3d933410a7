package io.drover.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The simulated world: two clusters, their VMs, recovery points and tasks. All state changes hold
 * the world's lock.
 */
final class World {
  static final String CLUSTER_A = "0005b000-aaaa-bbbb-0000-000000000a01";
  static final String CLUSTER_B = "0005b000-cccc-dddd-0000-000000000b01";
  static final String DOMAIN_MANAGER = "0c000000-0000-4000-8000-0000000000a0";

  final Options options;
  final Map<String, Vm> vms = new LinkedHashMap<>();
  final Map<String, Vm> byAddress = new HashMap<>();
  final Map<String, String[]> categories = new LinkedHashMap<>();
  final Map<String, Point> points = new LinkedHashMap<>();
  final Map<String, Task> tasks = new LinkedHashMap<>();
  final Map<String, String> taskOfRequest = new HashMap<>();
  final List<ObjectNode> log = new ArrayList<>();
  final ScheduledExecutorService clock =
      Executors.newScheduledThreadPool(
          1,
          work -> {
            Thread thread = new Thread(work, "simulator-clock");
            thread.setDaemon(true);
            return thread;
          });
  private final BufferedWriter file;
  private int made;

  World(Options options) {
    this.options = options;
    try {
      Path folder = Path.of(options.text("data"));
      Files.createDirectories(folder);
      file =
          Files.newBufferedWriter(
              folder.resolve("requests.jsonl"),
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    seed();
  }

  private void seed() {
    String[] departments = {"finance", "sales", "research", "it"};
    int count = options.number("vms");
    int seed = options.number("seed");
    for (int i = 1; i <= count; i++) {
      String kind = i % 4 == 0 ? "db" : "web";
      String name = i == 2 && count > 12 ? "web-1" : kind + "-" + i;
      if (options.on("hostile-names") && i % 5 == 0) {
        name = "<img src=x onerror=alert(" + i + ")>'; rm -rf / #\uD83D\uDC04" + i;
      }
      Vm vm =
          new Vm(
              uuid("vm " + seed + " " + i),
              name,
              i % 2 == 0 ? CLUSTER_B : CLUSTER_A,
              "127." + (10 + i / 62500) + "." + (i / 250 % 250) + "." + (1 + i % 250),
              i % 3 == 0 ? "dnf" : "apt");
      vm.categories.add(category("Environment", i % 3 == 0 ? "Test" : "Production"));
      vm.categories.add(category("Department", departments[i % departments.length]));
      vm.categories.add(category("AppType", kind.equals("db") ? "Database" : "Web"));
      if (i % 7 != 0) {
        vm.categories.add(category("Owner", "owner-" + (i % 5)));
      }
      if (vm.distribution.equals("apt")) {
        vm.disk.files.put("/etc/debian_version", "12.7\n");
      }
      vms.put(vm.extId, vm);
      byAddress.put(vm.address, vm);
    }
  }

  String category(String key, String value) {
    String extId = uuid("category " + key + ":" + value);
    categories.putIfAbsent(extId, new String[] {key, value});
    return extId;
  }

  static String hex(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static String uuid(String text) {
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
  }

  String newId() {
    return uuid("made " + options.text("seed") + " " + ++made + " " + System.nanoTime());
  }

  /** Writes down what happened; the oracle of the tests. */
  synchronized void note(String event, @Nullable Vm vm, Object... details) {
    ObjectNode line = Json.object();
    line.put("seq", log.size() + 1);
    line.put("at", Instant.now().toString());
    line.put("event", event);
    if (vm != null) {
      line.put("vm", vm.extId);
      line.put("vmName", vm.name);
    }
    for (int i = 0; i + 1 < details.length; i += 2) {
      line.put(details[i].toString(), String.valueOf(details[i + 1]));
    }
    log.add(line);
    try {
      file.write(line.toString());
      file.newLine();
      file.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins a task that does its work after the time, and then says how it ended. */
  synchronized Task begin(
      String operation, List<String[]> entities, Duration time, Work work, @Nullable String fate) {
    Task task = new Task("ZXJnb24=:" + newId(), operation, entities);
    tasks.put(task.extId, task);
    if ("stuck".equals(fate)) {
      task.status = "RUNNING";
      return task;
    }
    clock.schedule(() -> finish(task, work, fate), time.toNanos(), TimeUnit.NANOSECONDS);
    return task;
  }

  private synchronized void finish(Task task, Work work, @Nullable String fate) {
    task.completed = Instant.now();
    if ("failed".equals(fate) || "canceled".equals(fate)) {
      task.status = "failed".equals(fate) ? "FAILED" : "CANCELED";
      task.error = "VMM-24000|VM_INTERNAL_ERROR|The task was made to end so by a fault";
      return;
    }
    try {
      work.run(task);
      task.status = "SUCCEEDED";
    } catch (Refusal refusal) {
      task.status = "FAILED";
      task.error = refusal.getMessage();
    }
  }

  synchronized void power(Vm vm, boolean on) {
    vm.generation++;
    vm.units.clear();
    vm.powerState = on ? "ON" : "OFF";
    if (on) {
      vm.boots++;
      vm.upAt =
          vm.behaviour.equals("neverComesBack")
              ? Long.MAX_VALUE / 2 + System.nanoTime()
              : System.nanoTime() + options.duration("boot-time").toNanos();
      if (vm.disk.files.remove("/var/run/reboot-required") != null || vm.disk.rebootRequired) {
        vm.disk.rebootRequired = false;
      }
    }
    note(on ? "powered-on" : "powered-off", vm, "boots", vm.boots);
  }

  synchronized void reboot(Vm vm) {
    power(vm, false);
    power(vm, true);
  }

  synchronized void revert(Vm vm, Point point) {
    vm.disk = point.disk.copy();
    if (vm.unhealthyAfterRevert) {
      vm.disk.broken = true;
    }
    vm.generation++;
    note("reverted", vm, "point", point.extId);
  }

  /** What a task does when its time has come. */
  interface Work {
    void run(Task task) throws Refusal;
  }

  /** A task's failure: code, group and message with bars between. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message);
    }
  }

  /** A task of Prism. */
  static final class Task {
    final String extId;
    final String operation;
    final List<String[]> entities;
    final Map<String, String> details = new LinkedHashMap<>();
    final Instant created = Instant.now();
    String status = "RUNNING";
    @Nullable Instant completed;
    @Nullable String error;

    Task(String extId, String operation, List<String[]> entities) {
      this.extId = extId;
      this.operation = operation;
      this.entities = new ArrayList<>(entities);
    }
  }

  /** A recovery point of one VM. */
  static final class Point {
    final String extId;
    final String nestedId;
    final String locationAgnosticId;
    final String name;
    final String type;
    final String vm;
    final String cluster;
    final Disk disk;
    final Instant created = Instant.now();
    @Nullable Instant expires;
    long generation = 1;

    Point(
        String extId,
        String nestedId,
        String locationAgnosticId,
        String name,
        String type,
        String vm,
        String cluster,
        Disk disk,
        @Nullable Instant expires) {
      this.extId = extId;
      this.nestedId = nestedId;
      this.locationAgnosticId = locationAgnosticId;
      this.name = name;
      this.type = type;
      this.vm = vm;
      this.cluster = cluster;
      this.disk = disk;
      this.expires = expires;
    }

    String etag() {
      return "YXBwbGljYXRpb24vanNvbg==:" + World.hex("point " + extId + " " + generation);
    }
  }
}
