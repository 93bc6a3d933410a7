package io.drover.runtime.migration;

import io.drover.runtime.CallFailure;
import io.drover.runtime.StepFailedException;
import io.drover.wave.WavePhase;
import io.drover.wave.Waves;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;

/** What waves ask of the Kamelets, and small questions of their routes. */
public final class WaveRequests {
  /** Failures of who is away, not of what was asked. */
  private static final Set<String> AWAY =
      Set.of("connection", "http-500", "http-502", "http-503", "http-504");

  private final Waves waves;
  private final int retries;

  WaveRequests(Waves waves, int retries) {
    this.waves = waves;
    this.retries = retries;
  }

  /** Whether a step that failed is run again. */
  public boolean again(Exchange exchange) {
    Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    Integer count = exchange.getMessage().getHeader(Exchange.REDELIVERY_COUNTER, Integer.class);
    return failure instanceof StepFailedException step
        && AWAY.contains(step.getKind())
        && (count == null || count <= retries);
  }

  private static Map<String, Object> plan(Exchange exchange) {
    Map<String, Object> plan = Rows.map(exchange.getVariable("movePlan"));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("move", Rows.text(Rows.inputs(exchange), "move"));
    body.put("plan", Rows.text(plan, "plan"));
    body.put("planName", "wave " + Rows.text(Rows.inputs(exchange), "name"));
    return body;
  }

  public Map<String, Object> ofPlan(Exchange exchange) {
    return plan(exchange);
  }

  /** With the workloads that are in. */
  public Map<String, Object> prepare(Exchange exchange) {
    Map<String, Object> body = plan(exchange);
    body.put(
        "workloads",
        waves.of(Rows.own(exchange)).stream()
            .filter(vm -> vm.phase() != WavePhase.EXCLUDED)
            .map(vm -> String.valueOf(vm.facts().get("instanceUuid")))
            .toList());
    return body;
  }

  /** What reads the wave's VMs at vCenter once more. */
  public Map<String, Object> sources(Exchange exchange) {
    List<String> ids = waves.of(Rows.own(exchange)).stream().map(Waves.Vm::vm).toList();
    return Map.of(
        "vcenter", Rows.text(Rows.inputs(exchange), "vcenter"), "select", Map.of("vms", ids));
  }

  /** How many may fail in a round before no more of it is begun. */
  public String badAllowed(Exchange exchange) {
    return "pause".equals(Rows.inputs(exchange).get("onFailure")) ? "0" : "1000000";
  }

  /** The source's VM, for its lock. */
  public Map<String, Object> lock(Exchange exchange) {
    Map<String, Object> inputs = Rows.inputs(exchange);
    return Map.of(
        "system",
        Rows.text(inputs, "vcenter"),
        "vmExtId",
        Rows.text(inputs, "sourceVm"),
        "vmName",
        Rows.text(inputs, "name"),
        "whenLocked",
        "refuse");
  }

  /** The source's guest, to be probed. */
  public Map<String, Object> sourceProbe(Exchange exchange) {
    Map<String, Object> inputs = Rows.inputs(exchange);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("system", Rows.text(inputs, "vcenter"));
    body.put("vmExtId", Rows.text(inputs, "sourceVm"));
    body.put("vmName", Rows.text(inputs, "name"));
    body.put("address", Rows.text(inputs, "address"));
    body.put("healthCheck", inputs.get("healthCheck"));
    return body;
  }

  /** What finds a test VM; Move adds to the name. */
  public Map<String, Object> testSearch(Exchange exchange) {
    return Map.of("filter", Map.of("name", Rows.text(Rows.inputs(exchange), "name") + "-MoveTest"));
  }

  /** Body: VMs of Prism. */
  public String testVm(Exchange exchange) {
    List<Map<String, Object>> found = Rows.maps(exchange.getMessage().getBody());
    if (found.size() != 1) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "test-failed",
          found.size() + " VMs in Prism may be the test VM; expected one");
    }
    return Rows.text(found.get(0), "extId");
  }
}
