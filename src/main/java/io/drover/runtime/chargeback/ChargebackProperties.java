package io.drover.runtime.chargeback;

import io.drover.chargeback.RateCard;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code drover.chargeback.*}.
 *
 * @param timeZone whose day a run belongs to
 * @param rates prices of a month, each from its day on; none: usage is told without a price
 */
@ConfigurationProperties("drover.chargeback")
record ChargebackProperties(@DefaultValue("Etc/UTC") ZoneId timeZone, @Nullable List<Rate> rates) {

  /**
   * @param from the first day, as {@code 2026-01-01}
   * @param currency ISO 4217
   * @param vcpu of one vCPU
   * @param memoryGib of one GiB of memory
   * @param storageGib of one GiB of disk
   * @param offShare which part of the price of vCPU and memory a VM costs that is off
   */
  record Rate(
      String from,
      String currency,
      BigDecimal vcpu,
      BigDecimal memoryGib,
      BigDecimal storageGib,
      @DefaultValue("0") BigDecimal offShare) {

    private RateCard.Rate read(int index) {
      String name = "drover.chargeback.rates[" + index + "]";
      try {
        if (vcpu == null || memoryGib == null || storageGib == null) {
          throw new IllegalArgumentException("vcpu, memory-gib, storage-gib: (expected: a price)");
        }
        return new RateCard.Rate(
            LocalDate.parse(String.valueOf(from)),
            Currency.getInstance(String.valueOf(currency)),
            vcpu,
            memoryGib,
            storageGib,
            offShare);
      } catch (DateTimeException e) {
        throw new IllegalArgumentException(
            name + ".from: " + from + " (expected: a day as 2026-01-01)", e);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            e.getMessage() == null
                ? name + ".currency: " + currency + " (expected: a code of ISO 4217 as EUR)"
                : name + "." + e.getMessage(),
            e);
      }
    }
  }

  RateCard card() {
    List<Rate> given = rates == null ? List.of() : rates;
    RateCard.Rate[] card = new RateCard.Rate[given.size()];
    for (int i = 0; i < card.length; i++) {
      card[i] = given.get(i).read(i);
    }
    return new RateCard(List.of(card));
  }
}
