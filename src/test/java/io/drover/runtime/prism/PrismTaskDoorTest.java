package io.drover.runtime.prism;

import static io.drover.runtime.prism.DoorCase.ok;
import static io.drover.runtime.prism.ScriptedPrism.Answer.data;
import static io.drover.runtime.prism.ScriptedPrism.Answer.lost;
import static io.drover.runtime.prism.ScriptedPrism.Answer.none;
import static io.drover.runtime.prism.ScriptedPrism.Answer.of;
import static io.drover.runtime.prism.ScriptedPrism.Answer.page;
import static io.drover.runtime.prism.ScriptedPrism.Answer.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.execution.Effect;
import io.drover.execution.Outcome;
import io.drover.runtime.prism.DoorLab.Ended;
import io.drover.runtime.prism.ScriptedPrism.Answer;
import io.drover.runtime.prism.ScriptedPrism.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Waiting through the shipped routes and Kamelets: for tasks and for power states. */
class PrismTaskDoorTest {
  private static final String VM = "0a1b2c3d-0000-4000-8000-00000000000a";
  private static final String TASK = "ZXJnb24=:33333333-0000-4000-8000-00000000000d";
  private static final String CHILD = "ZXJnb24=:44444444-0000-4000-8000-00000000000e";
  private static final String GRANDCHILD = "ZXJnb24=:55555555-0000-4000-8000-00000000000f";
  private static final String TASKS = "GET /api/prism/v4.0/config/tasks";
  private static final String GET_VM = "GET /api/vmm/v4.0/ahv/config/vms/" + VM;
  private static final String REBOOT =
      "POST /api/vmm/v4.0/ahv/config/vms/" + VM + "/$actions/reboot";
  private static final Answer RUNNING = page(1, row(TASK, "RUNNING", ""));
  private static final Answer SUCCEEDED = page(1, row(TASK, "SUCCEEDED", ""));

  private static String row(String extId, String status, String more) {
    return "{\"extId\":\"" + extId + "\",\"status\":\"" + status + "\"" + more + "}";
  }

  private static String told(String message) {
    return ",\"errorMessages\":[{\"code\":\"X-1\",\"message\":\"" + message + "\"}]";
  }

  private static DoorCase awaits(
      String name, BiConsumer<Ended, ScriptedPrism> proof, Answer... answers) {
    return awaits(name, proof, server -> server.on(TASKS, answers));
  }

  private static DoorCase awaits(
      String name, BiConsumer<Ended, ScriptedPrism> proof, Consumer<ScriptedPrism> script) {
    return new DoorCase(
        name, script, "prism-await-task-action?patience=PT20S", Map.of("taskExtId", TASK), proof);
  }

  private static BiConsumer<Ended, ScriptedPrism> fails(String kind, String... words) {
    return (ended, server) -> {
      assertThat(ended.kind()).as(ended.message()).isEqualTo(kind);
      assertThat(ended.message()).contains(TASK);
      for (String word : words) {
        assertThat(ended.message()).contains(word);
      }
    };
  }

  private static BiConsumer<Ended, ScriptedPrism> succeeds() {
    return ok(
        (ended, server) -> {
          assertThat(ended.body().path("task").asText()).isEqualTo(TASK);
          assertThat(ended.body().path("status").asText()).isEqualTo("SUCCEEDED");
        });
  }

  private static Answer family(Seen call) {
    String query = call.query();
    if (query.contains("parentTask/extId eq '" + TASK + "'")) {
      return page(
          2,
          row("ZXJnb24=:6", "SUCCEEDED", ""),
          row(CHILD, "FAILED", ",\"subTasks\":[{\"extId\":\"" + GRANDCHILD + "\"}]"));
    }
    if (query.contains("parentTask/extId eq '" + CHILD + "'")) {
      return page(1, row(GRANDCHILD, "FAILED", told("host 7 is full")));
    }
    return page(
        1,
        row(
            TASK,
            "FAILED",
            ",\"subTasks\":[{\"extId\":\"" + CHILD + "\"}]" + told("internal error")));
  }

  static Stream<DoorCase> tasks() {
    return Stream.of(
        awaits("succeeded at once", succeeds(), SUCCEEDED),
        awaits(
            "queued, running, suspended, a new word, succeeded",
            succeeds(),
            page(1, row(TASK, "QUEUED", "")),
            RUNNING,
            page(1, row(TASK, "SUSPENDED", "")),
            page(1, row(TASK, "$UNKNOWN", "")),
            page(1, row(TASK, "PONDERING", "")),
            SUCCEEDED),
        awaits("listable only a moment later", succeeds(), none(), none(), SUCCEEDED),
        awaits(
            "among tasks that were not asked for",
            succeeds(),
            page(2, row("x", "FAILED", ""), row(TASK, "SUCCEEDED", ""))),
        awaits(
            "failed with a reason",
            fails("task-failed", "ended FAILED, \"VM is migrating\" (X-1)"),
            page(1, row(TASK, "FAILED", told("VM is migrating")))),
        awaits(
            "failed with an old reason",
            fails("task-failed", "\"kNotEnoughMemory\""),
            page(1, row(TASK, "FAILED", ",\"legacyErrorMessage\":\"kNotEnoughMemory\"")),
            none()),
        awaits(
            "failed without a word",
            fails("task-failed", "without a reason"),
            page(1, row(TASK, "FAILED", "")),
            none()),
        awaits(
            "failed because of a sub-task's sub-task",
            fails("task-failed", "\"host 7 is full\" (X-1); \"internal error\""),
            server -> server.on(TASKS, PrismTaskDoorTest::family)),
        awaits(
            "failed, and the sub-tasks cannot be read",
            fails("task-failed", "without a reason"),
            page(1, row(TASK, "FAILED", "")),
            of(403, "")),
        awaits(
            "canceled",
            fails("task-canceled", "ended CANCELED"),
            page(1, row(TASK, "CANCELED", "")),
            none()),
        awaits(
            "Prism away for longer than every retry",
            succeeds(),
            RUNNING,
            lost(),
            of(503, ""),
            lost(),
            of(502, "<html>"),
            of(200, "<h1>Sign in</h1>"),
            SUCCEEDED),
        awaits(
            "a storm of 429",
            succeeds(),
            RUNNING,
            of(429, ""),
            of(429, "").with("Retry-After", "1"),
            SUCCEEDED),
        awaits("one 401 on the way", succeeds(), RUNNING, of(401, ""), SUCCEEDED),
        new DoorCase(
            "stuck until the deadline",
            server -> server.on(TASKS, RUNNING),
            "prism-await-task-action?patience=PT1S",
            Map.of("taskExtId", TASK),
            fails("timeout", "has not ended in time, it is RUNNING")),
        new DoorCase(
            "away until the deadline",
            server -> server.on(TASKS, lost()),
            "prism-await-task-action?patience=PT1S",
            Map.of("taskExtId", TASK),
            fails("timeout", "Prism could not be read")),
        new DoorCase(
            "an id that is a filter",
            server -> {},
            "prism-await-task-action",
            Map.of("taskExtId", "x' or extId ne '"),
            DoorCase.fails("invalid-input", 0, "taskExtId")),
        new DoorCase(
            "a patience that is none",
            server -> {},
            "prism-await-task-action?patience=soon",
            Map.of("taskExtId", TASK),
            DoorCase.fails("invalid-input", 0, "patience: soon")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tasks")
  void waitsForATask(DoorCase door) {
    door.run();
  }

  private static Answer power(String state) {
    return data("{\"extId\":\"" + VM + "\",\"powerState\":\"" + state + "\"}");
  }

  private static DoorCase awaitsOff(
      String name, String timeout, BiConsumer<Ended, ScriptedPrism> proof, Answer... answers) {
    return new DoorCase(
        name,
        server -> server.on(GET_VM, answers),
        "prism-await-power-state-action?patience=" + timeout,
        Map.of("vmExtId", VM),
        proof);
  }

  static Stream<DoorCase> powerStates() {
    BiConsumer<Ended, ScriptedPrism> off =
        ok(
            (ended, server) ->
                assertThat(ended.body().path("powerState").asText()).isEqualTo("OFF"));
    return Stream.of(
        awaitsOff("off", "PT10S", off, power("OFF")),
        awaitsOff("off a moment later", "PT10S", off, power("ON"), power("ON"), power("OFF")),
        awaitsOff(
            "away on the way", "PT20S", off, power("ON"), lost(), lost(), lost(), power("OFF")),
        awaitsOff(
            "never off",
            "PT1S",
            (ended, server) -> {
              assertThat(ended.kind()).isEqualTo("timeout");
              assertThat(ended.message()).contains("is not OFF in time, it is ON");
            },
            power("ON")),
        awaitsOff("gone", "PT10S", DoorCase.fails("http-404", 1), of(404, "")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("powerStates")
  void waitsForAPowerState(DoorCase door) {
    door.run();
  }

  @Test
  void aChangeWhoseTaskIsStuckStaysOpenInTheLedger() {
    DoorLab lab = DoorLab.lab();
    DoorLab.Central pc = lab.fresh();
    pc.server().on(GET_VM, power("ON")).on(REBOOT, task(TASK)).on(TASKS, RUNNING);
    Ended ended =
        lab.call(
            "prism-reboot-vm-action?patience=PT1S", Map.of("system", pc.name(), "vmExtId", VM));
    assertThat(ended.kind()).isEqualTo("timeout");
    assertThat(ended.effects())
        .singleElement()
        .satisfies(
            effect -> {
              assertThat(effect.state()).isEqualTo(Effect.State.ACCEPTED);
              assertThat(effect.taskExtId()).isEqualTo(TASK);
            });
  }

  private static final Pattern ASKED = Pattern.compile("extId eq '([^']+)'");

  private static List<String> asked(Seen call) {
    List<String> ids = new ArrayList<>();
    Matcher each = ASKED.matcher(call.query());
    while (each.find()) {
      ids.add(each.group(1));
    }
    return ids;
  }

  @Test
  void manyWaitersShareReadsOfAtMostForty() {
    DoorLab lab = DoorLab.lab();
    DoorLab.Central pc = lab.fresh();
    CompletableFuture<Boolean> allWait = new CompletableFuture<>();
    pc.server()
        .on(
            TASKS,
            call -> {
              allWait.orTimeout(20, TimeUnit.SECONDS).join();
              List<String> ids = asked(call);
              return page(
                  ids.size(),
                  ids.stream().map(id -> row(id, "SUCCEEDED", "")).toArray(String[]::new));
            });
    List<String> begun = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      begun.add(
          lab.start(
              "call",
              "prism-await-task-action",
              Map.of("system", pc.name(), "taskExtId", "ZXJnb24=:" + i)));
    }
    Awaitility.await().until(() -> begun.stream().allMatch(id -> lab.passed(id, "step-entered")));
    allWait.complete(true);
    begun.forEach(id -> assertThat(lab.end(id).kind()).isNull());
    List<Seen> reads = pc.server().seen(TASKS);
    assertThat(reads)
        .as("those that were under way, and the rest by forty")
        .hasSizeLessThan(15)
        .allSatisfy(
            call -> {
              assertThat(asked(call)).hasSizeLessThanOrEqualTo(40);
              assertThat(call.query()).contains("$limit=40");
            });
    assertThat(reads.stream().flatMap(call -> asked(call).stream())).hasSize(100);
  }

  @Test
  void makesNoCallForAHaltedExecution() {
    DoorLab lab = DoorLab.lab();
    DoorLab.Central pc = lab.fresh();
    pc.server().on(GET_VM, power("ON")).on(REBOOT, task(TASK)).on(TASKS, RUNNING);
    String id =
        lab.start("call", "prism-reboot-vm-action", Map.of("system", pc.name(), "vmExtId", VM));
    Awaitility.await().until(() -> pc.server().seen(TASKS).size() > 3);
    lab.halt(id);
    Ended ended = lab.end(id);
    assertThat(ended.execution().outcome()).isEqualTo(Outcome.NEEDS_HUMAN);
    int calls = pc.server().seen().size();
    Awaitility.await()
        .during(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(3))
        .until(() -> pc.server().seen().size() == calls);
  }

  @Test
  void repeatsNoCallForAHaltedExecution() {
    DoorLab lab = DoorLab.lab();
    DoorLab.Central pc = lab.fresh();
    pc.server().on(GET_VM, of(503, "").with("Retry-After", "1"), power("ON"));
    String id =
        lab.start("call", "prism-reboot-vm-action", Map.of("system", pc.name(), "vmExtId", VM));
    Awaitility.await().until(() -> pc.server().seen().size() == 1);
    lab.halt(id);
    Ended ended = lab.end(id);
    assertThat(ended.execution().outcome()).isIn(Outcome.NEEDS_HUMAN, Outcome.CANCELLED);
    assertThat(pc.server().seen()).hasSize(1);
  }
}
