package io.drover.execution;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger holds of one attempt.
 *
 * @param seq the order of arrivals inside the execution, from 0
 * @param recovery whether the step stands in an onException block
 * @param state STARTED without an outcome means interrupted when nobody runs it
 * @param outcome body, variables and flags as JSON; null until it ended
 * @param errorKind stable kind of the failure; null if it did not fail
 * @param errorMessage the failure in a sentence; null if it did not fail
 */
public record StepRecord(
    StepKey key,
    int seq,
    boolean recovery,
    State state,
    @Nullable String outcome,
    @Nullable String errorKind,
    @Nullable String errorMessage,
    Instant startedAt,
    @Nullable Instant endedAt) {

  /** Where an attempt is. */
  public enum State {
    STARTED,
    SUCCEEDED,
    FAILED
  }
}
