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
  final Instant created = World.now();
  @Nullable Instant expires;
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

  /** What it keeps of one VM; {@code extId} is what a revert asks for. */
  record Part(String extId, String vm, String locationAgnosticId, Disk disk) {}
}
