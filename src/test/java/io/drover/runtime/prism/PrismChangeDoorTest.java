package io.drover.runtime.prism;

import static io.drover.runtime.prism.DoorCase.ok;
import static io.drover.runtime.prism.ScriptedPrism.Answer.data;
import static io.drover.runtime.prism.ScriptedPrism.Answer.lost;
import static io.drover.runtime.prism.ScriptedPrism.Answer.none;
import static io.drover.runtime.prism.ScriptedPrism.Answer.of;
import static io.drover.runtime.prism.ScriptedPrism.Answer.page;
import static io.drover.runtime.prism.ScriptedPrism.Answer.problem;
import static io.drover.runtime.prism.ScriptedPrism.Answer.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.execution.Effect;
import io.drover.runtime.prism.DoorLab.Ended;
import io.drover.runtime.prism.ScriptedPrism.Answer;
import io.drover.runtime.prism.ScriptedPrism.Seen;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes through the shipped routes and Kamelets: made once, whatever happens to the answer. */
class PrismChangeDoorTest {
  private static final String VM = "0a1b2c3d-0000-4000-8000-00000000000a";
  private static final String RP = "11111111-0000-4000-8000-00000000000b";
  private static final String VM_RP = "22222222-0000-4000-8000-00000000000c";
  private static final String TASK = "ZXJnb24=:33333333-0000-4000-8000-00000000000d";
  private static final String POINTS = "/api/dataprotection/v4.0/config/recovery-points";
  private static final String CREATE = "POST " + POINTS;
  private static final String FIND = "GET " + POINTS;
  private static final String GET_POINT = "GET " + POINTS + "/" + RP;
  private static final String GET_VM = "GET /api/vmm/v4.0/ahv/config/vms/" + VM;
  private static final String ACTIONS = "POST /api/vmm/v4.0/ahv/config/vms/" + VM + "/$actions/";
  private static final String TASKS = "GET /api/prism/v4.0/config/tasks";
  private static final Map<String, String> VM_ONLY = Map.of("vmExtId", VM, "vmName", "web-1");

  private static Answer vm(String state, String tag) {
    return data("{\"extId\":\"" + VM + "\",\"powerState\":\"" + state + "\"}").with("ETag", tag);
  }

  private static Answer point(String name) {
    return data(pointRow(name));
  }

  private static String pointRow(String name) {
    return "{\"extId\":\"%s\",\"name\":\"%s\",\"vmRecoveryPoints\":[{\"extId\":\"%s\",\"vmExtId\":\"%s\"}]}"
        .formatted(RP, name, VM_RP, VM);
  }

  private static Answer ended(String status, String more) {
    return page(1, taskRow(TASK, status, more));
  }

  private static String taskRow(String extId, String status, String more) {
    return "{\"extId\":\"%s\",\"status\":\"%s\",\"createdTime\":\"%s\"%s}"
        .formatted(extId, status, Instant.now(), more);
  }

  private static Answer made() {
    return ended(
        "SUCCEEDED",
        ",\"completionDetails\":[{\"name\":\"recoveryPointExtId\",\"value\":\"" + RP + "\"}]");
  }

  private static DoorCase creates(
      String name, Consumer<ScriptedPrism> script, BiConsumer<Ended, ScriptedPrism> proof) {
    return new DoorCase(name, script, "prism-create-recovery-point-action", VM_ONLY, proof);
  }

  private static DoorCase acts(
      String name,
      String verb,
      Consumer<ScriptedPrism> script,
      BiConsumer<Ended, ScriptedPrism> proof) {
    return new DoorCase(name, script, "prism-" + verb + "-action", VM_ONLY, proof);
  }

  /** One effect, done, with the recovery point as the result, after so many POSTs of one id. */
  private static BiConsumer<Ended, ScriptedPrism> createdOnce(int posts) {
    return ok(
        (ended, server) -> {
          assertThat(ended.body().path("recoveryPoint").asText()).isEqualTo(RP);
          assertThat(ended.body().path("vmRecoveryPoint").asText()).isEqualTo(VM_RP);
          sentAs(ended, server, CREATE, posts);
        });
  }

  /** Every sending carried the request id of the one effect, which is done. */
  private static void sentAs(Ended ended, ScriptedPrism server, String line, int posts) {
    assertThat(ended.effects())
        .singleElement()
        .satisfies(effect -> assertThat(effect.state()).isEqualTo(Effect.State.DONE));
    Effect effect = ended.effects().get(0);
    assertThat(server.seen(line))
        .hasSize(posts)
        .allSatisfy(
            call -> assertThat(call.header("ntnx-request-id")).isEqualTo(effect.requestId()));
    UUID id = UUID.fromString(effect.requestId());
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.toString()).isEqualTo(effect.requestId());
  }

  private static BiConsumer<Ended, ScriptedPrism> failed(
      String kind, List<Effect.State> effects, Map<String, Integer> calls, String... words) {
    return (ended, server) -> {
      assertThat(ended.kind()).as(ended.message()).isEqualTo(kind);
      for (String word : words) {
        assertThat(ended.message()).contains(word);
      }
      assertThat(ended.effects()).extracting(Effect::state).isEqualTo(effects);
      calls.forEach((line, count) -> assertThat(server.seen(line)).as(line).hasSize(count));
    };
  }

  private static String nameIn(Seen call) {
    return call.query().replaceFirst("(?s).*name eq '([^']*)'.*", "$1");
  }

  static Stream<DoorCase> recoveryPoints() {
    return Stream.of(
        creates(
            "created",
            pc -> pc.on(CREATE, task(TASK)).on(TASKS, made()).on(GET_POINT, point("p")),
            createdOnce(1)),
        creates(
            "readable only a moment after the task's end",
            pc ->
                pc.on(CREATE, task(TASK))
                    .on(TASKS, made())
                    .on(GET_POINT, of(404, ""), of(404, ""), point("p")),
            createdOnce(1)),
        creates(
            "429, then taken, under the same id",
            pc ->
                pc.on(CREATE, of(429, "").with("Retry-After", "0"), task(TASK))
                    .on(TASKS, made())
                    .on(GET_POINT, point("p")),
            createdOnce(2)),
        creates(
            "answer lost, made: found by its name, never doubled",
            pc -> pc.on(CREATE, lost()).on(FIND, call -> page(1, pointRow(nameIn(call)))),
            createdOnce(1)),
        creates(
            "answer lost, being made: its task is waited for",
            pc ->
                pc.on(CREATE, lost())
                    .on(FIND, none())
                    .on(FIND, call -> page(1, pointRow(nameIn(call))))
                    .on(TASKS, ended("RUNNING", ""), made()),
            createdOnce(1)),
        creates(
            "answer lost, not visible at once: looked for again before anything is sent",
            pc ->
                pc.on(CREATE, lost())
                    .on(FIND, none())
                    .on(FIND, call -> page(1, pointRow(nameIn(call))))
                    .on(TASKS, none()),
            createdOnce(1)),
        creates(
            "call lost: sent again under the same id",
            pc ->
                pc.on(CREATE, lost(), task(TASK))
                    .on(FIND, none())
                    .on(TASKS, none(), none(), made())
                    .on(GET_POINT, point("p")),
            createdOnce(2)),
        creates(
            "a gateway's 504: looked for, sent again under the same id",
            pc ->
                pc.on(CREATE, of(504, ""), task(TASK))
                    .on(FIND, none())
                    .on(TASKS, none(), none(), made())
                    .on(GET_POINT, point("p")),
            createdOnce(2)),
        creates(
            "202 without a task: looked for",
            pc ->
                pc.on(CREATE, of(202, "{\"data\":{}}"))
                    .on(FIND, call -> page(1, pointRow(nameIn(call)))),
            createdOnce(1)),
        creates(
            "200 with a login page: looked for",
            pc ->
                pc.on(CREATE, of(200, "<h1>Sign in</h1>"))
                    .on(FIND, call -> page(1, pointRow(nameIn(call)))),
            createdOnce(1)),
        creates(
            "lost each time and never found: an outcome that nobody knows",
            pc -> pc.on(CREATE, lost()).on(FIND, none()).on(TASKS, none()),
            failed(
                "unknown-outcome",
                List.of(Effect.State.JOURNALED),
                Map.of(CREATE, 3),
                "look before repeating")),
        creates(
            "refused for certain",
            pc -> pc.on(CREATE, problem(409, "DP-1", "BUSY", "VM is migrating")),
            failed(
                "http-409",
                List.of(Effect.State.REFUSED),
                Map.of(CREATE, 1),
                "\"VM is migrating\" (DP-1 BUSY)")),
        creates(
            "429 for good: nothing happened",
            pc -> pc.on(CREATE, of(429, "")),
            failed("http-429", List.of(Effect.State.REFUSED), Map.of(CREATE, 3))),
        creates(
            "a task of the same moment that made another one is not ours",
            pc ->
                pc.on(CREATE, lost(), task(TASK))
                    .on(FIND, none())
                    .on(TASKS, made())
                    .on(
                        GET_POINT,
                        point("of-somebody-else"),
                        point("of-somebody-else"),
                        point("p")),
            createdOnce(2)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("recoveryPoints")
  void createsARecoveryPointOnce(DoorCase door) {
    door.run();
  }

  private static BiConsumer<Ended, ScriptedPrism> doneWithTags(String line, String... tags) {
    return ok(
        (ended, server) -> {
          assertThat(server.seen(line))
              .extracting(call -> call.header("if-match"))
              .containsExactly(tags);
          assertThat(ended.effects().get(ended.effects().size() - 1).state())
              .isEqualTo(Effect.State.DONE);
        });
  }

  private static final Answer STALE_TASK =
      ended(
          "FAILED",
          ",\"errorMessages\":[{\"errorGroup\":\"VM_ETAG_MISMATCH\",\"message\":\"If-Match\"}]");

  static Stream<DoorCase> actions() {
    String off = ACTIONS + "power-off";
    String on = ACTIONS + "power-on";
    String reboot = ACTIONS + "reboot";
    return Stream.of(
        acts(
            "a fresh tag, verbatim, without a body",
            "reboot-vm",
            pc ->
                pc.on(GET_VM, vm("ON", "YXBw=:1"))
                    .on(reboot, task(TASK))
                    .on(TASKS, ended("SUCCEEDED", "")),
            (ended, server) -> {
              doneWithTags(reboot, "YXBw=:1").accept(ended, server);
              sentAs(ended, server, reboot, 1);
              assertThat(server.seen(reboot).get(0).body()).isEmpty();
              assertThat(server.seen(reboot).get(0).header("content-type")).isNull();
            }),
        acts(
            "412 goes round again with the tag of that moment",
            "reboot-vm",
            pc ->
                pc.on(GET_VM, vm("ON", "t1"), vm("ON", "t2"), vm("ON", "t3"))
                    .on(reboot, of(412, ""), of(412, ""), task(TASK))
                    .on(TASKS, ended("SUCCEEDED", "")),
            (ended, server) -> {
              doneWithTags(reboot, "t1", "t2", "t3").accept(ended, server);
              sentAs(ended, server, reboot, 3);
            }),
        acts(
            "412 for ever is a failure",
            "reboot-vm",
            pc ->
                pc.on(GET_VM, vm("ON", "t"))
                    .on(reboot, problem(412, "VMM-30303", "VM_ETAG_MISMATCH", "stale")),
            failed("http-412", List.of(Effect.State.REFUSED), Map.of(reboot, 5, GET_VM, 5))),
        acts(
            "a tag that the task finds stale: a new effect with a new id",
            "reboot-vm",
            pc ->
                pc.on(GET_VM, vm("ON", "t1"), vm("ON", "t2"))
                    .on(reboot, task(TASK), task(TASK + "2"))
                    .on(TASKS, STALE_TASK)
                    .on(TASKS, call -> page(1, taskRow(TASK + "2", "SUCCEEDED", ""))),
            (ended, server) -> {
              doneWithTags(reboot, "t1", "t2").accept(ended, server);
              assertThat(ended.effects())
                  .extracting(Effect::state)
                  .containsExactly(Effect.State.FAILED, Effect.State.DONE);
              assertThat(server.seen(reboot))
                  .extracting(call -> call.header("ntnx-request-id"))
                  .doesNotHaveDuplicates();
            }),
        acts(
            "power on of a running VM is nothing",
            "power-on-vm",
            pc -> pc.on(GET_VM, vm("ON", "t")),
            ok(
                (ended, server) -> {
                  assertThat(ended.body().path("already").asBoolean()).isTrue();
                  assertThat(ended.effects()).isEmpty();
                  assertThat(server.seen(on)).isEmpty();
                })),
        acts(
            "power off, answer lost, and off it is",
            "power-off-vm",
            pc -> pc.on(GET_VM, vm("ON", "t"), vm("ON", "t"), vm("OFF", "t")).on(off, lost()),
            ok((ended, server) -> sentAs(ended, server, off, 1))),
        acts(
            "power off, answer lost, its task is found on the VM",
            "power-off-vm",
            pc ->
                pc.on(GET_VM, vm("ON", "t"))
                    .on(off, lost())
                    .on(
                        TASKS,
                        ended("RUNNING", ",\"operation\":\"PowerOffVm\""),
                        ended("SUCCEEDED", "")),
            ok(
                (ended, server) -> {
                  sentAs(ended, server, off, 1);
                  assertThat(ended.effects().get(0).taskExtId()).isEqualTo(TASK);
                  assertThat(server.seen(TASKS).get(0).query())
                      .contains(
                          "entitiesAffected/any(a:a/extId eq '" + VM + "') and createdTime ge ");
                })),
        acts(
            "a task of another operation is not taken for ours",
            "power-off-vm",
            pc ->
                pc.on(GET_VM, vm("ON", "t"))
                    .on(off, lost(), task(TASK))
                    .on(
                        TASKS,
                        ended("RUNNING", ",\"operation\":\"UpdateVm\""),
                        ended("RUNNING", ",\"operation\":\"UpdateVm\""),
                        ended("SUCCEEDED", "")),
            ok((ended, server) -> sentAs(ended, server, off, 2))),
        new DoorCase(
            "revert, answer lost, its task is found",
            pc ->
                pc.on(GET_VM, vm("OFF", "t"))
                    .on(ACTIONS + "revert", lost())
                    .on(
                        TASKS,
                        ended("RUNNING", ",\"operationDescription\":\"Revert VM\""),
                        ended("SUCCEEDED", "")),
            "prism-revert-vm-action",
            Map.of("vmExtId", VM, "vmRecoveryPointExtId", VM_RP),
            ok(
                (ended, server) -> {
                  sentAs(ended, server, ACTIONS + "revert", 1);
                  assertThat(server.seen(ACTIONS + "revert").get(0).body())
                      .isEqualTo("{\"vmRecoveryPointExtId\":\"" + VM_RP + "\"}");
                })),
        new DoorCase(
            "a recovery point that is gone needs no deletion",
            pc -> pc.on(GET_POINT, of(404, "")),
            "prism-delete-recovery-point-action",
            Map.of("recoveryPointExtId", RP),
            ok((ended, server) -> assertThat(server.seen()).hasSize(1))),
        new DoorCase(
            "the VM to act on is gone",
            pc -> pc.on(GET_VM, problem(404, "VMM-30100", "VM_NOT_FOUND", "no such VM")),
            "prism-reboot-vm-action",
            VM_ONLY,
            failed("http-404", List.of(Effect.State.REFUSED), Map.of(reboot, 0), "no such VM")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("actions")
  void actsOnAVmOnce(DoorCase door) {
    door.run();
  }

  @Test
  void aRedeliveredStepSendsTheSameIdAfterAnOutcomeThatNobodyKnew() {
    DoorLab lab = DoorLab.lab();
    DoorLab.Central pc = lab.fresh();
    pc.server()
        .on(CREATE, lost(), lost(), lost(), task(TASK))
        .on(FIND, none())
        .on(TASKS, none(), none(), none(), none(), none(), none(), none(), made())
        .on(GET_POINT, point("p"));
    Ended ended =
        lab.end(
            lab.start(
                "call-again",
                "prism-create-recovery-point-action",
                Map.of("system", pc.name(), "vmExtId", VM)));
    assertThat(ended.kind()).as(ended.message()).isNull();
    assertThat(ended.steps()).hasSize(2);
    sentAs(ended, pc.server(), CREATE, 4);
  }

  @Test
  void neverReplicatesByAnApiKey() {
    DoorLab lab = DoorLab.lab();
    DoorLab.Central pc = lab.special("key");
    int before = pc.server().seen().size();
    Ended ended =
        lab.call(
            "prism-replicate-recovery-point-action",
            Map.of(
                "system", pc.name(),
                "recoveryPointExtId", RP,
                "targetPcExtId", VM,
                "targetClusterExtId", VM));
    assertThat(ended.kind()).isEqualTo("api-key-unsupported");
    assertThat(pc.server().seen()).hasSize(before);
  }

  @Test
  void passesTheNamedPlacesInTheirOrder() {
    DoorLab lab = DoorLab.lab();
    DoorLab.Central pc = lab.fresh();
    pc.server()
        .on(GET_VM, vm("ON", "t"))
        .on(ACTIONS + "reboot", task(TASK))
        .on(TASKS, ended("SUCCEEDED", ""));
    Ended ended = lab.call("prism-reboot-vm-action", Map.of("system", pc.name(), "vmExtId", VM));
    assertThat(ended.kind()).isNull();
    assertThat(lab.points)
        .filteredOn(point -> point.execution().equals(ended.execution().id()))
        .extracting(DoorLab.Point::name)
        .containsExactly(
            "step-entered",
            "effect-before-journal",
            "effect-journaled",
            "call-before-send",
            "call-after-send",
            "call-answered",
            "task-polled",
            "step-ending",
            "execution-ending");
  }
}
