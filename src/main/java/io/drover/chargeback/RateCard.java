package io.drover.chargeback;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prices with the days from which they hold.
 *
 * @param rates in any order, no two from the same day
 */
public record RateCard(List<Rate> rates) {

  /**
   * Prices of a month.
   *
   * @param from the first day
   * @param vcpu of one vCPU
   * @param memoryGib of one GiB of memory
   * @param storageGib of one GiB of disk
   * @param offShare which part of the price of vCPU and memory a VM costs that is off, 0 to 1; its
   *     disks cost the same
   */
  public record Rate(
      LocalDate from,
      Currency currency,
      BigDecimal vcpu,
      BigDecimal memoryGib,
      BigDecimal storageGib,
      BigDecimal offShare) {
    public Rate {
      price("vcpu", vcpu);
      price("memory-gib", memoryGib);
      price("storage-gib", storageGib);
      if (offShare.signum() < 0 || offShare.compareTo(BigDecimal.ONE) > 0) {
        throw new IllegalArgumentException("off-share: " + offShare + " (expected: 0 to 1)");
      }
    }

    private static void price(String name, BigDecimal price) {
      if (price.signum() < 0) {
        throw new IllegalArgumentException(name + ": " + price + " (expected: 0 or more)");
      }
    }

    /**
     * What a month of this usage costs. Exact until the end, then rounded once, half up, to the
     * currency's smallest unit.
     */
    public BigDecimal cost(Usage usage) {
      BigDecimal vcpus =
          BigDecimal.valueOf(usage.vcpusOn())
              .add(BigDecimal.valueOf(usage.vcpusOff()).multiply(offShare));
      BigDecimal memory =
          Usage.gib(usage.memoryBytesOn())
              .add(Usage.gib(usage.memoryBytesOff()).multiply(offShare));
      return vcpus
          .multiply(vcpu)
          .add(memory.multiply(memoryGib))
          .add(Usage.gib(usage.storageBytes()).multiply(storageGib))
          .setScale(Math.max(0, currency.getDefaultFractionDigits()), RoundingMode.HALF_UP);
    }
  }

  public RateCard {
    rates = rates.stream().sorted(Comparator.comparing(Rate::from)).toList();
    for (int i = 1; i < rates.size(); i++) {
      if (rates.get(i).from().equals(rates.get(i - 1).from())) {
        throw new IllegalArgumentException(
            "rates: two of them from " + rates.get(i).from() + " (expected: one)");
      }
    }
  }

  /** What holds on a day; null before the first rate: usage is told without a price then. */
  public @Nullable Rate on(LocalDate day) {
    Rate found = null;
    for (Rate rate : rates) {
      if (!rate.from().isAfter(day)) {
        found = rate;
      }
    }
    return found;
  }
}
