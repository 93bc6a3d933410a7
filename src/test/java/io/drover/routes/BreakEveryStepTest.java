package io.drover.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.execution.Execution;
import io.drover.execution.Outcome;
import io.drover.execution.StepRecord;
import io.drover.execution.VmLocks;
import io.drover.routes.StepBreaker.Break;
import io.drover.routes.StepBreaker.Place;
import io.drover.routes.StepBreaker.When;
import io.drover.testing.Lab;
import io.drover.testing.SimulatorClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Each step that stands in the loaded routes of a patch window fails in turn, once before it did
 * anything and once after it did all; whatever step that is, no VM stays between states.
 */
class BreakEveryStepTest {
  private static final Set<Outcome> UNSURE = Set.of(Outcome.NEEDS_HUMAN, Outcome.ROLLBACK_UNPROVEN);
  private static Lab lab;
  private static StepBreaker breaker;
  private static List<SimulatorClient.Vm> unused;
  private final List<String> leftBetween = new ArrayList<>();
  private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);

  @BeforeAll
  static void start() {
    lab = Lab.with(100, List.of(), List.of(StepBreaker.class));
    breaker = lab.bean(StepBreaker.class);
    unused = new ArrayList<>(lab.world().vms());
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @Test
  void ofOneVm() {
    Map<String, SimulatorClient.Vm> before = new LinkedHashMap<>();
    for (Place place : breaker.places("patch-vm")) {
      for (When when : When.values()) {
        SimulatorClient.Vm vm = unused.remove(0);
        before.put(vm.extId(), vm);
        breaker.set(vm.extId(), new Break("patch-vm", place.step(), when));
        // A step of the rollback is only come to when there is something to roll back.
        if (place.within().contains("onException")) {
          boolean whenUnproven = place.within().contains("doCatch");
          String behaviour = whenUnproven ? "unhealthyEvenAfterRevert" : "unhealthyAfterPatch";
          lab.world().change(vm.extId(), "behaviour", behaviour);
        }
      }
    }
    Execution window = patch(before.keySet());
    for (Map.Entry<String, Break> entry : breaker.breaks().entrySet()) {
      Execution child = lab.child(window.id(), entry.getKey());
      assertBroken(child, entry.getValue().step());
      judge(child, Objects.requireNonNull(before.get(entry.getKey())));
      count(child);
    }
    report("patch-vm", before.size());
  }

  @Test
  void ofTheWindow() {
    List<Place> places = breaker.places("patch-window");
    for (Place place : places) {
      for (When when : When.values()) {
        SimulatorClient.Vm vm = unused.remove(0);
        breaker.set(vm.extId(), new Break("patch-window", place.step(), when));
        Execution window = patch(Set.of(vm.extId()));
        assertBroken(window, place.step());
        assertThat(window.outcome()).as(lab.story(window.id())).isNotEqualTo(Outcome.SUCCEEDED);
        for (Execution child : lab.executions().children(window.id())) {
          judge(child, vm);
        }
        count(window);
      }
    }
    report("patch-window", places.size() * 2);
  }

  @Test
  void ofARetriedRollback() {
    Map<String, Break> breaks = new LinkedHashMap<>();
    Map<String, SimulatorClient.Vm> before = new LinkedHashMap<>();
    for (Place place : breaker.places("roll-back-vm")) {
      for (When when : When.values()) {
        SimulatorClient.Vm vm = unused.remove(0);
        lab.world().change(vm.extId(), "behaviour", "unhealthyEvenAfterRevert");
        breaks.put(vm.extId(), new Break("roll-back-vm", place.step(), when));
        before.put(vm.extId(), vm);
      }
    }
    Execution window = patch(breaks.keySet());
    Map<String, String> retried = new LinkedHashMap<>();
    breaks.forEach(
        (vm, what) -> {
          lab.world().change(vm, "behaviour", "healthy");
          lab.world().change(vm, "broken", false);
          breaker.set(vm, what);
          String unproven = lab.child(window.id(), vm).id();
          retried.put(vm, lab.operations().retryRollback(unproven, "olga").id());
        });
    retried.forEach(
        (vm, id) -> {
          Execution again = lab.end(id);
          assertBroken(again, Objects.requireNonNull(breaks.get(vm)).step());
          assertThat(again.outcome()).as(lab.story(id)).isNotEqualTo(Outcome.ROLLED_BACK);
          judge(again, Objects.requireNonNull(before.get(vm)));
          count(again);
        });
    report("roll-back-vm", breaks.size());
  }

  private static Execution patch(Set<String> vms) {
    String id = lab.begin("patch-window", lab.window(vms.toArray(new String[0])));
    return lab.end(id, Duration.ofSeconds(120));
  }

  private static void assertBroken(Execution execution, String step) {
    assertThat(lab.executions().steps(execution.id()))
        .as("%s broken: %s", step, lab.story(execution.id()))
        .anyMatch(
            record ->
                record.key().step().equals(step)
                    && record.state() == StepRecord.State.FAILED
                    && String.valueOf(record.errorMessage()).contains("broken by the test"));
  }

  private void count(Execution execution) {
    outcomes.merge(Objects.requireNonNull(execution.outcome()), 1, Integer::sum);
  }

  private void judge(Execution execution, SimulatorClient.Vm before) {
    try {
      assertNotBetween(execution, before);
    } catch (AssertionError wrong) {
      leftBetween.add(String.valueOf(wrong.getMessage()));
    }
  }

  /** The world shows what the outcome says; where nothing is sure, it is locked and paged. */
  private static void assertNotBetween(Execution execution, SimulatorClient.Vm before) {
    String story = lab.story(execution.id());
    Outcome outcome = Objects.requireNonNull(execution.outcome());
    SimulatorClient.Vm now = lab.world().vm(before.extId());
    boolean well = now.healthy() && now.power().equals("ON") && !now.halfInstalled();
    Set<String> locked =
        lab.bean(VmLocks.class).all().stream()
            .filter(held -> held.toString().contains(before.extId()))
            .map(VmLocks.Held::execution)
            .collect(Collectors.toSet());
    assertThat(lab.world().recoveryPoints(before.extId())).as(story).hasSizeLessThanOrEqualTo(1);
    assertThat(now.updates()).as(story).isLessThanOrEqualTo(1);
    if (UNSURE.contains(outcome)) {
      assertThat(locked).as(story).isNotEmpty();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> lab.paged().contains("drover/" + execution.id()));
      return;
    }
    assertThat(locked).as(story).isEmpty();
    assertThat(well).as("%s %s", now, story).isTrue();
    int patched = outcome == Outcome.SUCCEEDED ? 1 : 0;
    assertThat(now.release()).as(story).isEqualTo(before.release() + patched);
    if (outcome == Outcome.ROLLED_BACK) {
      assertThat(lab.world().count("reverted", before.extId())).as(story).isEqualTo(1);
    } else if (outcome != Outcome.SUCCEEDED) {
      assertThat(lab.world().count("reverted", before.extId())).as(story).isZero();
      assertThat(now.boots()).as(story).isEqualTo(before.boots());
    }
  }

  private void report(String runbook, int broken) {
    System.out.printf(
        "BREAK MATRIX %s: %d steps broken, left between states %d; outcomes %s%n",
        runbook, broken, leftBetween.size(), outcomes);
    assertThat(leftBetween).isEmpty();
  }
}
