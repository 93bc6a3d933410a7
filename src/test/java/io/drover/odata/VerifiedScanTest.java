package io.drover.odata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Lists that change between any two pages. */
class VerifiedScanTest {
  private static final int SCANS = 1_000;
  private static final int LIMIT = 10;
  private static final int SEED = Integer.getInteger("drover.seed", 20261123);

  /** A VM: its identity stays, its name decides where in the list it stands. */
  private record Vm(String id, String name) {}

  /** Pages by name, with what happens between two of them. */
  private static final class Estate {
    final List<Vm> vms = new ArrayList<>();
    final Set<String> always = new HashSet<>();
    private final Random random;
    private final double restlessness;
    private int made;

    Estate(Random random, int size, double restlessness) {
      this.random = random;
      this.restlessness = restlessness;
      for (int i = 0; i < size; i++) {
        insert();
      }
      vms.forEach(vm -> always.add(vm.id()));
    }

    PageWalk.Page<Vm> page(int number) {
      while (random.nextDouble() < restlessness) {
        change();
      }
      List<Vm> sorted = new ArrayList<>(vms);
      sorted.sort(java.util.Comparator.comparing(Vm::name));
      int from = Math.min(number * LIMIT, sorted.size());
      int to = Math.min(from + LIMIT, sorted.size());
      return new PageWalk.Page<>(List.copyOf(sorted.subList(from, to)), (long) sorted.size());
    }

    private void insert() {
      vms.add(new Vm("vm-" + made++, name()));
    }

    private String name() {
      return String.format("%06d", random.nextInt(1_000_000));
    }

    private void change() {
      int which = vms.isEmpty() ? -1 : random.nextInt(vms.size());
      switch (random.nextInt(4)) {
        case 0 -> insert();
        case 1 -> {
          if (which >= 0) {
            always.remove(vms.remove(which).id());
          }
        }
        case 2 -> { // an insert that hides a delete
          if (which >= 0) {
            always.remove(vms.remove(which).id());
            insert();
          }
        }
        default -> {
          if (which >= 0) {
            vms.set(which, new Vm(vms.get(which).id(), name()));
          }
        }
      }
    }
  }

  /** The ids of the last pass. */
  private static List<String> ids(VerifiedScan<Vm> scan) {
    List<String> ids = new ArrayList<>();
    int pass = 1;
    while (scan.hasNext()) {
      VerifiedScan.Part<Vm> part = scan.next();
      if (part.pass() != pass) {
        ids.clear();
        pass = part.pass();
      }
      part.rows().forEach(vm -> ids.add(vm.id()));
    }
    return ids;
  }

  private static VerifiedScan<Vm> scan(Estate estate, int mostPasses) {
    return new VerifiedScan<>(
        () -> new PageWalk<>(LIMIT, 1_000, Vm::id),
        walk ->
            new ODataPages<>(
                number -> {
                  PageWalk.Page<Vm> page = estate.page(number);
                  return CompletableFuture.completedFuture(() -> page);
                },
                walk),
        Vm::id,
        mostPasses);
  }

  @Test
  void missesNothingAndCountsNothingTwiceOrSaysThatItIsNotSure() {
    Random random = new Random(SEED);
    int sure = 0;
    int unsure = 0;
    int plainWrong = 0;
    int missed = 0;
    int twice = 0;
    for (int i = 0; i < SCANS; i++) {
      double restlessness = random.nextDouble() * 0.4;
      Estate estate = new Estate(random, random.nextInt(120), restlessness);
      plainWrong += ids(scan(estate, 1)).containsAll(estate.always) ? 0 : 1;
      VerifiedScan<Vm> scan = scan(estate, 6);
      List<String> ids = ids(scan);
      twice += ids.size() - new HashSet<>(ids).size();
      if (!scan.result().sure()) {
        unsure++;
        continue;
      }
      sure++;
      missed += ids.containsAll(estate.always) ? 0 : 1;
    }
    System.out.printf(
        "SCAN MATRIX: %d verified scans of changing lists, sure %d, not sure %d, missed %d, twice %d;"
            + " plain scans that missed something %d%n",
        SCANS, sure, unsure, missed, twice, plainWrong);
    assertThat(missed).isZero();
    assertThat(twice).isZero();
    assertThat(sure).isGreaterThan(SCANS / 4);
    assertThat(plainWrong).as("or the lists were too quiet to show anything").isPositive();
  }

  @Test
  void takesTwoPassesOfAListThatHoldsStill() {
    Estate estate = new Estate(new Random(1), 95, 0);
    VerifiedScan<Vm> scan = scan(estate, 5);
    assertThat(ids(scan)).containsExactlyInAnyOrderElementsOf(estate.always);
    assertThat(scan.result()).isEqualTo(new VerifiedScan.Result(2, 95, true, true));
  }

  @Test
  void isNeverSureOfASinglePass() {
    VerifiedScan<Vm> plain = scan(new Estate(new Random(4), 95, 0), 1);
    assertThat(ids(plain)).hasSize(95);
    assertThat(plain.result()).isEqualTo(new VerifiedScan.Result(1, 95, true, false));
  }

  @Test
  void isNotSureOfAListThatNeverHoldsStillOrDoesNotSayHowLongItIs() {
    VerifiedScan<Vm> restless = scan(new Estate(new Random(2), 60, 0.9), 3);
    ids(restless);
    assertThat(restless.result().sure()).isFalse();
    VerifiedScan<String> silent =
        new VerifiedScan<>(
            () -> new PageWalk<>(LIMIT, 10, row -> row),
            walk ->
                new ODataPages<>(
                    page ->
                        CompletableFuture.completedFuture(
                            () -> new PageWalk.Page<>(page == 0 ? List.of("a") : List.of(), null)),
                    walk),
            row -> row,
            3);
    silent.forEachRemaining(part -> {});
    assertThat(silent.result()).isEqualTo(new VerifiedScan.Result(3, 1, false, false));
  }

  @Test
  void tellsNothingBeforeItsEndAndRefusesNoPassAtAll() {
    VerifiedScan<Vm> scan = scan(new Estate(new Random(3), 11, 0), 1);
    scan.next();
    assertThatIllegalStateException().isThrownBy(scan::result);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scan(new Estate(new Random(3), 1, 0), 0))
        .withMessageContaining("passes: 0");
  }
}
