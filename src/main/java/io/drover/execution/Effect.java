package io.drover.execution;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One mutating call to a system, recorded before it is made.
 *
 * @param id derived from execution, step, visit and ordinal, so a resumed step finds the same one
 * @param attempt the attempt that made it first
 * @param ordinal the nth effect of this visit, from 1
 * @param system the configured system's name, or {@code guest:NAME}
 * @param kind what it does, e.g. {@code create-recovery-point}, {@code revert-vm}
 * @param target the extId it acts on
 * @param targetName the target's name for people; hostile text
 * @param requestId the id sent with the call, a UUID
 * @param request method, path and body with secrets masked
 * @param state where it is
 * @param taskExtId the system's task; null until it answered
 * @param result what it made, as JSON (e.g. the recovery point's extId); null if nothing or unknown
 */
public record Effect(
    String id,
    String execution,
    String step,
    int visit,
    int attempt,
    int ordinal,
    String system,
    String kind,
    String target,
    @Nullable String targetName,
    String requestId,
    String request,
    State state,
    @Nullable String taskExtId,
    @Nullable String result,
    Instant journaledAt,
    @Nullable Instant endedAt) {

  /** Where an effect is. */
  public enum State {
    /** Written down; whether the far side saw it is unknown. Look before repeating. */
    JOURNALED,
    /** The far side took it and works on it. */
    ACCEPTED,
    /** It happened. */
    DONE,
    /** The far side tried and said that it failed. */
    FAILED,
    /** The far side refused it; nothing happened. A new ordinal may try again. */
    REFUSED,
    /** A dry run: it would have been made just so. */
    RECORDED,
    /** A dry run: it would follow, if what is before it goes well. */
    EXPECTED;

    /** Whether something may have been changed by it. */
    public boolean mayHaveChanged() {
      return this != REFUSED && this != RECORDED && this != EXPECTED;
    }
  }
}
