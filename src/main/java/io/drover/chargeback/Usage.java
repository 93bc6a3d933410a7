package io.drover.chargeback;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What some VMs use together; of those that are on and of those that are off.
 *
 * @param storageBytes used whether a VM is on or off
 */
public record Usage(
    long vmsOn,
    long vmsOff,
    long vcpusOn,
    long vcpusOff,
    long memoryBytesOn,
    long memoryBytesOff,
    long storageBytes) {
  public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0, 0);

  private static final BigDecimal GIB = BigDecimal.valueOf(1L << 30);

  /**
   * @throws ArithmeticException when a sum no longer fits: it is never wrong instead
   */
  public Usage plus(VmUsage vm) {
    return plus(
        vm.on()
            ? new Usage(1, 0, vm.vcpus(), 0, vm.memoryBytes(), 0, vm.storageBytes())
            : new Usage(0, 1, 0, vm.vcpus(), 0, vm.memoryBytes(), vm.storageBytes()));
  }

  public Usage plus(Usage other) {
    return new Usage(
        Math.addExact(vmsOn, other.vmsOn),
        Math.addExact(vmsOff, other.vmsOff),
        Math.addExact(vcpusOn, other.vcpusOn),
        Math.addExact(vcpusOff, other.vcpusOff),
        Math.addExact(memoryBytesOn, other.memoryBytesOn),
        Math.addExact(memoryBytesOff, other.memoryBytesOff),
        Math.addExact(storageBytes, other.storageBytes));
  }

  /** Bytes as GiB, exactly: a division by a power of two ends. */
  public static BigDecimal gib(long bytes) {
    return BigDecimal.valueOf(bytes).divide(GIB);
  }

  /** Bytes as GiB for people: two digits, half up. */
  public static BigDecimal shownGib(long bytes) {
    return gib(bytes).setScale(2, RoundingMode.HALF_UP);
  }
}
