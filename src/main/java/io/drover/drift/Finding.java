package io.drover.drift;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing on which Prism and the CMDB disagree.
 *
 * @param vm extId; null when none is there, or several are (then they are in {@code prism})
 * @param ci sys_id; null when none is there, or several are (then they are in {@code cmdb})
 * @param field what differs, in the words of the CMDB's configuration; empty where it is the whole
 * @param prism value in Prism
 * @param cmdb value in the CMDB
 */
public record Finding(
    Kind kind,
    @Nullable String vm,
    @Nullable String vmName,
    @Nullable String ci,
    @Nullable String ciName,
    String field,
    @Nullable String prism,
    @Nullable String cmdb,
    How how) {

  /** In the order of a report. */
  public enum Kind {
    /** Which record is a VM's cannot be told; nothing else is said of those. */
    AMBIGUOUS,
    MISSING_IN_CMDB,
    MISSING_IN_PRISM,
    RETIRED_BUT_RUNNING,
    OWNER_DIFFERS,
    ENVIRONMENT_DIFFERS,
    /** Matched by name, while the record has another UUID: of a VM that was there before? */
    UUID_DIFFERS;

    /** As people see it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** By what a VM and its record belong together. */
  public enum How {
    UUID,
    /** The UUID with its first three groups turned round. */
    SWAPPED_UUID,
    /** The name alone. */
    NAME,
    NONE;

    /** As people see it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  String called() {
    return vmName != null ? vmName : ciName != null ? ciName : "";
  }
}
