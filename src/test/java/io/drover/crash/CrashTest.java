package io.drover.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import io.drover.testing.SimulatorClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real {@code kill -9} at each named place and at random times, with a window of 20 VMs in flight
 * each time; every fifth VM is not healthy once it is patched. The simulated world, which outlives
 * each process, is the judge. {@code -Ddrover.kills=N} sets the number of kills for each of the two
 * runs, {@code -Ddrover.seed=N} the random times.
 */
class CrashTest {
  private static final int KILLS = Integer.getInteger("drover.kills", 8);
  private static final int SEED = Integer.getInteger("drover.seed", 20261123);
  private static final int VMS = 20;

  /** So many windows are in flight at most before a Drover that nobody kills ends them. */
  private static final int GENERATION = 10;

  /** {@code point@step}; an empty one is a random time. */
  private static final List<String> PLACES =
      List.of(
          "effect-before-journal@create-recovery-point",
          "effect-journaled@create-recovery-point",
          "call-after-send@create-recovery-point",
          "call-answered@create-recovery-point",
          "task-polled@create-recovery-point",
          "",
          "update-polled@apply-updates",
          "step-entered@revert-vm",
          "call-answered@revert-vm",
          "task-polled@revert-vm",
          "step-ending@revert-vm",
          "",
          "step-entered@prove-rollback",
          "effect-journaled@apply-updates",
          "reboot-sent@reboot",
          "call-after-send@revert-vm");

  private final Random random = new Random(SEED);

  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void losesNothingAndDoesNothingTwice(String requestIdMemory) throws Exception {
    try (Lab lab =
        Lab.with(
            VMS * (KILLS + 1),
            // A machine that just lost its Drover is busy: nothing here tests a deadline.
            List.of(
                "drover.patch.boot-timeout=PT90S",
                "drover.patch.update-timeout=PT90S",
                "drover.patch.recovery-point-timeout=PT90S",
                "drover.patch.revert-timeout=PT90S",
                "drover.guests.first-pause=200ms",
                "drover.guests.longest-pause=1s"),
            "--request-id-memory=" + requestIdMemory)) {
      lab.stop(); // the process in this JVM gives the ledger up; others drive from now on
      World world = new World(lab);
      Map<String, Path> windows = new HashMap<>();
      List<String> killed = new ArrayList<>();
      Set<String> ended = new HashSet<>();
      for (int kill = 0; kill < KILLS; kill++) {
        Path window = world.window(kill);
        windows.put(String.valueOf(window.getFileName()), window);
        int place = kill + (requestIdMemory.equals("off") ? KILLS : 0);
        killed.add(live(lab, windows.values(), PLACES.get(place % PLACES.size())));
        if (windows.size() == GENERATION || kill == KILLS - 1) {
          ended.addAll(finish(lab, windows.values()));
          windows.clear();
          System.out.printf(
              "Crash test, request-id memory %s: %d of %d kills, %d windows ended%n",
              requestIdMemory, kill + 1, KILLS, ended.size());
        }
      }
      lab.start();
      judge(lab, world, ended, killed, requestIdMemory);
    }
  }

  /** One life: the windows so far go on, a new one begins, and it is killed. */
  private String live(Lab lab, Collection<Path> windows, String place) throws Exception {
    String doom = place.isEmpty() ? "" : place + "#" + (1 + random.nextInt(3));
    return new Life(lab, "patch-window", windows, doom).end(doom, random, 3_000);
  }

  private static Set<String> finish(Lab lab, Collection<Path> windows) throws Exception {
    lab.start();
    Set<String> ids = new HashSet<>();
    for (Path window : windows) {
      ids.add(
          lab.bean(io.drover.execution.Runbooks.class)
              .start(
                  new io.drover.execution.Runbooks.Start(
                      "patch-window",
                      Files.readString(window),
                      "olga",
                      new io.drover.execution.Trigger(
                          io.drover.execution.Trigger.Kind.OPERATOR, "crash test"),
                      String.valueOf(window.getFileName()),
                      null,
                      null))
              .execution()
              .id());
    }
    for (String id : ids) {
      lab.end(id, Duration.ofSeconds(120));
    }
    lab.stop();
    return ids;
  }

  private static void judge(
      Lab lab, World world, Set<String> windows, List<String> killed, String memory) {
    Map<String, SimulatorClient.Vm> now = new HashMap<>();
    lab.world().vms().forEach(vm -> now.put(vm.extId(), vm));
    Map<String, Integer> points = new HashMap<>();
    lab.world()
        .world()
        .path("recoveryPoints")
        .forEach(point -> points.merge(point.path("vm").asText(), 1, Integer::sum));
    List<String> lost = new ArrayList<>();
    List<String> secondPoints = new ArrayList<>();
    List<String> secondUpdates = new ArrayList<>();
    List<String> leftFailed = new ArrayList<>();
    List<String> falseRolledBack = new ArrayList<>();
    List<String> others = new ArrayList<>();
    List<String> falseSuccess = new ArrayList<>();
    Map<Outcome, Integer> outcomes = new HashMap<>();
    Set<String> seen = new HashSet<>();
    for (String window : windows) {
      for (Execution child : lab.executions().children(window)) {
        String vm = String.valueOf(child.key());
        SimulatorClient.Vm shown = now.get(vm);
        Outcome outcome = child.outcome();
        seen.add(vm);
        if (shown == null || outcome == null || child.state() != ExecutionState.ENDED) {
          lost.add(child.id());
          continue;
        }
        outcomes.merge(outcome, 1, Integer::sum);
        String what = shown + " " + lab.story(child.id());
        boolean sick = world.sick.contains(vm);
        if (outcome != (sick ? Outcome.ROLLED_BACK : Outcome.SUCCEEDED)) {
          others.add(child.reason() + " " + lab.story(child.id()));
        }
        if (points.getOrDefault(vm, 0) > 1) {
          secondPoints.add(what);
        }
        if (shown.updates() > 1) {
          secondUpdates.add(what);
        }
        boolean well = shown.healthy() && shown.power().equals("ON") && !shown.halfInstalled();
        boolean told = outcome == Outcome.NEEDS_HUMAN || outcome == Outcome.ROLLBACK_UNPROVEN;
        if (!well && !told) {
          leftFailed.add(what);
        }
        if (outcome == Outcome.ROLLED_BACK && (!well || shown.release() != 1)) {
          falseRolledBack.add(what);
        }
        if (outcome == Outcome.SUCCEEDED && (!well || shown.release() != 2)) {
          falseSuccess.add(what);
        }
      }
    }
    world.used.stream().filter(vm -> !seen.contains(vm)).forEach(lost::add);
    System.out.printf(
        "CRASH MATRIX request-id memory %s: kills %d, executions %d, lost %d, second recovery points"
            + " %d, second updates %d, left failed %d, false rolled back %d, false success %d;"
            + " outcomes %s; killed at %s%n",
        memory,
        killed.size(),
        seen.size(),
        lost.size(),
        secondPoints.size(),
        secondUpdates.size(),
        leftFailed.size(),
        falseRolledBack.size(),
        falseSuccess.size(),
        outcomes,
        killed);
    assertThat(lost).isEmpty();
    assertThat(secondPoints).isEmpty();
    assertThat(secondUpdates).isEmpty();
    assertThat(leftFailed).isEmpty();
    assertThat(falseRolledBack).isEmpty();
    assertThat(falseSuccess).isEmpty();
    assertThat(seen).hasSize(VMS * KILLS);
    assertThat(others).as("nothing but the process failed").isEmpty();
  }

  /** Windows over VMs that no other window touches. */
  private static final class World {
    private final Lab lab;
    private final List<SimulatorClient.Vm> fresh;
    final Set<String> used = new HashSet<>();
    final Set<String> sick = new HashSet<>();

    World(Lab lab) {
      this.lab = lab;
      this.fresh = new ArrayList<>(lab.world().vms());
    }

    Path window(int number) throws IOException {
      List<String> vms = new ArrayList<>();
      for (int i = 0; i < VMS; i++) {
        SimulatorClient.Vm vm = fresh.remove(0);
        if (i % 5 == 0) {
          lab.world().change(vm.extId(), "behaviour", "unhealthyAfterPatch");
          sick.add(vm.extId());
        }
        vms.add(vm.extId());
        used.add(vm.extId());
      }
      ObjectNode inputs = lab.window(vms.toArray(new String[0])).put("command", "both");
      ((ObjectNode) inputs.path("healthCheck")).put("intervalMillis", 150).put("timeoutSeconds", 6);
      return Files.writeString(
          lab.folder().resolve("window-" + number + ".json"), inputs.toString());
    }
  }
}
