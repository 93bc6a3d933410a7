package io.drover.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A task of Prism. Guarded by the world's lock. */
final class Task {
  static final String VM = "vmm:ahv:config:vm";
  static final String POINT = "dataprotection:config:recovery-point";
  static final String VM_POINT = "dataprotection:config:vm-recovery-point";

  final String extId;
  final String operation;
  final List<Entity> entities;
  final Map<String, String> details = new LinkedHashMap<>();
  final List<Task> subTasks = new ArrayList<>();
  final Instant created = World.now();
  private final long begun = System.nanoTime();
  private final long time;
  @Nullable Task parent;
  @Nullable String cluster;
  @Nullable String end;
  @Nullable Instant completed;
  @Nullable Failure error;
  @Nullable String legacyError;
  boolean stuck;
  boolean suspended;
  boolean canceling;

  Task(String extId, String operation, List<Entity> entities, Duration time) {
    this.extId = extId;
    this.operation = operation;
    this.entities = new ArrayList<>(entities);
    this.time = time.toNanos();
  }

  String status() {
    String over = end;
    if (over != null) {
      return over;
    }
    if (canceling) {
      return "CANCELING";
    }
    return suspended ? "SUSPENDED" : progress() < 10 ? "QUEUED" : "RUNNING";
  }

  int progress() {
    if (end != null) {
      return 100;
    }
    long share = time == 0 ? 99 : (System.nanoTime() - begun) * 100 / time;
    return (int) Math.min(stuck ? 50 : 99, share);
  }

  void finish(String status) {
    end = status;
    completed = World.now();
  }

  /** Something that the task is about, or that it made. */
  record Entity(String extId, String rel) {}

  /** Why it failed. */
  record Failure(String code, String group, String message) {}

  /** What a task does when its time has come. */
  interface Work {
    void run(Task task) throws Refusal;
  }

  /** Ends a task as failed. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    Refusal(String code, String group, String message) {
      super(message);
      this.failure = new Failure(code, group, message);
    }

    Failure failure() {
      return failure;
    }
  }
}
