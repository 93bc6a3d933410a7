package io.drover.patch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether a VM may be patched, judged before anything is touched, from the VM as Prism Central
 * shows it.
 */
public final class Eligibility {
  private static final String APPLICATION_CONSISTENT = "APPLICATION_CONSISTENT";

  private Eligibility() {}

  /**
   * The verdict as a JSON-like map: {@code eligible}, {@code reason} (when not), {@code
   * consistency} to ask for, {@code degraded} (why it is less than was asked; null if it is not),
   * {@code address} of the guest.
   *
   * @param inputs of the VM's execution: {@code consistency}, {@code allowVolumeGroups}, {@code
   *     degradeConsistency}
   * @param vm a VM of vmm v4
   */
  public static Map<String, @Nullable Object> of(Map<String, ?> inputs, Map<String, ?> vm) {
    List<String> against = new ArrayList<>();
    Object power = vm.get("powerState");
    if (!"ON".equals(power)) {
      against.add("it is powered " + power + " (expected: ON)");
    }
    if (!Boolean.TRUE.equals(inputs.get("allowVolumeGroups")) && hasVolumeGroup(vm)) {
      against.add(
          "it has volume groups, which a revert of the VM does not put back (allowVolumeGroups is false)");
    }
    String address = address(vm);
    if (address == null) {
      against.add("it shows no IP address");
    }
    String consistency =
        String.valueOf(
            inputs.get("consistency") == null ? "CRASH_CONSISTENT" : inputs.get("consistency"));
    String degraded = null;
    if (APPLICATION_CONSISTENT.equals(consistency)) {
      String missing = missingGuestTools(vm);
      if (missing != null && Boolean.TRUE.equals(inputs.get("degradeConsistency"))) {
        consistency = "CRASH_CONSISTENT";
        degraded = "crash-consistent instead of application-consistent: " + missing;
      } else if (missing != null) {
        against.add("an application-consistent recovery point was asked for and " + missing);
      }
    }
    Map<String, @Nullable Object> verdict = new LinkedHashMap<>();
    verdict.put("eligible", against.isEmpty());
    verdict.put("reason", against.isEmpty() ? null : "Not eligible: " + String.join("; ", against));
    verdict.put("consistency", consistency);
    verdict.put("degraded", degraded);
    verdict.put("address", address);
    verdict.put("powerState", power);
    return verdict;
  }

  private static boolean hasVolumeGroup(Map<String, ?> vm) {
    if (!(vm.get("disks") instanceof List<?> disks)) {
      return false;
    }
    return disks.stream()
        .anyMatch(
            disk ->
                disk instanceof Map<?, ?> map
                    && map.get("backingInfo") instanceof Map<?, ?> backing
                    && (backing.containsKey("volumeGroupExtId")
                        || String.valueOf(backing.get("$objectType"))
                            .endsWith("ADSFVolumeGroupReference")));
  }

  /**
   * Prism takes an application-consistent point of any VM and says it is one; only the guest tools
   * make it true.
   */
  public static @Nullable String missingGuestTools(Map<String, ?> vm) {
    if (!(vm.get("guestTools") instanceof Map<?, ?> tools)
        || !Boolean.TRUE.equals(tools.get("isInstalled"))) {
      return "the guest tools are not installed";
    }
    if (!Boolean.TRUE.equals(tools.get("isEnabled"))) {
      return "the guest tools are not enabled";
    }
    if (!Boolean.TRUE.equals(tools.get("isReachable"))) {
      return "the guest tools do not answer";
    }
    boolean capable =
        Boolean.TRUE.equals(tools.get("isVssSnapshotCapable"))
            || (tools.get("capabilities") instanceof List<?> list && list.contains("VSS_SNAPSHOT"));
    return capable ? null : "the guest tools cannot quiesce it";
  }

  /** The first address that the guest reported or Prism gave it; null if there is none. */
  public static @Nullable String address(Map<String, ?> vm) {
    if (!(vm.get("nics") instanceof List<?> nics)) {
      return null;
    }
    for (Object nic : nics) {
      if (nic instanceof Map<?, ?> map) {
        for (String name : List.of("nicNetworkInfo", "networkInfo")) {
          String found = map.get(name) instanceof Map<?, ?> network ? fromNetwork(network) : null;
          if (found != null) {
            return found;
          }
        }
      }
    }
    return null;
  }

  private static @Nullable String fromNetwork(Map<?, ?> network) {
    if (network.get("ipv4Info") instanceof Map<?, ?> info
        && info.get("learnedIpAddresses") instanceof List<?> learned
        && !learned.isEmpty()
        && learned.get(0) instanceof Map<?, ?> first
        && first.get("value") != null) {
      return first.get("value").toString();
    }
    if (network.get("ipv4Config") instanceof Map<?, ?> config
        && config.get("ipAddress") instanceof Map<?, ?> address
        && address.get("value") != null) {
      return address.get("value").toString();
    }
    return null;
  }
}
