package io.drover.execution;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One run of a runbook as the ledger knows it.
 *
 * @param id sortable by creation
 * @param root the top-level execution's id; its own for a top-level one
 * @param outcome null until it ended
 * @param reason one sentence for the operator; null until there is something to say
 * @param owner the runner that drives it; null while nobody does
 * @param epoch grows with every change of owner; a write with an older one is refused
 * @param wakeAt when a waiting execution is due; null if only an event wakes it
 * @param waitingFor what a waiting execution waits for, e.g. {@code approval:01ja…}; null otherwise
 * @param cancelRequested no further child is started
 * @param haltRequested no further call is made
 * @param resumeFailures how often in a row it failed to resume; 3 parks it
 * @param result a JSON value that the runbook left as its body; null if none
 * @param resolution who closed a NEEDS_HUMAN or ROLLBACK_UNPROVEN one, when and why; null if nobody
 */
public record Execution(
    String id,
    String runbook,
    String version,
    @Nullable String parent,
    @Nullable String key,
    String root,
    ExecutionState state,
    @Nullable Outcome outcome,
    @Nullable String reason,
    String requester,
    Trigger trigger,
    String inputs,
    int priority,
    @Nullable String owner,
    long epoch,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Instant wakeAt,
    @Nullable String waitingFor,
    @Nullable Instant notAfter,
    boolean cancelRequested,
    boolean haltRequested,
    int resumeFailures,
    @Nullable String rerunOf,
    @Nullable Subject subject,
    @Nullable String result,
    @Nullable String resolution) {
  /** Whether it only says what it would do. */
  public boolean dry() {
    return trigger.kind() == Trigger.Kind.DRY_RUN;
  }
}
