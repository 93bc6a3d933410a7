package io.drover.simulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A VM in vCenter, and what a migration makes of it. Guarded by the world's lock. */
final class SourceVm {
  /** What goes wrong with it on its way; each of them once, unless it is set again. */
  static final Set<String> FATES =
      Set.of(
          "fine",
          "prepareFails",
          "notReady",
          "copyFails",
          "cutoverFailsBefore",
          "cutoverFailsAfterPowerOff",
          "cutoverFailsAfterNics",
          "cutoverFailsAfterTarget",
          "cutoverFailsAfterPowerOn",
          "cutoverHangs",
          "leftOff",
          "unhealthyOnArrival",
          "noLink");

  final String moref;
  final String instanceUuid;
  final String biosUuid;
  final String folder;
  final String cluster;
  final Vm guest;
  String name;
  String fate = "fine";
  String notes = "";
  final Map<String, List<String>> tags = new LinkedHashMap<>();
  final Map<String, Nic> nics = new LinkedHashMap<>();
  boolean tools = true;
  boolean raw;

  /** The VM that a migration made of it, in Prism. */
  @Nullable Vm target;

  SourceVm(
      String moref,
      String instanceUuid,
      String biosUuid,
      String name,
      String folder,
      String cluster,
      Vm guest) {
    this.moref = moref;
    this.instanceUuid = instanceUuid;
    this.biosUuid = biosUuid;
    this.name = name;
    this.folder = folder;
    this.cluster = cluster;
    this.guest = guest;
  }

  void tag(String category, String tag) {
    tags.computeIfAbsent(category, c -> new ArrayList<>()).add(tag);
  }

  long bytes() {
    return guest.diskBytes.stream().mapToLong(Long::longValue).sum();
  }

  boolean on() {
    return guest.on();
  }

  boolean connected() {
    return nics.values().stream().allMatch(nic -> nic.connected);
  }

  /** A network card. */
  static final class Nic {
    final String network;
    final String mac;
    boolean connected = true;
    boolean startConnected = true;

    Nic(String network, String mac) {
      this.network = network;
      this.mac = mac;
    }
  }
}
