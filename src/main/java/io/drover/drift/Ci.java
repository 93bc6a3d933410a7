package io.drover.drift;

import java.util.List;

/**
 * What the CMDB says of a VM: a configuration item.
 *
 * @param uuids whatever its fields hold that may be the instance UUID; normal by {@link #uuid}
 * @param owner empty when nothing says it
 * @param environment empty when nothing says it
 */
public record Ci(
    String sysId,
    List<String> uuids,
    String name,
    String owner,
    String environment,
    boolean retired) {

  /**
   * A UUID as the same text however it was written: lower case, without dashes, blanks and VMware's
   * prefix. Empty when it is none.
   */
  public static String uuid(String written) {
    String bare = written.strip().toLowerCase(java.util.Locale.ROOT);
    if (bare.startsWith("vmware-")) {
      bare = bare.substring("vmware-".length());
    }
    bare = bare.replaceAll("[\\s{}-]", "");
    return bare.matches("[0-9a-f]{32}") ? bare : "";
  }
}
