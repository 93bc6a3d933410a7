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

  /** What became of one VM in a run. */
  record Fate(Protection.State state, @Nullable String reason) {}

  /** Of a VM whose group never began. */
  static final Fate NEVER =
      new Fate(Protection.State.FAILED, "Not begun: the run was stopped before its turn");

  /** By the extIds of the group's VMs. */
  static Map<String, Fate> fates(Execution child) {
    Map<String, Fate> fates = new LinkedHashMap<>();
    List<String> missing = missing(child);
    String reason = child.reason();
    boolean late = reason != null && reason.startsWith(LATE);
    for (String vm : vms(child)) {
      Fate fate;
      if (child.outcome() == Outcome.SUCCEEDED) {
        fate = new Fate(Protection.State.PROTECTED, null);
      } else if (!missing.isEmpty()) {
        fate =
            missing.stream().anyMatch(name -> name.endsWith("(" + vm + ")"))
                ? new Fate(Protection.State.FAILED, "The copy does not hold this VM")
                : new Fate(Protection.State.PROTECTED, null);
      } else {
        fate =
            new Fate(
                late ? Protection.State.LATE : Protection.State.FAILED,
                reason == null ? String.valueOf(child.outcome()) : reason);
      }
      fates.put(vm, fate);
    }
    return fates;
  }

  /** What its copy lacks, each ending with an extId in parentheses. */
  private static List<String> missing(Execution child) {
    String result = child.result();
    List<String> names = new ArrayList<>();
    try {
      if (result != null) {
        JSON.readTree(result).path("missing").forEach(name -> names.add(name.asText()));
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The result of " + child.id() + " is no JSON", e);
    }
    return names;
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
