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
   * prefix. Empty when it is none, or all 0 or all f, which says that there is none.
   */
  public static String uuid(String written) {
    String bare = written.strip().toLowerCase(java.util.Locale.ROOT);
    if (bare.startsWith("vmware-")) {
      bare = bare.substring("vmware-".length());
    }
    bare = bare.replaceAll("[\\s{}-]", "");
    return bare.matches("[0-9a-f]{32}") && !bare.matches("0+|f+") ? bare : "";
  }

  /**
   * The same with the bytes of its first three groups the other way round: firmware and tools
   * disagree about their order (SMBIOS, DSP0134, 7.2.1).
   *
   * @param uuid normal by {@link #uuid}; empty stays empty
   */
  static String swapped(String uuid) {
    if (uuid.isEmpty()) {
      return "";
    }
    StringBuilder swapped = new StringBuilder(uuid);
    int[] order = {3, 2, 1, 0, 5, 4, 7, 6};
    for (int i = 0; i < order.length; i++) {
      swapped.replace(2 * i, 2 * i + 2, uuid.substring(2 * order[i], 2 * order[i] + 2));
    }
    return swapped.toString();
  }
}
