package io.drover.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.approval.ApprovalRequest;
import io.drover.approval.Approvals;
import io.drover.execution.Artifacts;
import io.drover.execution.Execution;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import io.drover.testing.SimulatorClient;
import io.drover.wave.WavePhase;
import io.drover.wave.Waves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One world for all: each test has a wave of twelve VMs of its own, systems of three tiers. */
class MigrationWaveTest {
  static final String CLUSTER = "0005b000-aaaa-bbbb-0000-000000000a01";
  private static final int WAVES = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Lab lab;
  private static int taken;

  /** The wave of this test, from 1. */
  private final int number = ++taken;

  @BeforeAll
  static void start() throws IOException {
    Path playbooks = Files.createTempDirectory("playbooks");
    // Says that it reached whom it was limited to, except those whose names hold "app".
    Path command =
        Files.writeString(
            playbooks.resolve("fake-ansible"),
            "#!/bin/sh\nwhile [ $# -gt 0 ]; do [ \"$1\" = --limit ] && host=$2; shift; done\n"
                + "case $host in *app) echo '{\"stats\":{}}' ;;\n"
                + "*) echo \"{\\\"stats\\\":{\\\"$host\\\":{\\\"ok\\\":1}}}\" ;; esac\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    lab =
        Lab.with(
            1,
            List.of(
                "drover.systems.ansible.here.playbooks=" + playbooks,
                "drover.systems.ansible.here.inventory=hosts.ini",
                "drover.systems.ansible.here.command=" + command),
            "--source-vms=" + 12 * WAVES,
            "--move-copy-time=150ms",
            "--move-prepare-time=30ms",
            "--move-cutover-time=20ms");
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @AfterEach
  void nothingForbidden() {
    lab.world().noFaults();
    forbidden(lab, tiers());
  }

  /** Name of a VM of this wave; systems from 1 to 4. */
  private String name(int system, String tier) {
    return "s" + (4 * (number - 1) + system) + "-" + tier;
  }

  private ObjectNode inputs() {
    return inputs(lab, number);
  }

  static ObjectNode inputs(Lab lab, int number) {
    ObjectNode inputs = JSON.createObjectNode();
    String wave = "wave-" + number;
    inputs.put("name", wave).put("vcenter", "vc").put("move", "move").put("system", "prod");
    inputs.putObject("select").putArray("tags").add("wave:" + wave);
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
  static void forbidden(Lab lab, Map<String, List<String>> needs) {
    List<SimulatorClient.Event> log = lab.world().log();
    assertThat(log.stream().map(SimulatorClient.Event::event)).doesNotContain("both-sides-on");
    Map<String, Integer> cutovers = new HashMap<>();
    Map<String, Integer> done = new HashMap<>();
    for (SimulatorClient.Event event : log) {
      String source = seeded(event.line().path("id").asText());
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

  /** What a VM was called at first. */
  private static String seeded(String id) {
    if (!id.matches("vm-\\d+")) {
      return id;
    }
    int i = Integer.parseInt(id.substring(3)) - 101;
    return "s" + (i / 3 + 1) + "-" + List.of("db", "app", "web").get(i % 3);
  }

  private static Map<String, List<String>> tiers() {
    Map<String, List<String>> needs = new HashMap<>();
    for (int i = 1; i <= 4 * WAVES; i++) {
      needs.put("s" + i + "-app", List.of("s" + i + "-db"));
      needs.put("s" + i + "-web", List.of("s" + i + "-app"));
    }
    FREE.forEach(needs::remove);
    return needs;
  }

  /** Of waves that were run without their dependencies. */
  private static final Set<String> FREE = new HashSet<>();

  private boolean ours(String source) {
    int system = Integer.parseInt(source.replaceAll("\\D", ""));
    return source.matches("s\\d+-[a-z]+") && (system - 1) / 4 == number - 1;
  }

  private List<JsonNode> sources() {
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode vm : lab.world().sources()) {
      if (ours(vm.path("name").asText())) {
        all.add(vm);
      }
    }
    return all;
  }

  private JsonNode source(String name) {
    return sources().stream()
        .filter(vm -> vm.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void oneSideOn() {
    for (JsonNode vm : sources()) {
      assertThat(vm.path("on").asBoolean() ^ vm.path("targetOn").asBoolean())
          .as(vm.toString())
          .isTrue();
    }
  }

  /** Nothing happened to any of the wave's sources. */
  private void untouched() {
    for (JsonNode vm : sources()) {
      assertThat(vm.path("on").asBoolean()).as(vm.toString()).isTrue();
      assertThat(vm.path("connected").asBoolean()).isTrue();
      assertThat(vm.has("target")).isFalse();
    }
  }

  private long powerOffs() {
    return lab.world().log().stream()
        .filter(event -> event.event().equals("source-powered-off"))
        .filter(event -> ours(event.line().path("source").asText()))
        .count();
  }

  private String begin(ObjectNode inputs) {
    return lab.begin("migration-wave", inputs);
  }

  private Execution through(ObjectNode inputs) {
    String wave = begin(inputs);
    lab.answer(wave, "migration-wave", true);
    return lab.end(wave);
  }

  @Test
  void bringsAWaveOverTierByTier() {
    Execution ended = through(inputs());

    String wave = ended.id();
    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.SUCCEEDED);
    assertThat(phases(wave)).isEqualTo(Map.of(WavePhase.MIGRATED, 12L));
    oneSideOn();
    Waves.Vm db = vm(wave, name(1, "db"));
    assertThat(db.extId()).isNotNull();
    assertThat(db.facts())
        .containsKeys("instanceUuid", "biosUuid", "readiness", "readinessAt", "approvedBy", "plan");
    assertThat(String.valueOf(db.facts().get("times"))).contains("READY").contains("MIGRATED");
    assertThat(lab.world().vm(String.valueOf(db.extId())).name()).isEqualTo(name(1, "db"));
    // They do not go twice.
    Execution again = lab.run("migration-wave", inputs());
    assertThat(again.outcome()).isEqualTo(Outcome.FAILED_UNCHANGED);
    assertThat(again.reason()).contains("ALREADY_MIGRATED");
  }

  @Test
  void putsAVmBackThatIsNotWellAndKeepsWhatNeedsItWhereItIs() {
    lab.world().source(name(2, "app"), "fate", "unhealthyOnArrival");
    Execution ended = through(inputs());

    String wave = ended.id();
    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.FAILED_CHANGED);
    assertThat(phases(wave))
        .as(lab.story(wave))
        .isEqualTo(
            Map.of(WavePhase.MIGRATED, 10L, WavePhase.ROLLED_BACK, 1L, WavePhase.WAITING, 1L));
    assertThat(vm(wave, name(2, "app")).phase()).isEqualTo(WavePhase.ROLLED_BACK);
    assertThat(vm(wave, name(2, "web")).phase()).isEqualTo(WavePhase.WAITING);
    oneSideOn();
    assertThat(source(name(2, "app")).path("connected").asBoolean()).isTrue();
  }

  @Test
  void bringsBackWhateverPartOfACutoverFails() {
    List<String> fates =
        List.of(
            "cutoverFailsBefore",
            "cutoverFailsAfterPowerOff",
            "cutoverFailsAfterNics",
            "cutoverFailsAfterTarget",
            "cutoverFailsAfterPowerOn",
            "cutoverHangs",
            "leftOff",
            "noLink");
    List<String> names = sources().stream().map(vm -> vm.path("name").asText()).toList();
    for (int i = 0; i < fates.size(); i++) {
      lab.world().source(names.get(i), "fate", fates.get(i));
    }
    ObjectNode inputs = inputs();
    inputs.remove("dependencies");
    FREE.addAll(names);
    Execution ended = through(inputs);

    String wave = ended.id();
    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.FAILED_CHANGED);
    for (int i = 0; i < names.size(); i++) {
      assertThat(vm(wave, names.get(i)).phase())
          .as(i < fates.size() ? fates.get(i) : "fine")
          .isEqualTo(i < 6 ? WavePhase.ROLLED_BACK : WavePhase.MIGRATED);
    }
    oneSideOn();
  }

  @Test
  void leavesOutWhatIsNotReadyAndWhatNeedsIt() {
    lab.world().source(name(1, "app"), "fate", "notReady");
    lab.world().source(name(3, "web"), "fate", "prepareFails");
    lab.world().source(name(4, "web"), "fate", "copyFails");
    Execution ended = through(inputs());

    String wave = ended.id();
    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.FAILED_CHANGED);
    assertThat(phases(wave))
        .as(lab.story(wave))
        .isEqualTo(Map.of(WavePhase.MIGRATED, 8L, WavePhase.EXCLUDED, 3L, WavePhase.FAILED, 1L));
    assertThat(vm(wave, name(1, "app")).told()).contains("independent disk");
    assertThat(vm(wave, name(1, "web")).phase()).isEqualTo(WavePhase.EXCLUDED);
    assertThat(vm(wave, name(3, "web")).told()).contains("cannot log in");
    oneSideOn();
    assertThat(source(name(1, "app")).path("on").asBoolean()).isTrue();
    // Of three plans two were taken away again.
    assertThat(lab.steps(wave)).filteredOn(step -> step.equals("drop-plan")).hasSize(1);
  }

  @Test
  void goesOnWhenTokensAndSessionsEndAndMoveIsAway() {
    String wave = begin(inputs());
    await().until(() -> lab.steps(wave).contains("await-ready"));
    lab.world().expireMoveTokens();
    lab.world().expireVCenterSessions();
    lab.world().fault("status", "system", "move", "status", 503, "count", 5);
    lab.answer(wave, "migration-wave", true);
    lab.world().expireMoveTokens();
    lab.world().fault("answer-lost", "system", "move", "path", ".*/action", "count", 3);
    lab.world().fault("away", "system", "move", "path", ".*/workloads/list", "count", 4);
    Execution ended = lab.end(wave);

    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.SUCCEEDED);
    oneSideOn();
  }

  @Test
  void asksAnewWhenTheFactsHaveChanged() {
    String wave = begin(inputs());
    await()
        .until(
            () ->
                lab.bean(Approvals.class).list(ApprovalRequest.State.OPEN, 200).stream()
                    .anyMatch(open -> open.execution().equals(wave)));
    lab.world().source(name(1, "db"), "name", "renamed-" + number);
    lab.answer(wave, "migration-wave", true);
    // The yes was given to something else, so it is asked again.
    lab.answer(wave, "migration-wave", true);
    Execution ended = lab.end(wave);
    lab.world().source("renamed-" + number, "name", name(1, "db"));

    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.SUCCEEDED);
    assertThat(lab.bean(Approvals.class).list(ApprovalRequest.State.APPROVED, 200))
        .filteredOn(request -> request.execution().equals(wave))
        .extracting(ApprovalRequest::round)
        .containsExactly(2);
  }

  @Test
  void doesNotCutOverWhatIsNoLongerReady() {
    String wave = begin(inputs());
    lab.answer(wave, "migration-wave", true);
    await().until(() -> lab.steps(wave).contains("cut-over"));
    // What it needs goes first, so it is ready for a while yet.
    lab.world()
        .changeMove(
            JSON.createObjectNode().put("vm", name(3, "web")).put("fail", "the delta broke"));
    Execution ended = lab.end(wave);

    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.FAILED_CHANGED);
    assertThat(vm(wave, name(3, "web")).phase()).isEqualTo(WavePhase.FAILED);
    assertThat(source(name(3, "web")).path("on").asBoolean()).isTrue();
    oneSideOn();
  }

  @Test
  void touchesNothingWhenMoveLostThePlan() {
    String wave = begin(inputs());
    await()
        .until(
            () ->
                lab.bean(Approvals.class).list(ApprovalRequest.State.OPEN, 200).stream()
                    .anyMatch(open -> open.execution().equals(wave)));
    lab.world().changeMove(JSON.createObjectNode().put("losePlans", true));
    lab.answer(wave, "migration-wave", true);
    Execution ended = lab.end(wave);

    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.NEEDS_HUMAN);
    assertThat(ended.reason()).contains("does not know the plan");
    untouched();
    assertThat(powerOffs()).isZero();
  }

  @Test
  void pausesAfterAFailureAndEndsWhenNobodyWantsItToGoOn() {
    lab.world().source(name(1, "db"), "fate", "unhealthyOnArrival");
    ObjectNode inputs = inputs();
    inputs.put("onFailure", "pause").put("concurrency", 1);
    String wave = begin(inputs);
    lab.answer(wave, "migration-wave", true);
    lab.answer(wave, "migration-wave-goes-on", false);
    Execution ended = lab.end(wave);

    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.FAILED_CHANGED);
    Map<WavePhase, Long> phases = phases(wave);
    assertThat(phases.get(WavePhase.ROLLED_BACK)).isEqualTo(1L);
    assertThat(phases.get(WavePhase.WAITING)).isEqualTo(2L);
    assertThat(phases.get(WavePhase.UNTOUCHED)).isEqualTo(9L);
    oneSideOn();
    assertThat(sources().stream().filter(vm -> vm.has("target"))).hasSize(1);
  }

  @Test
  void asksBeforeItTakesBackWhereUsersMayHaveWritten() {
    lab.world().source(name(1, "web"), "fate", "unhealthyOnArrival");
    lab.world().source(name(2, "web"), "fate", "unhealthyOnArrival");
    ObjectNode inputs = inputs();
    inputs.put("pointOfNoReturn", "power-on");
    String wave = begin(inputs);
    lab.answer(wave, "migration-wave", true);
    for (int system = 1; system <= 2; system++) {
      String web = name(system, "web");
      String child =
          await()
              .until(
                  () ->
                      lab.executions()
                          .child(wave, "cutover-" + source(web).path("vm").asText())
                          .map(Execution::id)
                          .orElse(""),
                  id -> !id.isEmpty());
      lab.answer(child, "migration-wave-rollback", system == 1);
    }
    Execution ended = lab.end(wave);

    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.NEEDS_HUMAN);
    assertThat(vm(wave, name(1, "web")).phase()).isEqualTo(WavePhase.ROLLED_BACK);
    assertThat(vm(wave, name(2, "web")).phase()).isEqualTo(WavePhase.NEEDS_HUMAN);
    assertThat(source(name(2, "web")).path("targetOn").asBoolean()).isTrue();
    oneSideOn();
  }

  @Test
  void hasAnExactPartitionWhenItIsCancelledOnTheWay() {
    ObjectNode inputs = inputs();
    inputs.put("concurrency", 1);
    String wave = begin(inputs);
    lab.answer(wave, "migration-wave", true);
    await()
        .until(
            () ->
                lab.bean(Waves.class).of(wave).stream()
                        .filter(vm -> vm.phase() == WavePhase.MIGRATED)
                        .count()
                    >= 3);
    lab.operations().cancel(wave, "olga");
    Execution ended = lab.end(wave);

    Map<WavePhase, Long> phases = phases(wave);
    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.FAILED_CHANGED);
    long migrated = phases.getOrDefault(WavePhase.MIGRATED, 0L);
    assertThat(migrated).isBetween(3L, 11L);
    assertThat(phases.getOrDefault(WavePhase.UNTOUCHED, 0L)).isEqualTo(12 - migrated);
    assertThat(sources().stream().filter(vm -> vm.has("target")).count()).isEqualTo(migrated);
    oneSideOn();
  }

  private long launches(String host) {
    return lab.world().log().stream()
        .filter(event -> event.event().equals("awx-launched"))
        .filter(event -> event.line().path("hosts").asText().equals(host))
        .count();
  }

  @Test
  void handsEachVmToAnsibleOnce() {
    lab.world().playbook(name(2, "web"), "failed");
    lab.world().playbook(name(3, "web"), "unreachable");
    ObjectNode inputs = inputs();
    inputs
        .putObject("ansible")
        .put("system", "awx")
        .put("playbook", "join-domain")
        .putObject("extraVars")
        .put("domain", "example.test");
    lab.world().fault("answer-lost", "system", "awx", "path", ".*/launch/", "after", 1, "count", 3);
    Execution ended = through(inputs);

    assertThat(ended.outcome()).as(lab.story(ended.id())).isEqualTo(Outcome.FAILED_CHANGED);
    assertThat(phases(ended.id()))
        .as(lab.story(ended.id()))
        .isEqualTo(Map.of(WavePhase.MIGRATED, 10L, WavePhase.ROLLED_BACK, 2L));
    for (JsonNode vm : sources()) {
      assertThat(launches(vm.path("name").asText())).as(vm.toString()).isEqualTo(1);
    }
    oneSideOn();
  }

  @Test
  void launchesNothingThatWouldIgnoreItsLimit() {
    ObjectNode inputs = inputs();
    ((ObjectNode) inputs.get("select")).remove("tags");
    ((ObjectNode) inputs.get("select")).putArray("vms").add(name(1, "db"));
    inputs.putObject("ansible").put("system", "awx").put("playbook", "no-limit");
    Execution ended = through(inputs);

    assertThat(ended.outcome()).as(lab.story(ended.id())).isEqualTo(Outcome.ROLLED_BACK);
    assertThat(vm(ended.id(), name(1, "db")).told()).contains("ask_limit_on_launch");
    assertThat(lab.world().log())
        .filteredOn(event -> event.event().equals("awx-launched"))
        .noneMatch(event -> event.line().path("template").asText().equals("8"));
    oneSideOn();
  }

  @Test
  void believesALocalPlaybookOnlyWhatItTellsOfEachHost() {
    ObjectNode inputs = inputs();
    inputs.putObject("ansible").put("system", "here").put("playbook", "join.yaml");
    Execution ended = through(inputs);

    assertThat(phases(ended.id()))
        .as(lab.story(ended.id()))
        .isEqualTo(
            Map.of(WavePhase.MIGRATED, 4L, WavePhase.ROLLED_BACK, 4L, WavePhase.WAITING, 4L));
    assertThat(vm(ended.id(), name(1, "app")).told()).contains("did not run there");
    oneSideOn();
  }

  @Test
  void triesAMigrationFirst() {
    ObjectNode inputs = inputs();
    inputs.put("testMigration", true);
    String wave = begin(inputs);
    lab.answer(wave, "migration-wave", false);
    Execution ended = lab.end(wave);

    assertThat(ended.outcome()).as(lab.story(wave)).isEqualTo(Outcome.REJECTED);
    List<SimulatorClient.Event> log = lab.world().log();
    assertThat(log)
        .filteredOn(event -> event.event().equals("move-action"))
        .filteredOn(event -> ours(event.line().path("source").asText()))
        .extracting(event -> event.line().path("action").asText())
        .containsOnly("test", "undotest")
        .hasSize(24);
    assertThat(lab.world().vms()).noneMatch(vm -> vm.name().endsWith("-MoveTest"));
    untouched();
  }

  @Test
  void saysInADryRunWhatStandsAgainstItAndMakesNothing() {
    int before = lab.world().log().size();
    ObjectNode inputs = inputs();
    inputs.put("dryRun", true);
    Execution fine = lab.run("migration-wave", inputs);
    assertThat(fine.outcome()).as(lab.story(fine.id())).isEqualTo(Outcome.SUCCEEDED);
    assertThat(fine.reason()).contains("12 VMs in 3 levels");
    assertThat(lab.bean(Artifacts.class).of(fine.id()))
        .extracting(Artifacts.Artifact::name)
        .contains("wave.txt", "wave.dot", "plan.json");

    ObjectNode needs = (ObjectNode) inputs.get("dependencies");
    needs
        .putArray("needs")
        .addObject()
        .put("vm", name(1, "db"))
        .putArray("needs")
        .add(name(1, "web"))
        .add("ghost");
    Execution bad = lab.run("migration-wave", inputs);
    assertThat(bad.outcome()).isEqualTo(Outcome.FAILED_UNCHANGED);
    assertThat(bad.reason()).contains("CYCLE").contains("MISSING_MEMBER").contains("ghost");
    inputs.put("dryRun", false);
    assertThat(lab.run("migration-wave", inputs).outcome()).isEqualTo(Outcome.FAILED_UNCHANGED);
    assertThat(lab.world().log()).hasSize(before);
  }

  @Test
  void findsThatTheTargetHasNoRoomAndNamesThatAreNotUnique() {
    JsonNode twin = lab.world().addSource(JSON.createObjectNode().put("add", name(1, "db")));
    for (JsonNode vm : sources()) {
      lab.world().source(vm.path("vm").asText(), "memoryBytes", 2L << 40);
    }
    ObjectNode inputs = inputs();
    ((ObjectNode) inputs.get("select")).putArray("vms").add(name(1, "db"));
    Execution ended = lab.run("migration-wave", inputs);
    lab.world().source(twin.path("vm").asText(), "delete", true);

    assertThat(ended.outcome()).isEqualTo(Outcome.FAILED_UNCHANGED);
    assertThat(ended.reason()).contains("CAPACITY").contains("AMBIGUOUS_NAME");
  }
}
