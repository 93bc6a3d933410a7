package io.drover.drift;

import java.util.Comparator;

/**
 * One place where the two differ. Texts that do not apply are empty.
 *
 * @param inPrism what Prism says
 * @param inCmdb what the CMDB says
 */
public record Finding(
    Kind kind,
    MatchedBy matchedBy,
    String vmName,
    String vmExtId,
    String ciName,
    String ciSysId,
    String inPrism,
    String inCmdb) {

  /** What is wrong. */
  public enum Kind {
    /** Several items, or several VMs, claim to be the same: none was compared. */
    AMBIGUOUS,
    RETIRED_BUT_RUNNING,
    MISSING_IN_CMDB,
    MISSING_IN_PRISM,
    OWNER_DIFFERS,
    ENVIRONMENT_DIFFERS
  }

  /** Why a VM and an item were taken for the same. A name is a guess. */
  public enum MatchedBy {
    UUID,
    /** The UUID with the bytes of its first three groups the other way round. */
    SWAPPED_UUID,
    NAME,
    NOTHING
  }

  static final Comparator<Finding> ORDER =
      Comparator.comparing(Finding::kind)
          .thenComparing(Finding::vmName)
          .thenComparing(Finding::ciName)
          .thenComparing(Finding::vmExtId)
          .thenComparing(Finding::ciSysId);
}
