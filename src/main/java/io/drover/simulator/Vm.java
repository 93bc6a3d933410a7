package io.drover.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One simulated VM with its guest. Guarded by the world's lock. */
final class Vm {
  final String extId;
  String name;
  final String cluster;
  final String address;
  final List<String> categories = new ArrayList<>();
  final String distribution;
  int sockets = 2;
  int coresPerSocket = 1;
  long memoryBytes = 4L << 30;
  long diskBytes = 40L << 30;
  String powerState = "ON";
  long generation = 1;
  Disk disk = new Disk();
  boolean guestTools = true;
  boolean volumeGroup;
  String behaviour = "healthy";

  /** When the guest answers again, in nanoseconds of {@link System#nanoTime()}. */
  long upAt;

  int boots = 1;
  int updates;
  int hostKeyVersion;
  boolean unhealthyAfterRevert;
  final Map<String, Unit> units = new HashMap<>();

  Vm(String extId, String name, String cluster, String address, String distribution) {
    this.extId = extId;
    this.name = name;
    this.cluster = cluster;
    this.address = address;
    this.distribution = distribution;
  }

  boolean up() {
    return powerState.equals("ON") && System.nanoTime() - upAt >= 0;
  }

  String bootId() {
    return World.uuid("boot " + extId + " " + boots);
  }

  String etag() {
    return "YXBwbGljYXRpb24vanNvbg==:" + World.hex("etag " + extId + " " + generation);
  }

  /** A detached command; gone with the guest's memory. */
  static final class Unit {
    String state = "active";
    @Nullable Integer exit;
  }
}
