package io.drover.simulator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One simulated VM with its guest. Guarded by the world's lock. */
final class Vm {
  static final Set<String> BEHAVIOURS =
      Set.of(
          "healthy",
          "unhealthyAfterPatch",
          "unhealthyEvenAfterRevert",
          "flappingAfterPatch",
          "neverComesBack",
          "neverComesBackAtAll",
          "updateFails",
          "updateHangs",
          "noRebootNeeded",
          "ignoresReboot",
          "ignoresShutdown",
          "unhealthyWhenRestored");

  /** What happens to its copies on the way to another cluster. */
  static final Set<String> REPLICATIONS =
      Set.of("normal", "fails", "neverLands", "leftOut", "incomplete", "losesExpiry");

  final Central central;
  final int number;
  final String extId;
  String name;
  final String cluster;
  final String address;
  final List<String> categories = new ArrayList<>();
  final String distribution;
  final Instant created = World.now();
  int sockets = 2;
  int coresPerSocket = 1;
  long memoryBytes = 4L << 30;

  /** 0: the field is left out, as of VMs that never had it set. */
  int threadsPerCore = 1;

  List<Long> diskBytes = List.of(40L << 30);
  String owner = "00000000-0000-0000-0000-000000000000"; // as of VMs that nobody in Prism made
  String powerState = "ON";
  long generation = 1;
  Disk disk = new Disk();
  boolean guestTools = true;
  boolean volumeGroup;
  String behaviour = "healthy";
  String replication = "normal";
  String subnet;
  String description = "";

  /** What its guest tools report, which need not be where it is. */
  String reportedAddress;

  /** When the guest answers again, in nanoseconds of {@link System#nanoTime()}. */
  long upAt = System.nanoTime();

  boolean lostForEver;

  /** The guest of a VM that is not on AHV (yet). */
  boolean elsewhere;

  int boots = 1;
  int updates;
  int probes;
  int hostKeyVersion;
  boolean unhealthyAfterRevert;
  final Map<String, Unit> units = new HashMap<>();

  Vm(
      Central central,
      int number,
      String extId,
      String name,
      String cluster,
      String address,
      String distribution) {
    this.central = central;
    this.number = number;
    this.extId = extId;
    this.name = name;
    this.cluster = cluster;
    this.address = address;
    this.distribution = distribution;
    this.subnet = Central.subnet(cluster);
    this.reportedAddress = address;
  }

  String nic() {
    return World.uuid("nic " + extId);
  }

  boolean on() {
    return powerState.equals("ON");
  }

  boolean up() {
    return on() && !lostForEver && System.nanoTime() - upAt >= 0;
  }

  boolean exists() {
    return elsewhere || central.vms.get(extId) == this;
  }

  String bootId() {
    return World.uuid("boot " + extId + " " + boots);
  }

  String etag() {
    return World.etag("vm " + extId + " " + generation);
  }

  /** What a fault may call it by. */
  Set<String> names() {
    return Set.of(extId, name);
  }

  /** A detached command; gone with the guest's memory. */
  static final class Unit {
    String state = "active";
    boolean updating;
  }
}
