package io.drover.dr;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which VMs are protected, in the ledger: data that outlives the runs that it came of. */
public interface Protections {

  /**
   * A run begins with these VMs: their tries are pending. VMs of the same policies that it no
   * longer has are forgotten.
   *
   * @param categories the run's policies
   */
  void begin(
      String execution,
      String system,
      String target,
      Collection<String> categories,
      Collection<ReplicationPlan.Planned> vms);

  /** A copy was seen at the target; an older one than is known changes nothing but the try. */
  void verified(Seen seen);

  /** A try of the run came to nothing for those of these VMs that are still pending: why. */
  void failed(
      String execution,
      String system,
      String target,
      Protection.State state,
      Map<String, String> why);

  /** All that match, oldest copy first; those without any before all others. */
  List<Protection> list(Filter filter, int limit);

  Optional<Protection> find(String system, String target, String vmExtId);

  /** By system, target and category. */
  List<Sum> sums(Instant now);

  /**
   * What to list; null means any.
   *
   * @param run only those whose last try was this execution's
   */
  record Filter(
      @Nullable String system,
      @Nullable String target,
      @Nullable String category,
      @Nullable String run,
      Protection.@Nullable State state) {
    public static final Filter ANY = new Filter(null, null, null, null, null);

    public static Filter of(String run) {
      return new Filter(null, null, null, run, null);
    }
  }

  /**
   * A copy that was seen.
   *
   * @param vms each VM's own point in it, by the VM's extId
   */
  record Seen(
      String execution,
      String run,
      String system,
      String target,
      Instant pointAt,
      String replica,
      String locationAgnosticId,
      @Nullable String cluster,
      Instant expiresAt,
      Instant at,
      Map<String, String> vms) {}

  /**
   * A category's VMs.
   *
   * @param oldest the greatest lag of those that have a copy; null when none has
   */
  record Sum(
      String system,
      String target,
      String category,
      int vms,
      int withoutCopy,
      int overRpo,
      @Nullable Duration oldest) {}
}
