package io.drover.dr;

import io.drover.execution.Effect;
import io.drover.execution.Executions.Maker;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Which of our recovery points nobody needs any more, and which have lost whom they belong to. */
public final class Housekeeping {

  /** Whose expiry is a policy's, however old they are. */
  private static final String REPLICATION = "dr-protect-group";

  private Housekeeping() {}

  /** What may be wrong with a point. */
  public enum Why {
    /** The ledger knows nothing that made it; another Drover may. */
    UNKNOWN_MAKER,
    /** Prism said that making it had failed, and yet it is there. */
    FAILED_MAKER,
    /** It stays until somebody deletes it. */
    NO_EXPIRY,
    /** Its time is over and it is listed all the same. */
    EXPIRED,
    /** Its execution is over for long, and its expiry was moved far away. */
    PAST_NEED
  }

  /**
   * A recovery point with our kind of name.
   *
   * @param expires null: never
   */
  public record Point(
      String system, String extId, String name, Instant taken, @Nullable Instant expires) {}

  /**
   * What is wrong with a point; null when nothing is, or when it is still needed.
   *
   * @param maker null: the ledger does not know
   * @param newestCopy whether it is the newest copy of a VM that was seen on the other side
   * @param keep how long after it was taken a point may be needed whose execution is over
   */
  public static @Nullable Why judge(
      Point point, @Nullable Maker maker, boolean newestCopy, Duration keep, Instant now) {
    if (maker == null) {
      return Why.UNKNOWN_MAKER;
    }
    if (maker.needed() || newestCopy) {
      return null;
    }
    if (maker.state() == Effect.State.FAILED) {
      return Why.FAILED_MAKER;
    }
    Instant expires = point.expires();
    if (expires == null) {
      return Why.NO_EXPIRY;
    }
    if (!expires.isAfter(now)) {
      return Why.EXPIRED;
    }
    boolean old = point.taken().plus(keep).isBefore(now);
    return old && !maker.runbook().equals(REPLICATION) ? Why.PAST_NEED : null;
  }
}
