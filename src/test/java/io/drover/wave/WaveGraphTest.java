package io.drover.wave;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.wave.WaveFinding.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WaveGraphTest {

  private static WaveMember vm(String name, String... waves) {
    return new WaveMember("id-" + name, name, Set.of(waves), Set.of());
  }

  private static WavePlan plan(List<WaveMember> all, List<WaveNeed> needs, String... chosen) {
    return new WaveGraph(all, needs, List.of(), Set.of("mainframe"))
        .plan(
            List.of(chosen).stream().map(name -> "id-" + name).toList(),
            "wave-9",
            Set.of("id-dns"));
  }

  @Test
  void putsEachVmAfterAllThatItNeeds() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int count = 1 + random.nextInt(40);
      List<WaveMember> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(vm("v" + i, "w"));
      }
      List<Integer> hidden = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        hidden.add(random.nextInt(hidden.size() + 1), i);
      }
      List<WaveNeed> needs = new ArrayList<>();
      for (int i = 0; i < count * 2; i++) {
        int a = random.nextInt(count);
        int b = random.nextInt(count);
        if (hidden.indexOf(a) > hidden.indexOf(b)) {
          needs.add(new WaveNeed("v" + a, "v" + b));
        }
      }
      WavePlan plan =
          new WaveGraph(all, needs, List.of(), Set.of())
              .plan(all.stream().map(WaveMember::id).toList(), "w", Set.of());

      assertThat(plan.findings()).as("seed " + seed).isEmpty();
      Map<String, Integer> level = new HashMap<>();
      for (int i = 0; i < plan.levels().size(); i++) {
        for (String id : plan.levels().get(i)) {
          assertThat(level.put(id, i)).as("once, seed " + seed).isNull();
        }
      }
      assertThat(level).hasSize(count);
      for (WaveNeed need : needs) {
        assertThat(level.getOrDefault("id-" + need.vm(), -1))
            .isGreaterThan(level.getOrDefault("id-" + need.base(), 99));
      }
      // No level could be left out: each VM beyond the first has a base right before it.
      level.forEach(
          (id, at) -> {
            if (at > 0) {
              assertThat(plan.needs().get(id))
                  .anyMatch(base -> level.getOrDefault(base, 0) == at - 1);
            }
          });
      dependants(plan, needs, random.nextInt(count), count);
    }
  }

  private static void dependants(WavePlan plan, List<WaveNeed> needs, int of, int count) {
    Set<String> expected = new HashSet<>();
    for (int round = 0; round < count; round++) {
      for (WaveNeed need : needs) {
        if (need.base().equals("v" + of) || expected.contains("id-" + need.base())) {
          expected.add("id-" + need.vm());
        }
      }
    }
    assertThat(plan.dependants(List.of("id-v" + of))).isEqualTo(expected);
  }

  @Test
  void findsEachPlantedCircle() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int count = 5 + random.nextInt(30);
      List<WaveMember> all = new ArrayList<>();
      List<WaveNeed> needs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(vm("v" + i));
        if (i > 0) {
          needs.add(new WaveNeed("v" + i, "v" + random.nextInt(i)));
        }
      }
      int length = 2 + random.nextInt(3);
      Set<String> knot = new HashSet<>();
      for (int i = 0; i < length; i++) {
        needs.add(new WaveNeed("v" + i, "v" + (i + 1) % length));
        knot.add("v" + i);
      }
      WavePlan plan =
          new WaveGraph(all, needs, List.of(), Set.of())
              .plan(all.stream().map(WaveMember::id).toList(), "w", Set.of());

      assertThat(plan.possible()).isFalse();
      assertThat(plan.levels()).isEmpty();
      assertThat(plan.findings())
          .as("seed " + seed)
          .anyMatch(f -> f.kind() == Kind.CYCLE && f.members().containsAll(knot));
    }
  }

  @Test
  void saysWhatIsMissingAmbiguousOrElsewhere() {
    List<WaveMember> all =
        List.of(
            vm("web", "wave-9"),
            vm("db", "wave-10"),
            vm("old", "wave-8"),
            vm("dns", "wave-1"),
            new WaveMember("id-twin1", "twin", Set.of(), Set.of()),
            new WaveMember("id-twin2", "twin", Set.of(), Set.of()));
    WavePlan plan =
        plan(
            all,
            List.of(
                new WaveNeed("web", "db"),
                new WaveNeed("web", "old"),
                new WaveNeed("web", "dns"),
                new WaveNeed("web", "mainframe"),
                new WaveNeed("web", "ghost"),
                new WaveNeed("web", "twin"),
                new WaveNeed("db", "nobody")),
            "web");

    assertThat(plan.findings().stream().map(WaveFinding::kind))
        .containsExactly(
            Kind.BASE_IN_LATER_WAVE,
            Kind.BASE_NOT_MIGRATED,
            Kind.MISSING_MEMBER,
            Kind.AMBIGUOUS_NAME);
    assertThat(plan.findings().get(0).members()).containsExactly("web", "db");
    assertThat(plan.findings().get(2).text()).contains("ghost").contains("web");
  }

  @Test
  void keepsTiersTogetherAndVmsInOneWave() {
    List<WaveMember> all =
        List.of(
            new WaveMember("a", "a", Set.of("w1", "w2"), Set.of("erp")),
            new WaveMember("b", "b", Set.of("w2"), Set.of("erp")),
            new WaveMember("c", "c", Set.of("w2"), Set.of("other")));
    WaveGraph graph = new WaveGraph(all, List.of(), List.of(), Set.of());

    assertThat(graph.plan(List.of("a"), "w1", Set.of()).findings().stream().map(WaveFinding::kind))
        .containsExactlyInAnyOrder(Kind.TWO_WAVES, Kind.TIER_SPLIT);
    assertThat(graph.plan(List.of("c"), "w2", Set.of()).findings()).isEmpty();
    assertThat(graph.plan(List.of("b"), "w2", Set.of("a")).findings()).isEmpty();
  }

  @Test
  void writesNamesSoThatTheyStayLabels() {
    String hostile = "x\"]; } digraph evil { \n\u001b[31m\\";
    WavePlan plan =
        new WaveGraph(
                List.of(new WaveMember("a", hostile, Set.of(), Set.of())),
                List.of(),
                List.of(),
                Set.of())
            .plan(List.of("a"), "w", Set.of());

    assertThat(plan.dot()).contains("label=\"x\\\"]; } digraph evil {").doesNotContain("\u001b");
    assertThat(plan.dot().lines()).hasSize(4);
    assertThat(plan.text().lines()).hasSize(2);
  }
}
