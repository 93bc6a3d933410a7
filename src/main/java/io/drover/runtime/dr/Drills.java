package io.drover.runtime.dr;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.execution.Artifacts;
import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.prism.PrismVms;
import io.drover.runtime.StepContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * What the ledger keeps of replications, drills and failovers. A plan is an artifact: it is too
 * large for a variable, and the same whenever it is read.
 */
final class Drills {
  private static final String PLAN = "plan.json";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<List<Map<String, Object>>> ROWS = new TypeReference<>() {};

  private final Executions executions;
  private final Artifacts artifacts;

  Drills(Executions executions, Artifacts artifacts) {
    this.executions = executions;
    this.artifacts = artifacts;
  }

  void keep(String execution, List<Map<String, Object>> vms) throws IOException {
    try (OutputStream out = artifacts.create(execution, PLAN, "application/json")) {
      JSON.writeValue(out, vms);
    }
  }

  /** The plan's VMs, each with stage, extId, name, recoveryPoint, vmRecoveryPoint, takenAt. */
  List<Map<String, Object>> of(String execution) throws IOException {
    try (InputStream in = artifacts.open(execution, PLAN)) {
      return JSON.readValue(in, ROWS);
    }
  }

  /** The extId of the VM that a restore made. */
  Optional<String> madeBy(Execution restore) {
    return executions.effects(restore.id()).stream()
        .filter(effect -> effect.kind().equals(PrismVms.RESTORE))
        .map(Effect::result)
        .filter(result -> result != null)
        .map(Drills::vm)
        .filter(id -> !id.isEmpty())
        .findFirst();
  }

  private static String vm(String result) {
    try {
      return JSON.readTree(result).path("vm").asText("");
    } catch (IOException e) {
      throw new IllegalStateException("An effect's result is no JSON", e);
    }
  }

  static boolean real(Exchange exchange) {
    return "failover".equals(inputs(exchange).get("mode"));
  }

  static int stageOf(Map<String, Object> row) {
    return row.get("stage") instanceof Number stage ? stage.intValue() : -1;
  }

  static Map<String, Object> inputs(Exchange exchange) {
    return Groups.map(exchange.getVariable("inputs"));
  }

  static String text(Map<String, Object> map, String name) {
    return String.valueOf(map.get(name));
  }

  static String own(Exchange exchange) {
    return StepContext.of(exchange).key().execution();
  }
}
