package io.drover.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.dr.Protection;
import io.drover.dr.Protections;
import io.drover.execution.Execution;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Real {@code kill -9} in replications and drills. The simulated world, which outlives each process
 * and does not remember request ids, is the judge: what stands in it was made once.
 */
class DrCrashTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KILLS = Integer.getInteger("drover.kills", 8);
  private static final int SEED = Integer.getInteger("drover.seed", 20261124);
  private static final int VMS = 20;
  private static final String TEST_NETWORK =
      UUID.nameUUIDFromBytes(
              "test subnet 0005b000-aaaa-bbbb-0000-000000010a01".getBytes(StandardCharsets.UTF_8))
          .toString();

  private static final List<String> REPLICATION =
      List.of(
          "effect-journaled@create-recovery-point",
          "call-after-send@create-recovery-point",
          "call-answered@create-recovery-point",
          "effect-journaled@replicate",
          "call-after-send@replicate",
          "task-polled@replicate",
          "step-ending@verify-replica",
          "",
          "effect-before-journal@create-recovery-point",
          "step-ending@create-recovery-point",
          "call-answered@replicate",
          "step-ending@replicate",
          "step-ending@record-protection",
          "step-ending@plan-replication",
          "step-entered@report",
          "");

  private static final List<String> DRILL =
      List.of(
          "effect-journaled@restore-vm",
          "call-after-send@restore-vm",
          "call-answered@restore-vm",
          "task-polled@restore-vm",
          "call-after-send@power-on",
          "step-entered@prove-clean",
          "call-after-send@delete-vm",
          "",
          "effect-before-journal@restore-vm",
          "step-ending@restore-vm",
          "step-ending@start-stage",
          "step-ending@validate",
          "effect-journaled@delete-vm",
          "step-ending@clean-up",
          "step-entered@report",
          "");

  private final Random random = new Random(SEED);

  private static Lab lab() {
    return Lab.withDr(
        VMS,
        List.of("drover.dr.test-networks.dr=" + TEST_NETWORK, "drover.approve-as=approvers"),
        "--request-id-memory=off",
        "--special-vms=off",
        "--other-vms=3");
  }

  @Test
  void takesOnePointAndSendsOneCopyOfEachVm() throws Exception {
    try (Lab lab = lab()) {
      lab.stop();
      Lives lives = new Lives(lab, "dr-replication", random);
      for (int kill = 0; kill < KILLS; kill++) {
        ObjectNode inputs = JSON.createObjectNode();
        inputs.put("system", "prod").put("target", "dr").put("targetCluster", "cluster-a");
        inputs.put("groupSize", 5).put("landWithin", "PT2M");
        lives.live(inputs.toString(), REPLICATION.get(kill % REPLICATION.size()));
      }
      List<Execution> runs = lives.finish();
      Map<String, Integer> points = new HashMap<>();
      Map<String, Integer> copies = new HashMap<>();
      Set<String> kinds = new HashSet<>();
      for (JsonNode point : lab.world().world().path("recoveryPoints")) {
        String kind = point.path("locationAgnosticId").asText();
        if (point.path("central").asText().equals("production")) {
          kinds.add(kind);
          for (String vm : point.path("vms").asText().split(",")) {
            points.merge(vm, 1, Integer::sum);
          }
        } else {
          copies.merge(kind, 1, Integer::sum);
        }
      }
      int second = points.values().stream().mapToInt(n -> Math.max(0, n - runs.size())).sum();
      int forgotten = points.values().stream().mapToInt(n -> Math.max(0, runs.size() - n)).sum();
      forgotten += (VMS - points.size()) * runs.size();
      int twice = copies.values().stream().mapToInt(n -> n - 1).sum();
      long uncopied = kinds.stream().filter(kind -> !copies.containsKey(kind)).count();
      long others = runs.stream().filter(run -> run.outcome() != Outcome.SUCCEEDED).count();
      List<Protection> last = lab.bean(Protections.class).list(Protections.Filter.ANY, 1_000);
      long unprotected =
          last.stream().filter(vm -> vm.state() != Protection.State.PROTECTED).count();
      System.out.printf(
          "REPLICATION CRASH MATRIX: kills %d, runs %d, VMs %d, points %d, second points %d, second"
              + " copies %d, VMs forgotten %d, points without a copy %d, unprotected %d, other"
              + " outcomes %d; killed at %s%n",
          lives.killed().size(),
          runs.size(),
          VMS,
          kinds.size(),
          second,
          twice,
          forgotten,
          uncopied,
          unprotected,
          others,
          lives.killed());
      assertThat(runs).hasSize(KILLS);
      assertThat(second).isZero();
      assertThat(twice).isZero();
      assertThat(forgotten).isZero();
      assertThat(uncopied).isZero();
      assertThat(unprotected).isZero();
      assertThat(last).hasSize(VMS);
      assertThat(others).isZero();
    }
  }

  @Test
  void leavesNoVmOnTheOtherSideThatNobodyKnowsOf() throws Exception {
    try (Lab lab = lab()) {
      ObjectNode copy = JSON.createObjectNode();
      copy.put("system", "prod").put("target", "dr").put("targetCluster", "cluster-a");
      assertThat(lab.run("dr-replication", copy).outcome()).isEqualTo(Outcome.SUCCEEDED);
      Set<String> before = target(lab);
      List<String> names = names(lab);
      lab.stop();
      Lives lives = new Lives(lab, "dr-drill", random);
      for (int kill = 0; kill < KILLS; kill++) {
        lives.live(drill(names).toString(), DRILL.get(kill % DRILL.size()));
      }
      List<Execution> runs = lives.finish();
      Set<String> left = target(lab);
      left.removeAll(before);
      long gone = before.stream().filter(vm -> !target(lab).contains(vm)).count();
      long restored = lab.world().log().stream().filter(e -> e.event().equals("restored")).count();
      Map<String, Integer> each = new HashMap<>();
      lab.world().log().stream()
          .filter(event -> event.event().equals("restored"))
          .forEach(event -> each.merge(event.vmName(), 1, Integer::sum));
      int twice = each.values().stream().mapToInt(n -> n - 1).sum();
      long others = runs.stream().filter(run -> run.outcome() != Outcome.SUCCEEDED).count();
      System.out.printf(
          "DRILL CRASH MATRIX: kills %d, drills %d, VMs restored %d, restored twice %d, left over %d,"
              + " others deleted %d, other outcomes %d; killed at %s%n",
          lives.killed().size(),
          runs.size(),
          restored,
          twice,
          left.size(),
          gone,
          others,
          lives.killed());
      assertThat(runs).hasSize(KILLS);
      assertThat(left).isEmpty();
      assertThat(gone).isZero();
      assertThat(twice).isZero();
      assertThat(others).isZero();
    }
  }

  private static ObjectNode drill(List<String> names) {
    ObjectNode inputs = JSON.createObjectNode();
    inputs.put("system", "prod").put("target", "dr").put("network", TEST_NETWORK);
    ArrayNode stages = inputs.putArray("stages");
    ArrayNode first = stages.addObject().put("name", "first").putArray("vms");
    ArrayNode second = stages.addObject().put("name", "second").putArray("vms");
    names.subList(0, 3).forEach(first::add);
    names.subList(3, 6).forEach(second::add);
    return inputs;
  }

  private static List<String> names(Lab lab) {
    List<String> ids = new ArrayList<>();
    for (JsonNode vm : lab.world().world().path("vms")) {
      if (vm.path("central").asText().equals("production")) {
        ids.add(vm.path("extId").asText());
      }
    }
    return ids;
  }

  private static Set<String> target(Lab lab) {
    Set<String> ids = new HashSet<>();
    for (JsonNode vm : lab.world().world().path("vms")) {
      if (vm.path("central").asText().equals("dr")) {
        ids.add(vm.path("extId").asText());
      }
    }
    return ids;
  }
}
