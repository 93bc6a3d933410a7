package io.drover.execution;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The switch that stops new mutations everywhere while rollbacks go on. */
public interface Hold {

  /** Cheap; asked before every mutating call. At most 2 s old when another process turned it. */
  boolean isOn();

  Switch current();

  void turn(boolean on, String who, String reason);

  /** Runs on every change, on any thread. */
  void onChange(Runnable listener);

  /** How the switch stands. */
  record Switch(
      boolean on, @Nullable String who, @Nullable String reason, @Nullable Instant since) {}
}
