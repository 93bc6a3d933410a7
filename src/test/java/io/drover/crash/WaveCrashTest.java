package io.drover.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Execution;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import io.drover.testing.SimulatorClient;
import io.drover.wave.WavePhase;
import io.drover.wave.Waves;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Real {@code kill -9} in waves whose cutovers break at each of their parts. The simulated vCenter,
 * Move and Prism outlive each process, and are the judges.
 */
class WaveCrashTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KILLS = Integer.getInteger("drover.kills", 8);
  private static final int SEED = Integer.getInteger("drover.seed", 20261124);

  private static final List<String> PLACES =
      List.of(
          "effect-journaled@cut-over-workload",
          "call-answered@cut-over-workload",
          "step-entered@find-on-ahv",
          "step-ending@cut-over-workload",
          "step-entered@start-source",
          "call-answered@start-source",
          "step-ending@end-cutover",
          "",
          "effect-before-journal@cut-over-workload",
          "step-ending@check-health",
          "step-entered@prove-rollback",
          "effect-journaled@start-source",
          "call-answered@power-off-target",
          "step-ending@power-on-vm",
          "call-answered@create-plan",
          "step-ending@record-migrated",
          "effect-journaled@start-plan",
          "step-ending@approve",
          "step-ending@cut-over",
          "");

  /** What goes wrong with the VMs of a wave that nothing needs. */
  private static final List<String> FATES =
      List.of(
          "cutoverFailsBefore",
          "cutoverFailsAfterPowerOff",
          "cutoverFailsAfterNics",
          "cutoverFailsAfterTarget",
          "cutoverFailsAfterPowerOn",
          "unhealthyOnArrival");

  private final Random random = new Random(SEED);

  @Test
  void neverHasBothSidesOnAndNeverNone() throws Exception {
    try (Lab lab =
        Lab.with(
            1,
            List.of("drover.approve-as=approvers"),
            "--request-id-memory=off",
            "--source-vms=" + 12 * KILLS,
            "--move-copy-time=100ms",
            "--move-prepare-time=20ms",
            "--move-cutover-time=20ms")) {
      String check = lab.window().get("healthCheck").toString();
      lab.stop();
      Lives lives = new Lives(lab, "migration-wave", random);
      for (int kill = 0; kill < KILLS; kill++) {
        int first = 4 * kill + 1;
        for (int i = 0; i < 2; i++) {
          String fate = FATES.get((2 * kill + i) % FATES.size());
          lab.world().source("s" + (first + i) + "-web", "fate", fate);
        }
        ObjectNode inputs = inputs("wave-" + (kill + 1));
        inputs.set("healthCheck", JSON.readTree(check));
        lives.live(inputs.toString(), PLACES.get(kill % PLACES.size()));
      }
      List<Execution> runs = lives.finish();
      Sum sum = judge(lab);
      Map<WavePhase, Integer> phases = new EnumMap<>(WavePhase.class);
      runs.forEach(
          run ->
              lab.bean(Waves.class)
                  .of(run.id())
                  .forEach(vm -> phases.merge(vm.phase(), 1, Integer::sum)));
      System.out.printf(
          "WAVE CRASH MATRIX: kills %d, waves %d, VMs %d %s, both sides on %d, neither side on %d,"
              + " double cutovers %d, not ready %d, before their base %d; killed at %s%n",
          lives.killed().size(),
          runs.size(),
          12 * KILLS,
          phases,
          sum.both,
          sum.neither,
          sum.twice,
          sum.unready,
          sum.early,
          lives.killed());
      assertThat(runs).hasSize(KILLS);
      assertThat(sum.both).isZero();
      assertThat(sum.neither).isZero();
      assertThat(sum.twice).isZero();
      assertThat(sum.unready).isZero();
      assertThat(sum.early).isZero();
      for (Execution run : runs) {
        assertThat(run.outcome()).as(lab.story(run.id())).isEqualTo(Outcome.FAILED_CHANGED);
      }
      assertThat(phases)
          .isEqualTo(Map.of(WavePhase.MIGRATED, 10 * KILLS, WavePhase.ROLLED_BACK, 2 * KILLS));
    }
  }

  private static ObjectNode inputs(String wave) {
    ObjectNode inputs = JSON.createObjectNode();
    inputs.put("name", wave).put("vcenter", "vc").put("move", "move").put("system", "prod");
    inputs.putObject("select").putArray("tags").add("wave:" + wave);
    inputs.put("cluster", "0005b000-aaaa-bbbb-0000-000000000a01");
    inputs.putArray("networks").addObject().put("source", "VLAN120").put("target", "production-a");
    inputs.putObject("dependencies").put("tag", "depends-on").put("waveTag", "wave");
    inputs.put("concurrency", 12).put("onFailure", "continue");
    return inputs;
  }

  private static final class Sum {
    int both;
    int neither;
    int twice;
    int unready;
    int early;
  }

  private static Sum judge(Lab lab) {
    Sum sum = new Sum();
    Map<String, Integer> begun = new HashMap<>();
    Set<String> done = new HashSet<>();
    for (SimulatorClient.Event event : lab.world().log()) {
      String source = event.line().path("source").asText();
      switch (event.event()) {
        case "both-sides-on" -> sum.both++;
        case "move-cutover-done" -> done.add(source);
        case "move-action" -> {
          if (event.line().path("action").asText().equals("cutover")) {
            sum.twice += begun.merge(source, 1, Integer::sum) > 1 ? 1 : 0;
            sum.unready += event.line().path("state").asText().equals("ReadyToCutover") ? 0 : 1;
            String base =
                source.endsWith("-app")
                    ? source.replace("-app", "-db")
                    : source.endsWith("-web") ? source.replace("-web", "-app") : "";
            sum.early += base.isEmpty() || done.contains(base) ? 0 : 1;
          }
        }
        default -> {}
      }
    }
    for (JsonNode vm : lab.world().sources()) {
      boolean source = vm.path("on").asBoolean();
      boolean target = vm.path("targetOn").asBoolean();
      sum.both += source && target ? 1 : 0;
      sum.neither += !source && !target ? 1 : 0;
    }
    return sum;
  }
}
