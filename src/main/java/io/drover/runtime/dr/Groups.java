package io.drover.runtime.dr;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.dr.Protection;
import io.drover.execution.Execution;
import io.drover.execution.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the ledger says of a run's groups. */
final class Groups {
  /** How the reason of a group begins whose copy may still come. */
  static final String LATE = "Late: ";

  private static final Set<String> WAITED =
      Set.of("timeout", "connection", "http-502", "http-503", "http-504", "http-429");
  private static final Set<String> SHARED =
      Set.of("run", "system", "target", "targetPc", "targetCluster", "landWithin");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() {};

  private Groups() {}

  static boolean isLate(String kind) {
    return WAITED.contains(kind);
  }

  static Protection.State state(Execution child) {
    if (child.outcome() == Outcome.SUCCEEDED) {
      return Protection.State.PROTECTED;
    }
    String reason = child.reason();
    return reason != null && reason.startsWith(LATE)
        ? Protection.State.LATE
        : Protection.State.FAILED;
  }

  static Map<String, Object> inputs(Execution child) {
    try {
      return JSON.readValue(child.inputs(), MAP);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The inputs of " + child.id() + " are no JSON", e);
    }
  }

  static void withoutShared(Map<String, Object> group) {
    group.keySet().removeAll(SHARED);
  }

  /** extIds of its VMs. */
  static List<String> vms(Execution child) {
    return maps(inputs(child).get("vms")).stream()
        .map(vm -> String.valueOf(vm.get("extId")))
        .toList();
  }

  static List<Map<String, Object>> maps(@Nullable Object value) {
    List<Map<String, Object>> all = new ArrayList<>();
    if (value instanceof Iterable<?> rows) {
      rows.forEach(row -> all.add(map(row)));
    }
    return all;
  }

  static Map<String, Object> map(@Nullable Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> given) {
      given.forEach((name, each) -> map.put(String.valueOf(name), each));
    }
    return map;
  }
}
