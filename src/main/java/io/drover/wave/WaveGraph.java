package io.drover.wave;

import io.drover.wave.WaveFinding.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jgrapht.Graph;
import org.jgrapht.alg.connectivity.KosarajuStrongConnectivityInspector;
import org.jgrapht.graph.DefaultEdge;
import org.jgrapht.graph.SimpleDirectedGraph;
import org.jgrapht.traverse.TopologicalOrderIterator;

/** Who needs whom among all VMs of the source; says in which order a wave goes. */
public final class WaveGraph {
  private static final int SHOWN = 20;

  private final Map<String, WaveMember> members = new LinkedHashMap<>();
  private final Map<String, List<WaveMember>> byName = new HashMap<>();
  private final List<WaveNeed> needs;
  private final List<String> order;
  private final Set<String> staying;

  /**
   * @param known all VMs of the source, not only those of one wave
   * @param order of the waves by name; those not in it come after, by name with numbers as numbers
   * @param staying names or ids of what is needed and never goes; it need not be known
   */
  public WaveGraph(
      Collection<WaveMember> known,
      Collection<WaveNeed> needs,
      List<String> order,
      Set<String> staying) {
    known.forEach(
        member -> {
          members.put(member.id(), member);
          byName.computeIfAbsent(member.name(), n -> new ArrayList<>()).add(member);
        });
    this.needs = List.copyOf(needs);
    this.order = List.copyOf(order);
    this.staying = Set.copyOf(staying);
  }

  /**
   * The plan of a wave.
   *
   * @param chosen ids of its VMs
   * @param wave its name, to compare with those that VMs are said to be in
   * @param migrated ids of VMs that run on AHV already
   */
  public WavePlan plan(Collection<String> chosen, String wave, Set<String> migrated) {
    Set<String> ids = new LinkedHashSet<>(chosen);
    List<WaveFinding> findings = new ArrayList<>();
    Map<String, String> names = new LinkedHashMap<>();
    Graph<String, DefaultEdge> graph = new SimpleDirectedGraph<>(DefaultEdge.class);
    for (String id : ids) {
      WaveMember member = members.get(id);
      if (member == null) {
        findings.add(missing(id, "the wave"));
        continue;
      }
      names.put(id, member.name());
      graph.addVertex(id);
      if (migrated.contains(id)) {
        findings.add(
            of(Kind.ALREADY_MIGRATED, member.name(), member.name() + " runs on AHV already"));
      }
      if (member.waves().size() > 1) {
        findings.add(
            of(
                Kind.TWO_WAVES,
                member.name(),
                member.name() + " is in several waves: " + new TreeSet<>(member.waves())));
      }
    }
    Map<String, Set<String>> within = new LinkedHashMap<>();
    graph.vertexSet().forEach(id -> within.put(id, new TreeSet<>()));
    for (WaveNeed need : needs) {
      edge(need, wave, ids, migrated, graph, within, findings);
    }
    split(ids, migrated, findings);
    List<List<String>> levels = levels(graph, within, names, findings);
    return new WavePlan(levels, within, names, findings);
  }

  private void edge(
      WaveNeed need,
      String wave,
      Set<String> ids,
      Set<String> migrated,
      Graph<String, DefaultEdge> graph,
      Map<String, Set<String>> within,
      List<WaveFinding> findings) {
    List<WaveMember> who = resolve(need.vm());
    if (who.isEmpty()) {
      findings.add(missing(need.vm(), "a dependency (it needs " + need.base() + ")"));
      return;
    }
    List<WaveMember> ours = who.stream().filter(member -> ids.contains(member.id())).toList();
    if (ours.isEmpty()) {
      return; // another wave's business
    }
    if (who.size() > 1) {
      findings.add(ambiguous(need.vm(), who.size()));
      return;
    }
    if (staying.contains(need.base())) {
      return;
    }
    List<WaveMember> bases = resolve(need.base());
    if (bases.isEmpty()) {
      findings.add(missing(need.base(), need.vm() + ", which needs it"));
      return;
    }
    if (bases.size() > 1) {
      findings.add(ambiguous(need.base(), bases.size()));
      return;
    }
    WaveMember vm = ours.get(0);
    WaveMember base = bases.get(0);
    if (vm.id().equals(base.id())) {
      findings.add(of(Kind.CYCLE, vm.name(), vm.name() + " is said to need itself"));
    } else if (ids.contains(base.id())) {
      graph.addEdge(base.id(), vm.id());
      within.computeIfAbsent(vm.id(), id -> new TreeSet<>()).add(base.id());
    } else if (!migrated.contains(base.id()) && !staying.contains(base.id())) {
      boolean later = base.waves().stream().anyMatch(other -> after(other, wave));
      findings.add(
          new WaveFinding(
              later ? Kind.BASE_IN_LATER_WAVE : Kind.BASE_NOT_MIGRATED,
              List.of(vm.name(), base.name()),
              vm.name()
                  + " needs "
                  + base.name()
                  + (later
                      ? ", which comes in a later wave (" + String.join(", ", base.waves()) + ")"
                      : ", which is neither in this wave nor on AHV")));
    }
  }

  private List<WaveMember> resolve(String nameOrId) {
    WaveMember byId = members.get(nameOrId);
    return byId != null ? List.of(byId) : byName.getOrDefault(nameOrId, List.of());
  }

  /** Whether a wave comes after another one. */
  private boolean after(String one, String other) {
    int first = order.indexOf(one);
    int second = order.indexOf(other);
    if (first >= 0 && second >= 0) {
      return first > second;
    }
    return natural(one).compareTo(natural(other)) > 0;
  }

  /** As {@code wave-10} comes after {@code wave-9}. */
  private static String natural(String name) {
    StringBuilder key = new StringBuilder();
    java.util.regex.Matcher digits = java.util.regex.Pattern.compile("\\d+").matcher(name);
    while (digits.find()) {
      String number = digits.group();
      digits.appendReplacement(key, "0".repeat(Math.max(0, 20 - number.length())) + number);
    }
    return digits.appendTail(key).toString();
  }

  private void split(Set<String> ids, Set<String> migrated, List<WaveFinding> findings) {
    Map<String, List<WaveMember>> ofTier = new TreeMap<>();
    for (WaveMember member : members.values()) {
      member
          .tiers()
          .forEach(tier -> ofTier.computeIfAbsent(tier, t -> new ArrayList<>()).add(member));
    }
    ofTier.forEach(
        (tier, all) -> {
          List<String> outside =
              all.stream()
                  .filter(member -> !ids.contains(member.id()) && !migrated.contains(member.id()))
                  .map(WaveMember::name)
                  .sorted()
                  .toList();
          if (!outside.isEmpty() && outside.size() < all.size()) {
            boolean here = all.stream().anyMatch(member -> ids.contains(member.id()));
            if (here) {
              findings.add(
                  new WaveFinding(
                      Kind.TIER_SPLIT,
                      outside,
                      "Tier "
                          + tier
                          + " goes together, but not in this wave are: "
                          + few(outside)));
            }
          }
        });
  }

  /** Each VM one level after the last of those that it needs. */
  private static List<List<String>> levels(
      Graph<String, DefaultEdge> graph,
      Map<String, Set<String>> within,
      Map<String, String> names,
      List<WaveFinding> findings) {
    boolean circle = false;
    for (Set<String> knot :
        new KosarajuStrongConnectivityInspector<>(graph).stronglyConnectedSets()) {
      if (knot.size() > 1) {
        circle = true;
        List<String> told = knot.stream().map(id -> names.getOrDefault(id, id)).sorted().toList();
        findings.add(new WaveFinding(Kind.CYCLE, told, "These need each other: " + few(told)));
      }
    }
    if (circle) {
      return List.of();
    }
    Map<String, Integer> level = new HashMap<>();
    List<List<String>> levels = new ArrayList<>();
    new TopologicalOrderIterator<>(graph)
        .forEachRemaining(
            id -> {
              int at = 0;
              for (String base : within.getOrDefault(id, Set.of())) {
                at = Math.max(at, level.getOrDefault(base, 0) + 1);
              }
              level.put(id, at);
              while (levels.size() <= at) {
                levels.add(new ArrayList<>());
              }
              levels.get(at).add(id);
            });
    // By name, so that the same wave has the same order whenever it is planned.
    levels.forEach(
        ids ->
            ids.sort(
                Comparator.comparing((String id) -> names.getOrDefault(id, id))
                    .thenComparing(id -> id)));
    return levels;
  }

  private static WaveFinding of(Kind kind, String member, String text) {
    return new WaveFinding(kind, List.of(member), text);
  }

  private static WaveFinding missing(String what, String of) {
    return of(Kind.MISSING_MEMBER, what, "The inventory has no VM " + what + ", named by " + of);
  }

  private static WaveFinding ambiguous(String name, int times) {
    return of(
        Kind.AMBIGUOUS_NAME,
        name,
        times + " VMs are called " + name + "; name the one that is meant by its id (as vm-42)");
  }

  private static String few(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
        + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "");
  }
}
