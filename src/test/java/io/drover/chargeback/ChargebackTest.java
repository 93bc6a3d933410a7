package io.drover.chargeback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.inventory.Labels;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sums and prices that were worked out by hand. */
class ChargebackTest {
  private static final long GIB = 1L << 30;
  private static final Labels.Keys KEYS = new Labels.Keys("Department", "Owner", "Environment");
  private static final Labels LABELS =
      new Labels(
          List.of(
              category("c-fin", "Department", "Finance"),
              category("c-it", "Department", "IT"),
              category("c-anna", "Owner", "anna"),
              category("c-bert", "Owner", "bert"),
              category("c-prod", "Environment", "Production"),
              category("c-other", "Colour", "blue")),
          KEYS.all());

  private static Map<String, String> category(String extId, String key, String value) {
    return Map.of("extId", extId, "key", key, "value", value);
  }

  private static Map<String, Object> vm(String name, String power, int cpus, String... categories) {
    Map<String, Object> row = new HashMap<>();
    row.put("extId", "id-" + name);
    row.put("name", name);
    row.put("powerState", power);
    row.put("numSockets", cpus);
    row.put("numCoresPerSocket", 2);
    row.put("memorySizeBytes", 3 * GIB);
    row.put("cluster", Map.of("extId", "cluster-1"));
    row.put(
        "disks",
        List.of(
            Map.of("backingInfo", Map.of("diskSizeBytes", 10 * GIB)),
            Map.of("backingInfo", Map.of("diskSizeBytes", GIB / 2)),
            Map.of("backingInfo", Map.of("volumeGroupExtId", "vg", "diskSizeBytes", 99 * GIB))));
    row.put("cdRoms", List.of(Map.of("backingInfo", Map.of("diskSizeBytes", 7 * GIB))));
    row.put(
        "categories", java.util.Arrays.stream(categories).map(c -> Map.of("extId", c)).toList());
    return row;
  }

  private static Totals totals(List<Map<String, Object>> rows) {
    Totals totals = new Totals(KEYS, LABELS);
    rows.forEach(row -> totals.accept(VmUsage.of(row)));
    return totals;
  }

  private static RateCard.Rate rate(String from, String currency, String offShare) {
    return new RateCard.Rate(
        LocalDate.parse(from),
        Currency.getInstance(currency),
        new BigDecimal("12.50"),
        new BigDecimal("3.10"),
        new BigDecimal("0.09"),
        new BigDecimal(offShare));
  }

  @Test
  void addsUpByDepartmentOwnerAndEnvironment() {
    List<Map<String, Object>> rows =
        List.of(
            vm("a", "ON", 1, "c-fin", "c-anna", "c-prod"),
            vm("b", "OFF", 2, "c-fin", "c-anna", "c-prod"),
            vm("c", "ON", 4, "c-it", "c-bert", "c-other"),
            vm("d", "PAUSED", 1, "c-fin"));
    Totals totals = totals(rows);
    assertThat(totals.groups())
        .containsExactly(
            Map.entry(
                new Totals.Group("Finance", "(none)", "(none)"),
                new Usage(1, 0, 2, 0, 3 * GIB, 0, 10 * GIB + GIB / 2)),
            Map.entry(
                new Totals.Group("Finance", "anna", "Production"),
                new Usage(1, 1, 2, 4, 3 * GIB, 3 * GIB, 21 * GIB)),
            Map.entry(
                new Totals.Group("IT", "bert", "(none)"),
                new Usage(1, 0, 8, 0, 3 * GIB, 0, 10 * GIB + GIB / 2)));
    assertThat(totals.all()).isEqualTo(new Usage(3, 1, 12, 4, 9 * GIB, 3 * GIB, 42 * GIB));
    assertThat(totals.departments()).containsOnlyKeys("Finance", "IT");
    assertThat(totals.withoutOwner()).extracting(VmUsage::name).containsExactly("d");
    assertThat(totals.incompleteCount()).isZero();
  }

  @Test
  void doesNotDependOnTheOrderOfRowsOrCategories() {
    List<Map<String, Object>> rows = new ArrayList<>();
    Random random = new Random(20261123);
    List<String> ids =
        new ArrayList<>(List.of("c-fin", "c-it", "c-anna", "c-bert", "c-prod", "c-other"));
    for (int i = 0; i < 200; i++) {
      Collections.shuffle(ids, random);
      rows.add(vm("vm-" + i, i % 3 == 0 ? "OFF" : "ON", 1 + i % 5, ids.toArray(new String[0])));
    }
    Totals one = totals(rows);
    Collections.shuffle(rows, random);
    assertThat(totals(rows).groups()).isEqualTo(one.groups());
    assertThat(one.groups()).containsOnlyKeys(new Totals.Group("Finance", "anna", "Production"));
  }

  @Test
  void countsThreadsOnlyWhereThereAreSeveral() {
    Map<String, Object> row = vm("a", "ON", 2);
    row.put("numThreadsPerCore", 2);
    assertThat(VmUsage.of(row).vcpus()).isEqualTo(8);
    row.put("numThreadsPerCore", 0);
    assertThat(VmUsage.of(row).vcpus()).isEqualTo(4);
  }

  @Test
  void namesWhatARowLacksInsteadOfGuessing() {
    Map<String, Object> row = vm("a", "ON", 2);
    row.remove("memorySizeBytes");
    row.put("numSockets", "two");
    row.put("disks", List.of(Map.of("backingInfo", Map.of("diskSizeBytes", -1))));
    VmUsage usage = VmUsage.of(row);
    assertThat(usage.missing()).containsExactly("numSockets", "memorySizeBytes", "diskSizeBytes");
    assertThat(usage.vcpus() + usage.memoryBytes() + usage.storageBytes()).isZero();
    assertThat(totals(List.of(row)).incomplete()).hasSize(1);
  }

  @Test
  void pricesExactlyAndRoundsOnce() {
    Usage usage = new Usage(1, 1, 2, 4, 3 * GIB + GIB / 3, 3 * GIB, 21 * GIB);
    // 2 × 12.50 + (3.33… GiB) × 3.10 + 21 × 0.09 = 25 + 10.3333333… + 1.89
    assertThat(rate("2026-01-01", "EUR", "0").cost(usage)).isEqualByComparingTo("37.22");
    // and half of what is off: 2 × 12.50 + 1.5 × 3.10
    assertThat(rate("2026-01-01", "EUR", "0.5").cost(usage)).isEqualByComparingTo("66.87");
    assertThat(rate("2026-01-01", "JPY", "0").cost(usage)).isEqualByComparingTo("37");
    assertThat(Usage.gib(1)).isEqualByComparingTo(new BigDecimal("9.31322574615478515625E-10"));
    assertThat(Usage.shownGib(3 * GIB + GIB / 200)).isEqualTo(new BigDecimal("3.00"));
  }

  @Test
  void takesTheRateOfTheDay() {
    RateCard card =
        new RateCard(List.of(rate("2026-07-01", "EUR", "0"), rate("2026-01-01", "EUR", "0")));
    assertThat(card.on(LocalDate.parse("2025-12-31"))).isNull();
    assertThat(Objects.requireNonNull(card.on(LocalDate.parse("2026-06-30"))).from())
        .isEqualTo("2026-01-01");
    assertThat(Objects.requireNonNull(card.on(LocalDate.parse("2026-07-01"))).from())
        .isEqualTo("2026-07-01");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new RateCard(
                    List.of(rate("2026-01-01", "EUR", "0"), rate("2026-01-01", "USD", "0"))))
        .withMessageContaining("2026-01-01");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rate("2026-01-01", "EUR", "1.5"))
        .withMessageContaining("off-share: 1.5");
  }

  @Test
  void failsRatherThanOverflow() {
    Usage huge = new Usage(0, 0, 0, 0, Long.MAX_VALUE, 0, 0);
    assertThatThrownBy(() -> huge.plus(huge)).isInstanceOf(ArithmeticException.class);
  }
}
