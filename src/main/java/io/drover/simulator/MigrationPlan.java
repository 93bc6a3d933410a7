package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A migration plan of Move and its workloads. Guarded by the world's lock. */
final class MigrationPlan {
  final String uuid;
  final String name;
  final JsonNode spec;
  final Map<String, Workload> workloads = new LinkedHashMap<>();
  long preparedAt;
  boolean prepared;
  boolean started;
  boolean suspended;
  boolean canceled;

  MigrationPlan(String uuid, String name, JsonNode spec) {
    this.uuid = uuid;
    this.name = name;
    this.spec = spec;
  }

  /** One VM on its way. */
  static final class Workload {
    final SourceVm vm;
    final long bytes;
    String state = "Preparing";
    String error = "";
    long seededFrom;
    long copyNanos;
    boolean sourceWasOn = true;
    @Nullable String link;
    @Nullable Vm test;

    Workload(SourceVm vm) {
      this.vm = vm;
      this.bytes = vm.bytes();
    }

    /** Brings the state up to now. */
    void look() {
      if (state.equals("DataSeeding") && System.nanoTime() - seededFrom >= copyNanos) {
        if (vm.fate.equals("copyFails")) {
          fail("The snapshot could not be read");
        } else {
          state = "ReadyToCutover";
        }
      }
    }

    void fail(String why) {
      state = "Failed";
      error = why;
    }

    double progress() {
      return switch (state) {
        case "Preparing" -> 0;
        case "DataSeeding" ->
            Math.min(1, (System.nanoTime() - seededFrom) / (double) Math.max(1, copyNanos));
        default -> 1;
      };
    }

    Set<String> actions() {
      return switch (state) {
        case "DataSeeding" -> Set.of("SUSPEND", "ABORT");
        case "ReadyToCutover" ->
            test == null
                ? Set.of("CUTOVER", "TEST", "DISCARD", "SYNC")
                : Set.of("CUTOVER", "UNDOTEST", "RETEST", "DISCARD");
        case "CutoverInProgress" -> Set.of("ABORT");
        case "Failed" -> Set.of("RETRY", "DISCARD", "DELETE");
        case "Completed", "Aborted" -> Set.of("DELETE");
        default -> Set.of();
      };
    }

    int number() {
      return switch (state) {
        case "Preparing" -> 1;
        case "DataSeeding" -> 3;
        case "ReadyToCutover" -> 5;
        case "CutoverInProgress" -> 6;
        case "Completed" -> 7;
        case "Aborted" -> 9;
        default -> 8;
      };
    }
  }
}
