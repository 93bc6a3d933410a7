package io.drover.approval;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A question to people.
 *
 * @param id sortable by creation
 * @param execution what waits for it; with step and visit, where
 * @param round 1, and one more each time the facts had changed when it was answered
 * @param gate its name in the runbook
 * @param requester who asked for the execution; he has no say
 * @param needed how many must say yes; one no is a no
 * @param shown what was shown, as JSON
 * @param hash SHA-256 of what was shown, without its ages
 * @param expiresAt no answer until then means no
 * @param settledAt null while it is open
 */
public record ApprovalRequest(
    String id,
    String execution,
    String step,
    int visit,
    int round,
    String gate,
    String requester,
    Approvers approvers,
    int needed,
    String shown,
    String hash,
    State state,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant settledAt) {

  /** Where a question stands; all but {@code OPEN} are final. */
  public enum State {
    OPEN,
    APPROVED,
    REJECTED,
    /** Nobody answered in time: that is a no. */
    EXPIRED,
    /** What it showed is no longer so; another round asks anew. */
    SUPERSEDED
  }
}
