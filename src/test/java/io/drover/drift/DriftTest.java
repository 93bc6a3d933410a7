package io.drover.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.drift.Finding.Kind;
import io.drover.drift.Finding.MatchedBy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriftTest {
  private static final int SEED = Integer.getInteger("drover.seed", 20261123);
  private static final String ID = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";

  private static VmFacts vm(String extId, String name) {
    return new VmFacts(extId, name, "anna", "Production", true);
  }

  private static Ci item(String sysId, String uuid, String name) {
    return new Ci(
        sysId,
        uuid.isEmpty() ? List.of() : List.of(Ci.uuid(uuid)),
        name,
        "anna",
        "Production",
        false);
  }

  private static List<String> told(List<VmFacts> vms, List<Ci> items) {
    return Drift.between(vms, items).stream()
        .map(
            each ->
                each.kind() + " " + each.matchedBy() + " " + each.vmName() + "/" + each.ciName())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "1B4E28BA-2FA1-11D2-883F-0016D3CCA427, 1b4e28ba2fa111d2883f0016d3cca427",
    "VMware-1b 4e 28 ba 2f a1 11 d2-88 3f 00 16 d3 cc a4 27, 1b4e28ba2fa111d2883f0016d3cca427",
    "{1b4e28ba-2fa1-11d2-883f-0016d3cca427}, 1b4e28ba2fa111d2883f0016d3cca427",
    "vm-1234, ''",
    "00000000-0000-0000-0000-000000000000, ''",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF, ''",
    "'', ''"
  })
  void readsAUuidHoweverItIsWritten(String written, String expected) {
    assertThat(Ci.uuid(written)).isEqualTo(expected);
  }

  @Test
  void findsNothingWhereBothSayTheSame() {
    assertThat(told(List.of(vm(ID, "web-1")), List.of(item("c1", ID, "other name")))).isEmpty();
    assertThat(
            Drift.between(
                List.of(new VmFacts(ID, "a", " Anna", "production ", true)),
                List.of(item("c1", ID, "a"))))
        .as("blanks and case are no difference")
        .isEmpty();
  }

  @Test
  void marksWhatItMatchedByNameAndNeverTakesAnItemOfAnotherVm() {
    VmFacts changed = new VmFacts(ID, "WEB-1", "bert", "Production", true);
    assertThat(told(List.of(changed), List.of(item("c1", "", "web-1"))))
        .containsExactly("OWNER_DIFFERS NAME WEB-1/web-1");
    String other = UUID.randomUUID().toString();
    assertThat(
            told(
                List.of(vm(ID, "web-1"), vm(other, "web-2")),
                List.of(item("c1", other, "web-1"), item("c2", "", "web-9"))))
        .as("the item belongs to web-2, whatever it is called")
        .containsExactly("MISSING_IN_CMDB NOTHING web-1/", "MISSING_IN_PRISM NOTHING /web-9");
  }

  @Test
  void comparesNoneOfSeveralThatClaimToBeTheSame() {
    assertThat(told(List.of(vm(ID, "web-1")), List.of(item("c1", ID, "a"), item("c2", ID, "b"))))
        .containsExactly("AMBIGUOUS UUID web-1/a");
    assertThat(
            told(
                List.of(vm(ID, "web-1")),
                List.of(item("c1", "", "web-1"), item("c2", "", "web-1"))))
        .containsExactly("AMBIGUOUS NAME web-1/web-1");
    assertThat(
            told(
                List.of(vm(ID, "twin"), vm(UUID.randomUUID().toString(), "twin")),
                List.of(item("c1", "", "twin"))))
        .containsExactly("AMBIGUOUS NAME twin/twin", "AMBIGUOUS NAME twin/twin");
  }

  @Test
  void takesAUuidInTheOtherByteOrderAndMarksIt() {
    String turned = "ba284e1b-a12f-d211-883f-0016d3cca427";
    Ci changed =
        new Ci("c1", List.of(Ci.uuid("VMware-" + turned)), "x", "bert", "Production", false);
    assertThat(told(List.of(vm(ID, "web-1")), List.of(changed)))
        .containsExactly("OWNER_DIFFERS SWAPPED_UUID web-1/x");
    assertThat(told(List.of(vm(ID, "web-1")), List.of(changed, item("c2", ID, "y"))))
        .as("the order as it is goes first")
        .containsExactly("MISSING_IN_PRISM NOTHING /x");
    assertThat(Ci.swapped(Ci.swapped(Ci.uuid(ID)))).isEqualTo(Ci.uuid(ID));
  }

  @Test
  void doesNotCompareAnItemThatHoldsTheUuidsOfTwoVms() {
    String other = UUID.randomUUID().toString();
    Ci both = new Ci("c1", List.of(Ci.uuid(ID), Ci.uuid(other)), "x", "anna", "Test", false);
    assertThat(told(List.of(vm(ID, "web-1"), vm(other, "web-2")), List.of(both)))
        .containsExactly("AMBIGUOUS UUID web-1/x", "AMBIGUOUS UUID web-2/x");
  }

  @Test
  void aUuidThatSaysThatThereIsNoneMatchesNobody() {
    String none = "00000000-0000-0000-0000-000000000000";
    Ci one = new Ci("c1", List.of(), "web-1", "anna", "Production", false);
    assertThat(Ci.uuid(none)).isEmpty();
    assertThat(told(List.of(vm(none, "web-1")), List.of(one))).isEmpty();
  }

  @Test
  void looksAtARetiredItemOnlyWhereThereIsNoOther() {
    Ci retired = new Ci("c0", List.of(Ci.uuid(ID)), "web-1", "anna", "Production", true);
    assertThat(told(List.of(vm(ID, "web-1")), List.of(retired)))
        .containsExactly("RETIRED_BUT_RUNNING UUID web-1/web-1");
    assertThat(told(List.of(vm(ID, "web-1")), List.of(retired, item("c1", ID, "web-1")))).isEmpty();
    assertThat(told(List.of(new VmFacts(ID, "web-1", "", "", false)), List.of(retired))).isEmpty();
    assertThat(told(List.of(), List.of(retired))).as("it is gone, as the CMDB says").isEmpty();
  }

  @Test
  void findsEachPlantedDifferenceOnceAndInventsNone() {
    Random random = new Random(SEED);
    int planted = 0;
    int wrong = 0;
    for (int estate = 0; estate < 300; estate++) {
      List<VmFacts> vms = new ArrayList<>();
      List<Ci> items = new ArrayList<>();
      Map<String, Integer> expected = new HashMap<>();
      int size = random.nextInt(60);
      for (int i = 0; i < size; i++) {
        String id = new UUID(random.nextLong(), random.nextLong()).toString();
        String name = "vm-" + i;
        vms.add(vm(id, name));
        int what = random.nextInt(10);
        MatchedBy by = MatchedBy.values()[random.nextInt(3)];
        List<String> uuids =
            switch (by) {
              case UUID -> List.of(Ci.uuid(id));
              case SWAPPED_UUID -> List.of(Ci.swapped(Ci.uuid(id)));
              default -> List.of();
            };
        switch (what) {
          case 0 -> expect(expected, Kind.MISSING_IN_CMDB, MatchedBy.NOTHING, name);
          case 1 -> {
            items.add(new Ci("c" + i, uuids, name, "bert", "Production", false));
            expect(expected, Kind.OWNER_DIFFERS, by, name);
          }
          case 2 -> {
            items.add(new Ci("c" + i, uuids, name, "anna", "Test", false));
            expect(expected, Kind.ENVIRONMENT_DIFFERS, by, name);
          }
          case 3 -> {
            items.add(new Ci("c" + i, uuids, name, "bert", "Test", true));
            expect(expected, Kind.RETIRED_BUT_RUNNING, by, name);
          }
          case 4 -> {
            items.add(new Ci("c" + i, uuids, name, "anna", "Production", false));
            items.add(new Ci("d" + i, uuids, name, "anna", "Production", false));
            expect(expected, Kind.AMBIGUOUS, by, name);
          }
          case 5 -> {
            items.add(new Ci("c" + i, uuids, name, "anna", "Production", false));
            items.add(item("g" + i, UUID.randomUUID().toString(), "ghost-" + i));
            expect(expected, Kind.MISSING_IN_PRISM, MatchedBy.NOTHING, "ghost-" + i);
          }
          default -> items.add(new Ci("c" + i, uuids, name, "anna", "Production", false));
        }
      }
      Collections.shuffle(items, random);
      Collections.shuffle(vms, random);
      Map<String, Integer> found = new HashMap<>();
      for (Finding each : Drift.between(vms, items)) {
        expect(
            found,
            each.kind(),
            each.matchedBy(),
            each.vmName().isEmpty() ? each.ciName() : each.vmName());
      }
      planted += expected.size();
      wrong += found.equals(expected) ? 0 : 1;
    }
    System.out.printf(
        "DRIFT MATRIX: 300 estates, %d planted, estates told wrong %d%n", planted, wrong);
    assertThat(wrong).isZero();
    assertThat(planted).isGreaterThan(1_000);
  }

  private static void expect(Map<String, Integer> all, Kind kind, MatchedBy by, String name) {
    all.merge(kind + " " + by + " " + name, 1, Integer::sum);
  }
}
