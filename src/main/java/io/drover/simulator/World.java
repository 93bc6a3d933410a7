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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The simulated world: Prism Centrals with their VMs, and the guests in those. All state changes
 * hold the world's lock.
 */
final class World implements AutoCloseable {
  final Options options;
  final Map<String, Central> centrals = new LinkedHashMap<>();
  final Map<String, Vm> byAddress = new HashMap<>();
  final List<ObjectNode> log = new ArrayList<>();
  final ScheduledExecutorService clock =
      Executors.newScheduledThreadPool(
          1,
          work -> {
            Thread thread = new Thread(work, "simulator-clock");
            thread.setDaemon(true);
            return thread;
          });
  private final List<Consumer<Vm>> whenDown = new ArrayList<>();
  private final List<Consumer<Vm>> whenUp = new ArrayList<>();
  private final BufferedWriter file;
  private int made;
  private int guests;

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
    Seeds.sow(this);
  }

  @Override
  public void close() throws IOException {
    clock.shutdownNow();
    file.close();
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

  /** As Prism makes them: not of the form that HTTP asks for. */
  static String etag(String text) {
    return "YXBwbGljYXRpb24vanNvbg==:" + hex(text);
  }

  static String uuid(String text) {
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
  }

  static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }

  synchronized String newId() {
    return uuid("made " + options.text("seed") + " " + ++made + " " + System.nanoTime());
  }

  /** Numbers guests, from 1 on; one's address comes of it. */
  synchronized int nextGuest() {
    return ++guests;
  }

  Stream<Vm> vms() {
    return centrals.values().stream().flatMap(central -> central.vms.values().stream());
  }

  /** By extId, or else the first of that name. */
  Optional<Vm> find(String wanted) {
    for (Central central : centrals.values()) {
      Vm vm = central.vms.get(wanted);
      if (vm != null) {
        return Optional.of(vm);
      }
    }
    return vms().filter(vm -> vm.name.equals(wanted)).findFirst();
  }

  /** The Prism Central that has this cluster. */
  Optional<Central> withCluster(String cluster) {
    return centrals.values().stream().filter(c -> c.clusters.contains(cluster)).findFirst();
  }

  /** Writes down what happened; the oracle of the tests. */
  synchronized void note(String event, @Nullable Vm vm, Object... details) {
    ObjectNode line = Json.object();
    line.put("seq", log.size() + 1);
    line.put("at", now().toString());
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

  /** Tells when a guest stops to run, however it comes about. */
  synchronized void whenDown(Consumer<Vm> listener) {
    whenDown.add(listener);
  }

  /** Tells when a VM was powered on, however it comes about. */
  synchronized void whenUp(Consumer<Vm> listener) {
    whenUp.add(listener);
  }

  synchronized void power(Vm vm, boolean on) {
    vm.generation++;
    boolean updating = vm.units.values().stream().anyMatch(unit -> unit.updating);
    vm.units.clear();
    vm.powerState = on ? "ON" : "OFF";
    if (on) {
      vm.boots++;
      vm.lostForEver = vm.disk.unbootable || vm.behaviour.equals("neverComesBackAtAll");
      vm.upAt = System.nanoTime() + options.duration("boot-time").toNanos();
      vm.disk.files.remove(Disk.REBOOT_REQUIRED);
      vm.disk.rebootRequired = false;
    } else {
      whenDown.forEach(listener -> listener.accept(vm));
    }
    if (updating) {
      vm.disk.files.put(Disk.HALF_INSTALLED, "yes");
      note("update-interrupted", vm);
    }
    if (!vm.elsewhere) {
      note(on ? "powered-on" : "powered-off", vm, "boots", vm.boots);
    }
    if (on) {
      whenUp.forEach(listener -> listener.accept(vm));
    }
  }

  synchronized void reboot(Vm vm) {
    if (vm.on() && vm.exists() && !vm.behaviour.equals("ignoresReboot")) {
      power(vm, false);
      power(vm, true);
    }
  }

  /** The guest goes down by itself when it was asked to, unless it was started anew meanwhile. */
  void shutDown(Vm vm) {
    int boot = vm.boots;
    clock.schedule(
        () -> {
          synchronized (this) {
            if (vm.on() && vm.boots == boot && !vm.behaviour.equals("ignoresShutdown")) {
              power(vm, false);
            }
          }
        },
        options.duration("shutdown-time").toNanos(),
        TimeUnit.NANOSECONDS);
  }

  synchronized void revert(Vm vm, Point point, Disk kept) {
    boolean running = vm.on();
    vm.disk = kept.copy();
    if (vm.unhealthyAfterRevert) {
      vm.disk.broken = true;
    }
    vm.generation++;
    note("reverted", vm, "point", point.extId);
    if (running) {
      power(vm, false);
      power(vm, true);
    }
  }

  synchronized void delete(Vm vm) {
    if (vm.on()) {
      power(vm, false);
    }
    vm.central.vms.remove(vm.extId);
    vm.central.vmsChanged();
    byAddress.remove(vm.address, vm);
    note("deleted", vm);
  }
}
