package io.drover.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.dr.Protection;
import io.drover.dr.Protections;
import io.drover.execution.Execution;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DrVerifyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static Lab lab;
  private static String incomplete;

  @BeforeAll
  static void start() {
    lab = Lab.withDr(6, List.of());
    incomplete = extId("web-5");
    lab.world().change(incomplete, "replication", "incomplete");
    lab.run("dr-replication", DrReplicationTest.inputs(1).put("landWithin", "PT1S"));
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static String extId(String name) {
    return lab.world().vm(name).extId();
  }

  private static Execution verify(String field, String value) {
    ObjectNode inputs = JSON.createObjectNode().put("target", "dr").put(field, value);
    if (field.equals("recoveryPoint")) {
      inputs.put("system", "prod");
    }
    return lab.run("dr-verify", inputs);
  }

  private static Protection known(String vm) {
    return lab.bean(Protections.class).find("prod", "dr", extId(vm)).orElseThrow();
  }

  @Test
  void saysWhatIsThereAndUntilWhen() {
    Protection vm = known("web-1");
    Execution byKind = verify("locationAgnosticId", String.valueOf(vm.locationAgnosticId()));
    assertThat(byKind.outcome()).as(lab.story(byKind.id())).isEqualTo(Outcome.SUCCEEDED);
    JsonNode result = lab.json(String.valueOf(byKind.result()));
    assertThat(result.path("expiresAt").asText()).isEqualTo(String.valueOf(vm.expiresAt()));
    Execution byVm = verify("vm", extId("web-1"));
    assertThat(byVm.outcome()).as(lab.story(byVm.id())).isEqualTo(Outcome.SUCCEEDED);
    assertThat(byVm.reason()).contains(String.valueOf(vm.replica()), "complete");
    String source = lab.world().recoveryPoints(extId("web-1")).get(0);
    Execution byPoint = verify("recoveryPoint", source);
    assertThat(byPoint.outcome()).as(lab.story(byPoint.id())).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void saysNoToWhatIsNotThereNotCompleteOrOver() {
    Execution none = verify("locationAgnosticId", "0d000000-0000-4000-8000-0000000003ff");
    assertThat(none.outcome()).isEqualTo(Outcome.FAILED_UNCHANGED);
    assertThat(none.reason()).contains("There is no copy");
    Execution half = verify("vm", incomplete);
    assertThat(half.outcome()).isEqualTo(Outcome.FAILED_UNCHANGED);
    assertThat(half.reason()).contains("No copy is complete");
    assertThat(known("web-5").reason()).contains("is not complete");
  }

  @Test
  void saysThatNobodyKnowsWhileTheTargetIsAway() {
    lab.world().fault("away", "central", "dr", "count", -1);
    Execution away = verify("vm", extId("web-1"));
    assertThat(away.outcome()).as(lab.story(away.id())).isEqualTo(Outcome.FAILED_UNCHANGED);
    assertThat(away.reason()).contains("Nobody knows");
    lab.world().noFaults();
  }
}
