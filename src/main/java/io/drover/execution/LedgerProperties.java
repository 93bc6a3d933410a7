package io.drover.execution;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How this process takes part in a ledger that it shares.
 *
 * @param lease how long a process may be silent before another takes its executions over; 3 s to 1
 *     h
 */
@ConfigurationProperties("drover.ledger")
record LedgerProperties(@DefaultValue("30s") Duration lease) {

  LedgerProperties {
    if (lease.compareTo(Duration.ofSeconds(3)) < 0 || lease.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("drover.ledger.lease: " + lease + " (expected: 3s..1h)");
    }
  }
}
