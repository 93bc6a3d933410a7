package io.drover.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.drift.Finding.How;
import io.drover.drift.Finding.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DriftTest {
  private static final String A = "3f2a1b00-1111-4222-8333-00000000000a";
  private static final String B = "3f2a1b00-1111-4222-8333-00000000000b";
  private static final String TURNED_A = "001b2a3f-1111-2242-8333-00000000000a";

  record Case(String name, List<VmFacts> vms, List<CiFacts> cis, String... findings) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static VmFacts vm(String extId, String name) {
    return new VmFacts(extId, name, "alice", "Test", true, true);
  }

  private static CiFacts ci(String sysId, String name, String... uuids) {
    List<UUID> all = new ArrayList<>();
    for (String uuid : uuids) {
      all.add(UUID.fromString(uuid));
    }
    return new CiFacts(sysId, name, all, "alice", "Test", false);
  }

  private static CiFacts retired(CiFacts ci) {
    return new CiFacts(ci.sysId(), ci.name(), ci.uuids(), "nobody", null, true);
  }

  private static CiFacts owned(CiFacts ci, @Nullable String owner) {
    return new CiFacts(ci.sysId(), ci.name(), ci.uuids(), owner, ci.environment(), ci.retired());
  }

  static Stream<Case> cases() {
    VmFacts off = new VmFacts(A, "a", "alice", "Test", false, true);
    VmFacts unasked = new VmFacts(A, "a", "bob", "Test", true, false);
    return Stream.of(
        new Case("nothing on either side", List.of(), List.of()),
        new Case("the same on both sides", List.of(vm(A, "a")), List.of(ci("1", "x", A))),
        new Case("no record", List.of(vm(A, "a")), List.of(), "MISSING_IN_CMDB a - NONE"),
        new Case("no VM", List.of(), List.of(ci("1", "x", A)), "MISSING_IN_PRISM - 1 NONE"),
        new Case("no VM of a retired record", List.of(), List.of(retired(ci("1", "x", A)))),
        new Case(
            "owner, but for case and blanks",
            List.of(vm(A, "a")),
            List.of(owned(ci("1", "a", A), " ALICE "))),
        new Case(
            "no owner in the CMDB",
            List.of(vm(A, "a")),
            List.of(owned(ci("1", "a", A), null)),
            "OWNER_DIFFERS a 1 UUID"),
        new Case(
            "no owner anywhere",
            List.of(new VmFacts(A, "a", null, "Test", true, true)),
            List.of(owned(ci("1", "a", A), ""))),
        new Case(
            "retired and running: its fields are not looked at",
            List.of(vm(A, "a")),
            List.of(retired(ci("1", "a", A))),
            "RETIRED_BUT_RUNNING a 1 UUID"),
        new Case("retired and off", List.of(off), List.of(retired(ci("1", "a", A)))),
        new Case(
            "turned UUID",
            List.of(vm(A, "a")),
            List.of(owned(ci("1", "x", TURNED_A), "bob")),
            "OWNER_DIFFERS a 1 SWAPPED_UUID"),
        new Case(
            "the UUID goes before the turned one and before the name",
            List.of(vm(A, "a")),
            List.of(ci("1", "x", A), retired(ci("2", "a")), retired(ci("3", "a", TURNED_A)))),
        new Case(
            "by name, whatever its case",
            List.of(vm(A, "Web-1 ")),
            List.of(owned(ci("1", "web-1"), "bob")),
            "OWNER_DIFFERS Web-1  1 NAME"),
        new Case(
            "by name, with the UUID of another",
            List.of(vm(A, "a")),
            List.of(ci("1", "a", B)),
            "UUID_DIFFERS a 1 NAME"),
        new Case(
            "a name that nobody gave matches nothing",
            List.of(vm(A, "")),
            List.of(ci("1", "")),
            "MISSING_IN_CMDB  - NONE",
            "MISSING_IN_PRISM - 1 NONE"),
        new Case(
            "a record of another VM is not taken by name",
            List.of(vm(A, "a"), vm(B, "a")),
            List.of(ci("1", "a", A)),
            "MISSING_IN_CMDB a - NONE"),
        new Case(
            "VMs of one name, told apart by UUID",
            List.of(vm(A, "a"), vm(B, "a")),
            List.of(ci("1", "a", A), ci("2", "a", B))),
        new Case(
            "two records of one UUID",
            List.of(vm(A, "a")),
            List.of(ci("1", "a", A), ci("2", "b", A)),
            "AMBIGUOUS a - UUID"),
        new Case(
            "two records of one UUID, one retired",
            List.of(vm(A, "a")),
            List.of(ci("1", "a", A), retired(ci("2", "b", A))),
            "AMBIGUOUS a - UUID"),
        new Case(
            "one record with the UUIDs of two VMs",
            List.of(vm(A, "a"), vm(B, "b")),
            List.of(ci("1", "x", A, B)),
            "AMBIGUOUS - 1 UUID"),
        new Case(
            "two records of one name",
            List.of(vm(A, "a")),
            List.of(ci("1", "a"), ci("2", "A")),
            "AMBIGUOUS a - NAME"),
        new Case(
            "two VMs of one name and one record",
            List.of(vm(A, "a"), vm(B, "a")),
            List.of(ci("1", "a")),
            "AMBIGUOUS - 1 NAME"),
        new Case(
            "two records of one UUID without a VM",
            List.of(),
            List.of(ci("1", "a", A), ci("2", "b", A)),
            "AMBIGUOUS - - UUID"),
        new Case(
            "two records of one name without a VM or a UUID",
            List.of(),
            List.of(ci("1", "a"), ci("2", "a")),
            "AMBIGUOUS - - NAME"),
        new Case(
            "a retired twin without a VM is as it should be",
            List.of(),
            List.of(ci("1", "a", A), retired(ci("2", "a", A))),
            "MISSING_IN_PRISM - 1 NONE"),
        new Case(
            "a VM that is not asked for keeps its record",
            List.of(unasked),
            List.of(ci("1", "a", A))),
        new Case("nor is it missing", List.of(unasked), List.of()),
        new Case("nor ambiguous", List.of(unasked), List.of(ci("1", "a", A), ci("2", "b", A))),
        new Case(
            "an extId that is no UUID is matched by name",
            List.of(vm("no-uuid", "a")),
            List.of(ci("1", "a"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void tells(Case each) {
    assertThat(Drift.between(each.vms(), each.cis()).findings())
        .extracting(DriftTest::shown)
        .containsExactlyInAnyOrder(each.findings());
    List<VmFacts> vms = new ArrayList<>(each.vms());
    List<CiFacts> cis = new ArrayList<>(each.cis());
    Collections.reverse(vms);
    Collections.reverse(cis);
    assertThat(Drift.between(vms, cis).findings())
        .as("whatever their order")
        .extracting(DriftTest::shown)
        .containsExactlyInAnyOrder(each.findings());
  }

  private static String shown(Finding finding) {
    return finding.kind()
        + " "
        + (finding.vm() == null ? "-" : finding.vmName())
        + " "
        + (finding.ci() == null ? "-" : finding.ci())
        + " "
        + finding.how();
  }

  static Stream<Map.Entry<String, @Nullable String>> uuids() {
    Map<String, @Nullable String> cases = new TreeMap<>();
    for (String same :
        List.of(
            A,
            A.toUpperCase(Locale.ROOT),
            "  " + A + " ",
            "{" + A + "}",
            A.replace("-", ""),
            "VMware-3f 2a 1b 00 11 11 42 22-83 33 00 00 00 00 00 0a",
            "vmware-" + A)) {
      cases.put(same, A);
    }
    for (String none :
        List.of(
            "",
            "vm-1234",
            A.substring(1),
            A + "0",
            A.replace('a', 'g'),
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff")) {
      cases.put(none, null);
    }
    return cases.entrySet().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("uuids")
  void readsUuids(Map.Entry<String, @Nullable String> each) {
    UUID uuid = Uuids.parse(each.getKey());
    assertThat(uuid == null ? null : uuid.toString()).isEqualTo(each.getValue());
  }

  @Test
  void turnsUuidsAndTurnsThemBack() {
    assertThat(Uuids.swapped(UUID.fromString(A))).hasToString(TURNED_A);
    assertThat(Uuids.swapped(UUID.fromString(TURNED_A))).hasToString(A);
  }

  @Test
  void readsARecordWhoseValuesAreTextsOrReferences() {
    CiFacts.Fields fields =
        new CiFacts.Fields(
            List.of("object_id", "serial_number"),
            "name",
            "owned_by",
            "environment",
            Map.of("install_status", Set.of("7"), "operational_status", Set.of("6")));
    Map<String, Object> row = new HashMap<>();
    row.put("sys_id", "1");
    row.put("name", " a ");
    row.put("object_id", "vm-12");
    row.put("serial_number", "VMware-" + A);
    row.put("owned_by", Map.of("link", "https://x/y", "value", "2", "display_value", "Alice"));
    row.put("environment", "");
    row.put("install_status", "1");
    row.put("operational_status", "6");
    assertThat(CiFacts.of(row, fields))
        .isEqualTo(new CiFacts("1", "a", List.of(UUID.fromString(A)), "Alice", null, true));
    assertThat(fields.all())
        .containsExactlyInAnyOrder(
            "sys_id",
            "name",
            "object_id",
            "serial_number",
            "owned_by",
            "environment",
            "install_status",
            "operational_status");
  }

  static IntStream seeds() {
    return IntStream.rangeClosed(1, 200);
  }

  /** An estate where every VM has at most one drift, so that it is known what must be found. */
  @ParameterizedTest
  @MethodSource("seeds")
  void findsWhatWasPlantedAndInventsNothing(int seed) {
    Random random = new Random(seed);
    List<VmFacts> vms = new ArrayList<>();
    List<CiFacts> cis = new ArrayList<>();
    List<String> planted = new ArrayList<>();
    int size = random.nextInt(300);
    for (int i = 0; i < size; i++) {
      plant(i, random, vms, cis, planted);
    }
    Collections.shuffle(vms, random);
    Collections.shuffle(cis, random);
    assertThat(Drift.between(vms, cis).findings())
        .as("seed %d", seed)
        .extracting(DriftTest::shown)
        .containsExactlyInAnyOrderElementsOf(planted);
  }

  private static void plant(
      int i, Random random, List<VmFacts> vms, List<CiFacts> cis, List<String> planted) {
    String extId = new UUID(random.nextLong(), random.nextLong()).toString();
    String name = "vm-" + i;
    String sysId = "ci-" + i;
    VmFacts vm = vm(extId, name);
    How how = How.values()[random.nextInt(3)];
    CiFacts ci =
        switch (how) {
          case UUID -> ci(sysId, random.nextBoolean() ? name : "alias-" + i, extId);
          case SWAPPED_UUID -> ci(sysId, name, Uuids.swapped(UUID.fromString(extId)).toString());
          default -> ci(sysId, name);
        };
    Kind kind = random.nextInt(3) > 0 ? null : Kind.values()[random.nextInt(7)];
    vms.add(vm);
    cis.add(ci);
    if (kind == null) {
      return;
    }
    switch (kind) {
      case MISSING_IN_CMDB -> {
        cis.remove(ci);
        planted.add(kind + " " + name + " - NONE");
      }
      case MISSING_IN_PRISM -> {
        vms.remove(vm);
        planted.add(kind + " - " + sysId + " NONE");
      }
      case OWNER_DIFFERS -> {
        cis.set(cis.size() - 1, owned(ci, "bob"));
        planted.add(kind + " " + name + " " + sysId + " " + how);
      }
      case ENVIRONMENT_DIFFERS -> {
        vms.set(vms.size() - 1, new VmFacts(extId, name, "alice", null, true, true));
        planted.add(kind + " " + name + " " + sysId + " " + how);
      }
      case RETIRED_BUT_RUNNING -> {
        cis.set(cis.size() - 1, retired(ci));
        planted.add(kind + " " + name + " " + sysId + " " + how);
      }
      case UUID_DIFFERS -> {
        String other = new UUID(random.nextLong(), random.nextLong()).toString();
        cis.set(cis.size() - 1, ci(sysId, name, other));
        planted.add(kind + " " + name + " " + sysId + " NAME");
      }
      case AMBIGUOUS -> {
        cis.add(new CiFacts(sysId + "-2", ci.name(), ci.uuids(), "bob", null, true));
        planted.add(kind + " " + name + " - " + how);
      }
    }
  }

  @Test
  void comparesAHundredThousandInAMoment() {
    List<VmFacts> vms = new ArrayList<>();
    List<CiFacts> cis = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      String extId = new UUID(7, i + 1).toString();
      vms.add(vm(extId, "vm-" + i));
      cis.add(i % 1000 == 0 ? ci("ci-" + i, "other") : ci("ci-" + i, "vm-" + i, extId));
    }
    long begun = System.nanoTime();
    Drift drift = Drift.between(vms, cis);
    System.out.printf(
        "DRIFT 100000 VMs compared in %d ms%n", (System.nanoTime() - begun) / 1_000_000);
    // The records without a UUID all have one name, so they are one finding.
    assertThat(drift.counts())
        .containsEntry(Kind.MISSING_IN_CMDB, 100)
        .containsEntry(Kind.AMBIGUOUS, 1);
  }
}
