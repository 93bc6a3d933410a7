package io.drover.execution;

import java.time.Instant;

/** The ledger's time: the database's clock in production, a hand-turned one in tests. */
public interface LedgerClock {
  /**
   * The time now, in microseconds precision, so that it survives a round trip through the database.
   */
  Instant now();
}
