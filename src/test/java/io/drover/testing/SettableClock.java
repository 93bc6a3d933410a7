package io.drover.testing;

import io.drover.execution.LedgerClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A ledger's clock that stands still until it is turned. */
public final class SettableClock implements LedgerClock {
  private volatile Instant now;

  public SettableClock(Instant start) {
    now = start.truncatedTo(ChronoUnit.MICROS);
  }

  @Override
  public Instant now() {
    return now;
  }

  public synchronized void set(Instant instant) {
    now = instant.truncatedTo(ChronoUnit.MICROS);
  }

  public synchronized void forward(Duration by) {
    now = now.plus(by).truncatedTo(ChronoUnit.MICROS);
  }
}
