package io.drover.routes;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A new world for each: what was migrated stays so. */
class MigrationWaveTest {
  static final String CLUSTER = "0005b000-aaaa-bbbb-0000-000000000a01";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Lab lab;

  @BeforeEach
  void start() {
    lab =
        Lab.with(
            1,
            List.of(),
            "--source-vms=12",
            "--move-copy-time=150ms",
            "--move-prepare-time=30ms",
            "--move-cutover-time=20ms");
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  static ObjectNode inputs(Lab lab) {
    ObjectNode inputs = JSON.createObjectNode();
    inputs.put("name", "wave-1").put("vcenter", "vc").put("move", "move").put("system", "prod");
    inputs.putObject("select").putArray("tags").add("wave:wave-1");
    inputs.put("cluster", CLUSTER);
    inputs
        .putArray("networks")
        .addObject()
        .put("source", "VLAN120")
        .put("target", "production-a")
        .put("test", "test-a");
    inputs.putObject("dependencies").put("tag", "depends-on").put("waveTag", "wave");
    inputs.putArray("categories").add("Environment:Production");
    inputs.set("healthCheck", lab.window().get("healthCheck"));
    inputs.put("concurrency", 12).put("onFailure", "continue");
    return inputs;
  }

  private Waves.Vm vm(String wave, String name) {
    return lab.bean(Waves.class).of(wave).stream()
        .filter(vm -> vm.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Map<WavePhase, Long> phases(String wave) {
    Map<WavePhase, Long> phases = new HashMap<>();
    lab.bean(Waves.class).of(wave).forEach(vm -> phases.merge(vm.phase(), 1L, Long::sum));
    return phases;
  }

  /** What may never be, whatever went wrong. */
  private void nothingForbidden(Map<String, List<String>> needs) {
    List<SimulatorClient.Event> log = lab.world().log();
    assertThat(log.stream().map(SimulatorClient.Event::event)).doesNotContain("both-sides-on");
    Map<String, Integer> cutovers = new HashMap<>();
    Map<String, Integer> done = new HashMap<>();
    for (SimulatorClient.Event event : log) {
      String source = event.line().path("source").asText();
      if (event.event().equals("move-action")
          && event.line().path("action").asText().equals("cutover")) {
        assertThat(cutovers.merge(source, 1, Integer::sum))
            .as("cutovers of " + source)
            .isEqualTo(1);
        assertThat(event.line().path("state").asText()).isEqualTo("ReadyToCutover");
        for (String base : needs.getOrDefault(source, List.of())) {
          assertThat(done).as(source + " needs " + base).containsKey(base);
        }
      }
      if (event.event().equals("move-cutover-done")) {
        done.put(source, 1);
      }
    }
  }

  private static Map<String, List<String>> tiers() {
    Map<String, List<String>> needs = new HashMap<>();
    for (int i = 1; i <= 4; i++) {
      needs.put("s" + i + "-app", List.of("s" + i + "-db"));
      needs.put("s" + i + "-web", List.of("s" + i + "-app"));
    }
    return needs;
  }

  private void oneSideOn(String... outside) {
    for (JsonNode vm : lab.world().sources()) {
      if (!List.of(outside).contains(vm.path("name").asText())) {
        assertThat(vm.path("on").asBoolean() ^ vm.path("targetOn").asBoolean())
            .as(vm.toString())
            .isTrue();
      }
    }
  }

  @Test
  void bringsAWaveOverTierByTier() {
    String wave = lab.begin("migration-wave", inputs(lab));
    lab.answer(wave, "migration-wave", true);
    Execution ended = lab.end(wave);

    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.SUCCEEDED);
    assertThat(phases(wave)).isEqualTo(Map.of(WavePhase.MIGRATED, 12L));
    nothingForbidden(tiers());
    oneSideOn();
    Waves.Vm db = vm(wave, "s1-db");
    assertThat(db.extId()).isNotNull();
    assertThat(db.facts())
        .containsKeys("instanceUuid", "biosUuid", "readiness", "readinessAt", "approvedBy", "plan");
    assertThat(String.valueOf(db.facts().get("times"))).contains("READY").contains("MIGRATED");
    assertThat(lab.world().vm(String.valueOf(db.extId())).name()).isEqualTo("s1-db");
  }

  @Test
  void putsAVmBackThatIsNotWellAndKeepsWhatNeedsItWhereItIs() {
    lab.world().source("s2-app", "fate", "unhealthyOnArrival");
    String wave = lab.begin("migration-wave", inputs(lab));
    lab.answer(wave, "migration-wave", true);
    Execution ended = lab.end(wave);

    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.FAILED_CHANGED);
    assertThat(phases(wave))
        .as(lab.story(wave))
        .isEqualTo(
            Map.of(WavePhase.MIGRATED, 10L, WavePhase.ROLLED_BACK, 1L, WavePhase.WAITING, 1L));
    assertThat(vm(wave, "s2-app").phase()).isEqualTo(WavePhase.ROLLED_BACK);
    assertThat(vm(wave, "s2-web").phase()).isEqualTo(WavePhase.WAITING);
    nothingForbidden(tiers());
    oneSideOn();
  }
}
