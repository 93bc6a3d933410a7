package io.drover.wave;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order of a wave.
 *
 * @param levels ids of VMs; each needs VMs of earlier levels only. Empty where there is a circle
 * @param needs the ids that each VM of the wave needs within it
 * @param names by id
 * @param findings what stands against it
 */
public record WavePlan(
    List<List<String>> levels,
    Map<String, Set<String>> needs,
    Map<String, String> names,
    List<WaveFinding> findings) {

  public boolean possible() {
    return findings.stream().noneMatch(WaveFinding::stops);
  }

  /** All VMs of the wave that need one of these, directly or not; without these themselves. */
  public Set<String> dependants(Collection<String> ids) {
    Map<String, Set<String>> needing = new LinkedHashMap<>();
    needs.forEach(
        (vm, bases) ->
            bases.forEach(
                base -> needing.computeIfAbsent(base, id -> new LinkedHashSet<>()).add(vm)));
    Set<String> all = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(ids);
    while (!open.isEmpty()) {
      for (String vm : needing.getOrDefault(open.remove(), Set.of())) {
        if (all.add(vm)) {
          open.add(vm);
        }
      }
    }
    all.removeAll(Set.copyOf(ids));
    return all;
  }

  /** The graph in the language of Graphviz, an arrow from each VM to what it needs. */
  public String dot() {
    StringBuilder dot = new StringBuilder("digraph wave {\n  rankdir=BT;\n");
    for (int i = 0; i < levels.size(); i++) {
      dot.append("  { rank=same; ");
      for (String id : levels.get(i)) {
        dot.append(quoted(id)).append(" [label=").append(quoted(name(id))).append("]; ");
      }
      dot.append("}\n");
    }
    needs.forEach(
        (vm, bases) ->
            bases.forEach(
                base ->
                    dot.append("  ")
                        .append(quoted(vm))
                        .append(" -> ")
                        .append(quoted(base))
                        .append(";\n")));
    return dot.append("}\n").toString();
  }

  /** The graph for a terminal: one line a level, and whom each VM needs. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < levels.size(); i++) {
      text.append("Level ").append(i + 1).append('\n');
      for (String id : levels.get(i)) {
        text.append("  ").append(plain(name(id)));
        Set<String> bases = needs.getOrDefault(id, Set.of());
        if (!bases.isEmpty()) {
          text.append("  needs ");
          text.append(
              String.join(", ", bases.stream().map(base -> plain(name(base))).sorted().toList()));
        }
        text.append('\n');
      }
    }
    findings.forEach(
        finding ->
            text.append(finding.kind()).append(": ").append(plain(finding.text())).append('\n'));
    return text.toString();
  }

  private String name(String id) {
    return names.getOrDefault(id, id);
  }

  /** Names are hostile: neither a quote nor a line break may end the label. */
  private static String quoted(String text) {
    return '"' + plain(text).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }
}
