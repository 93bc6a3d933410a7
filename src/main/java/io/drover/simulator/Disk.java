package io.drover.simulator;

import java.util.Map;
import java.util.TreeMap;

/** What a guest has on its disks; a recovery point keeps a copy, a revert puts it back. */
final class Disk {
  static final String HALF_INSTALLED = "/var/lib/half-installed";
  static final String REBOOT_REQUIRED = "/var/run/reboot-required";

  final Map<String, String> files = new TreeMap<>();
  int release = 1;
  int pendingUpdates = 3;
  boolean broken;
  boolean flapping;
  boolean unbootable;
  boolean rebootRequired;

  Disk copy() {
    Disk copy = new Disk();
    copy.files.putAll(files);
    copy.release = release;
    copy.pendingUpdates = pendingUpdates;
    copy.broken = broken;
    copy.flapping = flapping;
    copy.unbootable = unbootable;
    copy.rebootRequired = rebootRequired;
    return copy;
  }
}
