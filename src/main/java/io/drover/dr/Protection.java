package io.drover.dr;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one VM is protected at one target: the newest copy of it that was seen there, and what became
 * of the last try.
 *
 * @param system the Prism Central that it runs at
 * @param target the one that it is copied to
 * @param category whose policy is its own, {@code Key:Value}
 * @param rpo how old the newest copy may be
 * @param pointAt when the copy's point was taken; null: none was ever seen
 * @param replica extId of the copy at the target
 * @param vmRecoveryPoint the VM's own point in it
 * @param expiresAt the copy's
 * @param verifiedAt when it was last seen there
 * @param verifiedBy the execution that saw it
 * @param state of the last try
 * @param reason why it is not protected by it; null when it is
 * @param triedBy the execution of the last try
 */
public record Protection(
    String system,
    String vmExtId,
    String vmName,
    String target,
    String category,
    Duration rpo,
    @Nullable Instant pointAt,
    @Nullable String replica,
    @Nullable String vmRecoveryPoint,
    @Nullable String locationAgnosticId,
    @Nullable String cluster,
    @Nullable Instant expiresAt,
    @Nullable Instant verifiedAt,
    @Nullable String verifiedBy,
    State state,
    @Nullable String reason,
    String triedBy,
    Instant triedAt) {

  /** What became of a try. */
  public enum State {
    /** Begun, and not ended yet. */
    PENDING,
    /** The copy was seen at the target, complete and with its expiry. */
    PROTECTED,
    /** It may still come: the copy is on its way, or the target did not answer. */
    LATE,
    /** There is none, or it is not as it must be. */
    FAILED
  }

  /**
   * What is known of a planned VM, or that nothing is: a later run may have forgotten it.
   *
   * @param row with extId, name, category and rpo
   */
  public static Protection of(
      Map<String, ?> row,
      @Nullable Protection known,
      String system,
      String target,
      String execution,
      Instant now) {
    return known != null
        ? known
        : new Protection(
            system,
            String.valueOf(row.get("extId")),
            String.valueOf(row.get("name")),
            target,
            String.valueOf(row.get("category")),
            Duration.parse(String.valueOf(row.get("rpo"))),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            State.PENDING,
            null,
            execution,
            now);
  }

  /** As it fared in one run, which need not be the last. */
  public Protection fared(State how, @Nullable String why) {
    return new Protection(
        system,
        vmExtId,
        vmName,
        target,
        category,
        rpo,
        pointAt,
        replica,
        vmRecoveryPoint,
        locationAgnosticId,
        cluster,
        expiresAt,
        verifiedAt,
        verifiedBy,
        how,
        why,
        triedBy,
        triedAt);
  }

  /** Age of the newest copy that still exists; null when there is none. */
  public @Nullable Duration lag(Instant now) {
    return pointAt == null || expiresAt == null || !expiresAt.isAfter(now)
        ? null
        : Duration.between(pointAt, now);
  }

  /** Whether the newest copy is older than it may be, or there is none. */
  public boolean overRpo(Instant now) {
    Duration lag = lag(now);
    return lag == null || lag.compareTo(rpo) > 0;
  }
}
