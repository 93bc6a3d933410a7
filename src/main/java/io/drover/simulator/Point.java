package io.drover.simulator;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A recovery point of some VMs. Guarded by the world's lock. */
final class Point {
  final String extId;
  final String locationAgnosticId;
  final String name;
  final String type;
  final String cluster;
  final List<Part> parts;
  Instant created = World.now();
  @Nullable Instant expires;
  String status = "COMPLETE";
  private long generation = 1;

  Point(
      String extId,
      String locationAgnosticId,
      String name,
      String type,
      String cluster,
      List<Part> parts,
      @Nullable Instant expires) {
    this.extId = extId;
    this.locationAgnosticId = locationAgnosticId;
    this.name = name;
    this.type = type;
    this.cluster = cluster;
    this.parts = List.copyOf(parts);
    this.expires = expires;
  }

  String vm() {
    return parts.get(0).vm();
  }

  void changed() {
    generation++;
  }

  String etag() {
    return World.etag("point " + extId + " " + generation);
  }

  /**
   * What it keeps of one VM.
   *
   * @param extId what a revert asks for
   * @param of the VM, which may be gone by now
   * @param name the VM's when the point was taken
   * @param nic its network card, by which a restore is told where to connect it
   */
  record Part(
      String extId,
      String vm,
      String locationAgnosticId,
      Disk disk,
      Vm of,
      String name,
      String nic,
      String subnet) {

    static Part of(World world, Vm vm) {
      return new Part(
          world.newId(), vm.extId, world.newId(), vm.disk.copy(), vm, vm.name, vm.nic(), vm.subnet);
    }

    Part copy(String copyExtId) {
      return new Part(copyExtId, vm, locationAgnosticId, disk, of, name, nic, subnet);
    }
  }
}
