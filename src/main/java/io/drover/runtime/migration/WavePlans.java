package io.drover.runtime.migration;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.execution.Artifacts;
import io.drover.wave.WavePlan;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The plan of a wave, kept as an artifact: it is too large for a variable, and the same whenever it
 * is read.
 */
final class WavePlans {
  private static final String PLAN = "plan.json";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() {};

  private final Artifacts artifacts;

  WavePlans(Artifacts artifacts) {
    this.artifacts = artifacts;
  }

  void keep(String execution, WavePlan plan, List<Map<String, Object>> vms) throws IOException {
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("vms", vms);
    whole.put("levels", plan.levels());
    whole.put("needs", plan.needs());
    whole.put("names", plan.names());
    try (OutputStream out = artifacts.create(execution, PLAN, "application/json")) {
      JSON.writeValue(out, whole);
    }
    write(execution, "wave.dot", "text/vnd.graphviz", plan.dot());
    write(execution, "wave.txt", "text/plain;charset=utf-8", plan.text());
  }

  private void write(String execution, String name, String type, String text) throws IOException {
    try (OutputStream out = artifacts.create(execution, name, type)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * A plan as it was kept.
   *
   * @param vms in the plan's order, as the inventory had them
   */
  record Kept(List<Map<String, Object>> vms, WavePlan plan) {
    Set<String> needs(String vm) {
      return plan.needs().getOrDefault(vm, Set.of());
    }
  }

  Kept of(String execution) throws IOException {
    Map<String, Object> whole;
    try (InputStream in = artifacts.open(execution, PLAN)) {
      whole = JSON.readValue(in, MAP);
    }
    List<List<String>> levels =
        whole.get("levels") instanceof List<?> all
            ? all.stream().map(level -> Rows.texts(level)).toList()
            : List.of();
    Map<String, Set<String>> needs = new LinkedHashMap<>();
    Rows.map(whole.get("needs")).forEach((vm, of) -> needs.put(vm, new TreeSet<>(Rows.texts(of))));
    Map<String, String> names = new LinkedHashMap<>();
    Rows.map(whole.get("names")).forEach((id, name) -> names.put(id, String.valueOf(name)));
    return new Kept(Rows.maps(whole.get("vms")), new WavePlan(levels, needs, names, List.of()));
  }
}
