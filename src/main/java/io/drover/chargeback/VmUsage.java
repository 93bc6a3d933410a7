package io.drover.chargeback;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one VM uses.
 *
 * @param on powered on; paused and suspended VMs hold their memory, so only OFF is off
 * @param vcpus sockets × cores × threads
 * @param memoryBytes as configured
 * @param storageBytes of its own disks: not of CD-ROMs, and not of volume groups, which belong to
 *     no single VM
 * @param categories extIds
 * @param missing fields that the row should have had; they count as 0
 */
public record VmUsage(
    String extId,
    String name,
    @Nullable String cluster,
    @Nullable String creator,
    boolean on,
    long vcpus,
    long memoryBytes,
    long storageBytes,
    List<String> categories,
    List<String> missing) {
  /** What Prism tells of a VM that no user of it made. */
  private static final String NOBODY = "00000000-0000-0000-0000-000000000000";

  /**
   * Reads a VM of vmm v4.
   *
   * @param row as it came; what is not as it should be is named in {@link #missing}
   */
  public static VmUsage of(Map<String, ?> row) {
    List<String> missing = new ArrayList<>();
    long vcpus = 1;
    for (String factor : List.of("numSockets", "numCoresPerSocket", "numThreadsPerCore")) {
      boolean optional = factor.equals("numThreadsPerCore"); // absent where there is one thread
      vcpus = Math.multiplyExact(vcpus, number(row, factor, optional ? 1 : 0, optional, missing));
    }
    Object power = row.get("powerState");
    if (power == null) {
      missing.add("powerState");
    }
    return new VmUsage(
        String.valueOf(row.get("extId")),
        String.valueOf(row.get("name")),
        extId(row.get("cluster")),
        creator(row.get("ownershipInfo")),
        !"OFF".equals(power),
        vcpus,
        number(row, "memorySizeBytes", 0, false, missing),
        storage(row.get("disks"), missing),
        categories(row),
        List.copyOf(missing));
  }

  private static @Nullable String creator(@Nullable Object ownership) {
    String owner = ownership instanceof Map<?, ?> map ? extId(map.get("owner")) : null;
    return NOBODY.equals(owner) ? null : owner;
  }

  private static long number(
      Map<?, ?> row, String name, long otherwise, boolean optional, List<String> missing) {
    Object value = row.get(name);
    if (value instanceof Number number && number.longValue() >= 0) {
      return optional ? Math.max(1, number.longValue()) : number.longValue();
    }
    if (!optional || value != null) {
      missing.add(name);
    }
    return otherwise;
  }

  private static long storage(@Nullable Object disks, List<String> missing) {
    long bytes = 0;
    if (disks instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> disk
            && disk.get("backingInfo") instanceof Map<?, ?> backing
            && !backing.containsKey("volumeGroupExtId")
            && !String.valueOf(backing.get("$objectType")).endsWith("ADSFVolumeGroupReference")) {
          bytes = Math.addExact(bytes, number(backing, "diskSizeBytes", 0, false, missing));
        }
      }
    }
    return bytes;
  }

  /** The extIds of a VM's categories. */
  public static List<String> categories(Map<String, ?> row) {
    List<String> ids = new ArrayList<>();
    if (row.get("categories") instanceof List<?> list) {
      for (Object each : list) {
        String id = extId(each);
        if (id != null) {
          ids.add(id);
        }
      }
    }
    return ids;
  }

  private static @Nullable String extId(@Nullable Object reference) {
    Object id = reference instanceof Map<?, ?> map ? map.get("extId") : reference;
    return id == null ? null : id.toString();
  }
}
