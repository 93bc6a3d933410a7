package io.drover.execution;

import java.util.Set;

/** Where an execution is in its life. All legal changes stand here, on one screen. */
public enum ExecutionState {
  /** Recorded, and not begun. */
  QUEUED,
  /** Driven by the process that owns it. */
  RUNNING,
  /** No exchange in memory: waits for a decision, an event or a time and is woken by replay. */
  WAITING,
  /** Has an outcome. Final: a rerun is another execution. */
  ENDED;

  /** The states that may follow this one. */
  public Set<ExecutionState> next() {
    return switch (this) {
      case QUEUED -> Set.of(RUNNING, ENDED); // ended: cancelled or refused before it began
      case RUNNING -> Set.of(WAITING, ENDED, QUEUED); // queued: given back at a stop
      case WAITING -> Set.of(RUNNING, ENDED);
      case ENDED -> Set.of();
    };
  }
}
