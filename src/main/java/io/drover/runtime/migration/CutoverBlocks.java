package io.drover.runtime.migration;

import io.drover.execution.LedgerClock;
import io.drover.report.Texts;
import io.drover.runtime.CallFailure;
import io.drover.wave.WavePhase;
import io.drover.wave.Waves;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What the cutover of one VM, and its way back, decide in Java. */
public final class CutoverBlocks {
  /** Prism's clock and ours may differ. */
  private static final Duration CLOCKS = Duration.ofMinutes(2);

  private final Waves waves;
  private final LedgerClock clock;

  CutoverBlocks(Waves waves, LedgerClock clock) {
    this.waves = waves;
    this.clock = clock;
  }

  private void phase(
      Exchange exchange, WavePhase phase, @Nullable String told, Map<String, ?> facts) {
    Map<String, Object> inputs = Rows.inputs(exchange);
    waves.phase(Rows.text(inputs, "wave"), Rows.text(inputs, "sourceVm"), phase, told, facts);
  }

  /** Writes down that the cutover is to begin; leaves the moment, to know what it made. */
  public Map<String, Object> begin(Exchange exchange) {
    phase(
        exchange,
        WavePhase.CUTTING_OVER,
        "Its cutover is begun",
        Map.of("cutover", Rows.own(exchange), "plan", Rows.inputs(exchange).get("plan")));
    return Map.of("at", clock.now().toString());
  }

  /** What finds the VM in Prism: by its id, or else by its name. */
  public Map<String, Object> search(Exchange exchange) {
    String extId = known(exchange);
    return Map.of(
        "filter",
        extId.isEmpty()
            ? Map.of("name", Rows.text(Rows.inputs(exchange), "name"))
            : Map.of("vmExtIds", List.of(extId)));
  }

  private static String known(Exchange exchange) {
    Object extId = exchange.getVariable("vmExtId");
    return extId == null ? "" : extId.toString();
  }

  /**
   * Body: VMs of Prism. The one that the cutover made.
   *
   * @throws CallFailure of kind {@code target-unknown} when it cannot be told
   */
  public Map<String, Object> target(Exchange exchange) {
    List<Map<String, Object>> made = candidates(exchange);
    if (made.size() != 1) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "target-unknown",
          made.size()
              + " VMs in Prism may be what Move made of "
              + Texts.line(Rows.text(Rows.inputs(exchange), "name"), 200)
              + "; expected one");
    }
    Map<String, Object> vm = made.get(0);
    String extId = Rows.text(vm, "extId");
    phase(exchange, WavePhase.ON_AHV, "It is on AHV as " + extId, Map.of("extId", extId));
    return Map.of("extId", extId, "on", "ON".equals(vm.get("powerState")));
  }

  private static List<Map<String, Object>> candidates(Exchange exchange) {
    String extId = known(exchange);
    String name = Rows.text(Rows.inputs(exchange), "name");
    Instant since = Instant.parse(String.valueOf(exchange.getVariable("begunAt"))).minus(CLOCKS);
    return Rows.maps(exchange.getMessage().getBody()).stream()
        .filter(
            vm ->
                extId.isEmpty()
                    ? name.equals(vm.get("name")) && madeAfter(vm, since)
                    : extId.equals(vm.get("extId")))
        .toList();
  }

  private static boolean madeAfter(Map<String, Object> vm, Instant since) {
    try {
      return Instant.parse(Rows.text(vm, "createTime")).isAfter(since);
    } catch (java.time.DateTimeException e) {
      return false;
    }
  }

  /** The address at which it is probed: the VM's own in AHV, else the one that it had. */
  public String address(Exchange exchange) {
    Object own = Rows.body(exchange).get("address");
    String address =
        own == null || own.toString().isEmpty()
            ? Rows.text(Rows.inputs(exchange), "address")
            : own.toString();
    if (address.isEmpty() && exchange.getVariable("healthCheck") != null) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "no-address",
          "The VM tells no address to probe it at, and told none at its source");
    }
    return address;
  }

  /** What a playbook is given of this VM. */
  public Map<String, Object> playbook(Exchange exchange) {
    Map<String, Object> inputs = Rows.inputs(exchange);
    Map<String, Object> ansible = Rows.map(inputs.get("ansible"));
    Map<String, Object> vars = Rows.map(ansible.get("extraVars"));
    vars.put("drover_wave", inputs.get("wave"));
    vars.put("drover_vm", exchange.getVariable("vmExtId"));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("system", ansible.get("system"));
    body.put("playbook", ansible.get("playbook"));
    body.put("limit", List.of(Rows.text(inputs, "name")));
    body.put("extraVars", vars);
    body.put("repeatable", Boolean.TRUE.equals(ansible.get("repeatable")));
    return body;
  }

  public void migrated(Exchange exchange) {
    phase(exchange, WavePhase.MIGRATED, "It runs on AHV and is well", Map.of());
  }

  /** What a failure means for this VM: untouched, human, ask or back. */
  public Map<String, Object> damage(Exchange exchange) {
    String kind = String.valueOf(exchange.getVariable("failureKind"));
    boolean begun = exchange.getVariable("begunAt") != null;
    boolean nothing = List.of("not-ready", "window-closed", "halted").contains(kind);
    String way;
    if (!begun || (nothing && exchange.getVariable("vmExtId") == null)) {
      way = "untouched";
    } else if (kind.equals("plan-gone") || kind.equals("workload-gone")) {
      way = "human";
    } else {
      way = late(exchange) ? "ask" : "back";
    }
    String why = String.valueOf(exchange.getVariable("failure"));
    WavePhase phase =
        switch (way) {
          case "untouched" -> WavePhase.FAILED;
          case "human" -> WavePhase.NEEDS_HUMAN;
          default -> WavePhase.ROLLING_BACK;
        };
    phase(exchange, phase, why, Map.of("failure", Texts.line(why, 1_000)));
    return Map.of("way", way);
  }

  /** Whether the point is passed beyond which users may have written on AHV. */
  private static boolean late(Exchange exchange) {
    boolean on = exchange.getVariable("onAhv") != null;
    boolean handed = exchange.getVariable("handedOver") != null;
    boolean healthy = exchange.getVariable("healthy") != null;
    return switch (Rows.text(Rows.inputs(exchange), "pointOfNoReturn")) {
      case "power-on" -> on;
      case "hand-off" -> handed;
      default -> healthy;
    };
  }

  /** What those see who are asked whether a VM is put back all the same. */
  public Map<String, @Nullable Object> backFacts(Exchange exchange) {
    Map<String, Object> inputs = Rows.inputs(exchange);
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put(
        "what",
        "Put "
            + inputs.get("name")
            + " back to its source at vCenter "
            + inputs.get("vcenter")
            + "? It is past "
            + inputs.get("pointOfNoReturn")
            + ": what users wrote on AHV since is LOST to them at the source. No: it is left on AHV as"
            + " it is, and somebody has to see to it.");
    facts.put("vm", exchange.getVariable("vmExtId"));
    facts.put("failure", exchange.getVariable("failure"));
    return facts;
  }

  /** Body: how the cutover ended. Remembers what it made, if Move tells. */
  public String extIdOf(Exchange exchange) {
    String told = Rows.text(Rows.body(exchange), "extId");
    return told.isEmpty() ? known(exchange) : told;
  }

  /**
   * Body: VMs of Prism. What of the cutover is there; empty when there is nothing.
   *
   * @throws CallFailure of kind {@code target-unknown} when it cannot be told
   */
  public String made(Exchange exchange) {
    List<Map<String, Object>> made = candidates(exchange);
    if (made.size() > 1) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "target-unknown",
          made.size() + " VMs in Prism may be what Move made; none is touched");
    }
    return made.isEmpty() ? "" : Rows.text(made.get(0), "extId");
  }

  /**
   * Body: the source's VM. Property {@code targetVm}: the VM on AHV, if there is one.
   *
   * @throws CallFailure of kind {@code not-back} when it is not as it was
   */
  public Map<String, Object> proved(Exchange exchange) {
    Map<String, Object> inputs = Rows.inputs(exchange);
    Map<String, Object> source = Rows.body(exchange);
    Map<String, Object> target = Rows.map(exchange.getProperty("targetVm"));
    List<String> nics = Rows.texts(inputs.get("nics"));
    boolean was = Boolean.TRUE.equals(inputs.get("sourceOn"));
    boolean on = Boolean.TRUE.equals(source.get("on"));
    boolean connected =
        Rows.maps(source.get("nics")).stream()
            .filter(nic -> nics.contains(Rows.text(nic, "key")))
            .allMatch(
                nic ->
                    Boolean.TRUE.equals(nic.get("startConnected"))
                        && (!on || Boolean.TRUE.equals(nic.get("connected"))));
    boolean off = target.isEmpty() || "OFF".equals(target.get("powerState"));
    if (on != was || !connected || !off) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "not-back",
          "The source is "
              + (on ? "on" : "off")
              + (connected ? " and connected" : " and not connected")
              + ", the VM on AHV is "
              + (target.isEmpty() ? "not there" : target.get("powerState")));
    }
    phase(
        exchange,
        WavePhase.ROLLED_BACK,
        "Put back to its source and proved. Why: " + exchange.getVariable("failure"),
        Map.of());
    return Map.of("sourceOn", on, "targetOff", true);
  }

  /** What could not be proved needs somebody. */
  public String unproven(Exchange exchange) {
    String told = "Not proved to be put back: " + Rows.failure(exchange);
    phase(exchange, WavePhase.NEEDS_HUMAN, told, Map.of());
    return told;
  }

  /** Left on AHV because somebody said so, or nobody answered. */
  public String left(Exchange exchange) {
    String told = "Left on AHV: " + Rows.failure(exchange);
    phase(exchange, WavePhase.NEEDS_HUMAN, told, Map.of());
    return told;
  }

  public String failure(Exchange exchange) {
    return Rows.failure(exchange);
  }

  public String failureKind(Exchange exchange) {
    return Rows.failureKind(exchange);
  }
}
