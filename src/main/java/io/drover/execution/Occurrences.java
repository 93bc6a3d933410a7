package io.drover.execution;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Planned firings of schedules; unique by runbook, schedule and fire time. */
public interface Occurrences {

  /**
   * Records it; false if that fire time was recorded before (then nothing is changed and nothing
   * may be started).
   */
  boolean claim(Occurrence occurrence);

  /** What became of a claimed one. */
  void settle(
      String runbook,
      String schedule,
      Instant fireTime,
      State state,
      @Nullable String execution,
      @Nullable String reason);

  Optional<Occurrence> last(String runbook, String schedule);

  /** Newest first. */
  List<Occurrence> list(@Nullable String runbook, int limit);

  /** What happened to an occurrence. */
  enum State {
    CLAIMED,
    STARTED,
    SKIPPED,
    MISSED
  }

  /** One planned firing; fireTime in UTC. */
  record Occurrence(
      String runbook,
      String schedule,
      Instant fireTime,
      State state,
      @Nullable String execution,
      @Nullable String reason) {}
}
