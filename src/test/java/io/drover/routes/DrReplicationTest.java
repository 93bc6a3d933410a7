package io.drover.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.dr.Protection;
import io.drover.dr.Protections;
import io.drover.execution.Execution;
import io.drover.execution.InvalidInput;
import io.drover.execution.LedgerClock;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import io.drover.testing.SimulatorClient;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DrReplicationTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CLUSTER = "0005b000-aaaa-bbbb-0000-000000010a01";

  private static Lab lab;

  @BeforeAll
  static void start() {
    lab = Lab.withDr(12, List.of());
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @AfterEach
  void noFaults() {
    lab.world().noFaults();
    production().forEach(vm -> lab.world().change(vm.extId(), "replication", "normal"));
  }

  /** Inputs for the two environments. */
  static ObjectNode inputs(int groupSize) {
    ObjectNode inputs = JSON.createObjectNode();
    inputs.put("system", "prod").put("target", "dr").put("targetCluster", "cluster-a");
    inputs.put("groupSize", groupSize).put("landWithin", "PT5S");
    return inputs;
  }

  private static List<SimulatorClient.Vm> production() {
    Set<String> ids = new HashSet<>();
    for (JsonNode vm : lab.world().world().path("vms")) {
      if (vm.path("central").asText().equals("production")) {
        ids.add(vm.path("extId").asText());
      }
    }
    return lab.world().vms().stream().filter(vm -> ids.contains(vm.extId())).toList();
  }

  private static Protection protection(String vm) {
    return lab.bean(Protections.class).find("prod", "dr", vm).orElseThrow();
  }

  @Test
  void protectsEveryVmOfACategoryAndSeesTheCopies() {
    Execution run = lab.run("dr-replication", inputs(30));
    assertThat(run.outcome()).as(lab.story(run.id())).isEqualTo(Outcome.SUCCEEDED);
    Instant now = lab.bean(LedgerClock.class).now();
    for (SimulatorClient.Vm vm : production()) {
      Protection known = protection(vm.extId());
      assertThat(known.state()).isEqualTo(Protection.State.PROTECTED);
      assertThat(known.lag(now)).isLessThan(Duration.ofMinutes(1));
      assertThat(known.overRpo(now)).isFalse();
      Duration kept = Duration.between(known.pointAt(), known.expiresAt());
      assertThat(kept)
          .as(known.category())
          .isBetween(
              Duration.ofDays(known.category().endsWith("Test") ? 3 : 14).minusSeconds(5),
              Duration.ofDays(known.category().endsWith("Test") ? 3 : 14).plusSeconds(5));
      assertThat(lab.world().world().path("recoveryPoints"))
          .anyMatch(
              point ->
                  point.path("central").asText().equals("dr")
                      && point.path("extId").asText().equals(known.replica())
                      && point.path("cluster").asText().equals(CLUSTER)
                      && point.path("vms").asText().contains(vm.extId()));
    }
    assertThat(lab.executions().children(run.id())).hasSizeLessThan(6);
  }

  @Test
  void aCopyThatNeverLandsIsReportedAsFailedAndTheRestIsProtected() {
    SimulatorClient.Vm bad = production().get(0);
    lab.world().change(bad.extId(), "replication", "neverLands");
    ObjectNode inputs = inputs(1);
    inputs.put("landWithin", "PT1S");
    Execution run = lab.run("dr-replication", inputs);
    assertThat(run.outcome()).as(lab.story(run.id())).isEqualTo(Outcome.FAILED_CHANGED);
    assertThat(run.reason()).contains("11 of 12 VMs protected", "1 failed");
    assertThat(protection(bad.extId()).state()).isEqualTo(Protection.State.FAILED);
    assertThat(protection(bad.extId()).reason()).contains("is not there");
    assertThat(lab.bean(Protections.class).list(Protections.Filter.of(run.id()), 100))
        .filteredOn(vm -> vm.state() == Protection.State.PROTECTED)
        .hasSize(11);
  }

  @Test
  void aVmThatIsLeftOutOfACopyIsNamedAndItsCompanyIsProtected() {
    SimulatorClient.Vm bad = production().get(3);
    lab.world().change(bad.extId(), "replication", "leftOut");
    Execution run = lab.run("dr-replication", inputs(30));
    assertThat(run.reason()).as(lab.story(run.id())).contains("11 of 12 VMs protected", "1 failed");
    assertThat(protection(bad.extId()).reason()).contains("does not hold this VM");
  }

  @Test
  void aCopyWithAnotherExpiryDoesNotCount() {
    SimulatorClient.Vm bad = production().get(4);
    lab.world().change(bad.extId(), "replication", "losesExpiry");
    Execution run = lab.run("dr-replication", inputs(1));
    assertThat(run.reason()).as(lab.story(run.id())).contains("1 failed");
    assertThat(protection(bad.extId()).reason()).contains("expires never");
  }

  @Test
  void oneBadVmDoesNotTakeItsGroupWithIt() {
    SimulatorClient.Vm bad = production().get(5);
    lab.world()
        .fault("task-failed", "path", ".*/recovery-points", "central", "production", "count", 1);
    Execution run = lab.run("dr-replication", inputs(30));
    assertThat(run.outcome()).as(lab.story(run.id())).isEqualTo(Outcome.SUCCEEDED);
    assertThat(lab.executions().children(run.id()))
        .anyMatch(child -> String.valueOf(child.key()).startsWith("alone-"));
    assertThat(protection(bad.extId()).state()).isEqualTo(Protection.State.PROTECTED);
  }

  @Test
  void completesWhenTheTargetWasAwayLongerThanEveryRetry() throws InterruptedException {
    Execution[] run = new Execution[1];
    String fault = lab.world().fault("away", "central", "dr", "count", -1);
    String id = lab.begin("dr-replication", inputs(30));
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                lab.executions().steps(id).stream().filter(step -> step.errorKind() != null).count()
                    >= 2);
    lab.world().release(fault);
    run[0] = lab.end(id, Duration.ofSeconds(90));
    assertThat(run[0].outcome()).as(lab.story(id)).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void completesWhenTheTargetGoesAwayWithTheCopyUnderWay() {
    lab.world().fault("away", "central", "dr", "path", ".*recovery-points.*", "count", 40);
    ObjectNode inputs = inputs(30);
    inputs.put("landWithin", "PT1S");
    Execution run = lab.end(lab.begin("dr-replication", inputs), Duration.ofSeconds(90));
    assertThat(run.outcome()).as(lab.story(run.id())).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void refusesWrongPoliciesBeforeAnythingIsStarted() {
    refused("PT1H", "at least the rpo");
    refused("P400D", "at most PT8760H");
    refused("", "(missing)");
    refused("P1M", "text matching");
    ObjectNode same = inputs(1);
    same.put("target", "prod");
    assertThat(wrong(same)).contains("target", "another Prism Central");
  }

  private static void refused(String retention, String why) {
    ObjectNode inputs = inputs(1);
    ObjectNode policy = inputs.putArray("policies").addObject();
    policy.put("category", "Environment:Test");
    if (!retention.isEmpty()) {
      policy.put("retention", retention);
    }
    assertThat(wrong(inputs)).contains(why).contains("retention");
  }

  private static String wrong(ObjectNode inputs) {
    int before =
        lab.executions().list(io.drover.execution.Executions.Filter.ANY, null, 200).rows().size();
    InvalidInput wrong =
        catchThrowableOfType(InvalidInput.class, () -> lab.begin("dr-replication", inputs));
    assertThat(wrong).isNotNull();
    assertThat(lab.executions().list(io.drover.execution.Executions.Filter.ANY, null, 200).rows())
        .hasSize(before);
    return String.valueOf(wrong.getMessage());
  }
}
