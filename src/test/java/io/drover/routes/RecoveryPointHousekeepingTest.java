package io.drover.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.approval.ApprovalRequest;
import io.drover.approval.Approvals;
import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RecoveryPointHousekeepingTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static Lab lab;

  @BeforeAll
  static void start() {
    lab = Lab.withDr(8, List.of());
    lab.run("dr-replication", DrReplicationTest.inputs(1));
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static ObjectNode inputs() {
    return JSON.createObjectNode();
  }

  /** The findings about a point, as the report has them. */
  private static List<String> about(Execution run, String point) {
    try (var in =
        lab.bean(io.drover.execution.Artifacts.class).open(run.id(), "recovery-points.csv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.contains(point))
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean there(String point) {
    List<String> ids = new ArrayList<>();
    for (JsonNode each : lab.world().world().path("recoveryPoints")) {
      ids.add(each.path("extId").asText());
    }
    return ids.contains(point);
  }

  /** A patch whose recovery point the ledger knows. */
  private static Effect patched(String vm, Outcome outcome) {
    Execution window = lab.run("patch-window", lab.window(vm));
    Execution child = lab.child(window.id(), lab.world().vm(vm).extId());
    assertThat(child.outcome()).as(lab.story(window.id())).isEqualTo(outcome);
    return lab.executions().effects(child.id()).stream()
        .filter(effect -> effect.kind().equals("create-recovery-point"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void reportsWhatNobodyNeedsAndDeletesItOnlyWithApproval() {
    Effect made = patched("web-1", Outcome.SUCCEEDED);
    String web1 = lab.world().vm("web-1").extId();
    String endless = lab.world().point(web1, "drover-" + made.id(), "never", 2);
    String over = lab.world().point(web1, "drover-" + made.id(), "2026-01-01T00:00:00Z", 300);
    String foreign = lab.world().point(web1, "drover-of-another-one", "never", 2);
    String others = lab.world().point(web1, "nightly", "never", 2);

    Execution report = lab.run("recovery-point-housekeeping", inputs());
    assertThat(report.outcome()).as(lab.story(report.id())).isEqualTo(Outcome.SUCCEEDED);
    assertThat(about(report, endless)).hasSize(1).allMatch(line -> line.contains("NO_EXPIRY"));
    assertThat(about(report, over)).hasSize(1).allMatch(line -> line.contains("EXPIRED"));
    assertThat(about(report, foreign)).allMatch(line -> line.endsWith("UNKNOWN_MAKER,,false"));
    assertThat(about(report, others)).isEmpty();
    assertThat(there(endless)).isTrue();

    String rejected = lab.begin("recovery-point-housekeeping", inputs().put("delete", true));
    lab.answer(rejected, "delete-recovery-points", false);
    assertThat(lab.end(rejected).outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(there(endless)).isTrue();

    // What turns up while they think is asked about anew.
    String run = lab.begin("recovery-point-housekeeping", inputs().put("delete", true));
    ApprovalRequest first =
        await()
            .until(
                () ->
                    lab.bean(Approvals.class).list(ApprovalRequest.State.OPEN, 10).stream()
                        .filter(open -> open.execution().equals(run))
                        .findFirst()
                        .orElse(null),
                open -> open != null);
    String late = lab.world().point(web1, "drover-" + made.id(), "never", 1);
    lab.bean(Approvals.class)
        .decide(
            first.id(),
            new Approvals.Decider("anna", Set.of("approvers"), "test"),
            true,
            "as shown",
            first.hash());
    await()
        .until(
            () ->
                lab.bean(Approvals.class).find(first.id()).orElseThrow().state()
                    == ApprovalRequest.State.SUPERSEDED);
    assertThat(there(endless)).isTrue();
    lab.answer(run, "delete-recovery-points", true);
    Execution done = lab.end(run);
    assertThat(done.outcome()).as(lab.story(run)).isEqualTo(Outcome.SUCCEEDED);
    assertThat(done.reason()).contains("3 of 3");
    assertThat(there(endless)).isFalse();
    assertThat(there(over)).isFalse();
    assertThat(there(late)).isFalse();
    assertThat(there(foreign)).isTrue();
    assertThat(there(others)).isTrue();
  }

  @Test
  void neverOffersWhatSomebodyStillNeedsAndSaysWhatIsGone() {
    String vm = lab.world().vm("web-5").extId();
    lab.world().change(vm, "behaviour", "unhealthyEvenAfterRevert");
    Effect made = patched("web-5", Outcome.ROLLBACK_UNPROVEN);
    String needed = lab.world().point(vm, "drover-" + made.id(), "never", 400);
    Execution report = lab.run("recovery-point-housekeeping", inputs());
    assertThat(about(report, needed)).isEmpty();
    String point = lab.json(String.valueOf(made.result())).path("recoveryPoint").asText();
    ObjectNode wish = inputs();
    wish.put("system", "prod").put("extId", point).put("name", "drover-" + made.id());
    Execution refused = lab.run("delete-recovery-point", wish);
    assertThat(refused.outcome()).as(lab.story(refused.id())).isEqualTo(Outcome.FAILED_UNCHANGED);
    assertThat(refused.reason()).contains("not approved");
    assertThat(there(point)).isTrue();
  }
}
