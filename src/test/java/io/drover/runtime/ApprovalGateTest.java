package io.drover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.approval.ApprovalRequest;
import io.drover.approval.ApprovalRequest.State;
import io.drover.approval.Approvals;
import io.drover.approval.DecisionRefused;
import io.drover.execution.Audit;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;

/** An execution that asks people, waits without an exchange, and goes on with what they said. */
class ApprovalGateTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Approvals.Decider ANNA =
      new Approvals.Decider("anna", Set.of("approvers"), "127.0.0.1");
  private static final Approvals.Decider BERT =
      new Approvals.Decider("bert", Set.of("approvers"), "127.0.0.1");
  private static Lab lab;

  /** What the routes of this test show; the age changes each time. */
  public static final class Facts {
    public Map<String, Object> of(Exchange exchange) {
      Map<?, ?> vm = exchange.getMessage().getBody(Map.class);
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("name", vm.get("name"));
      facts.put("asOf", Map.of("readAt", Instant.now().toString()));
      return facts;
    }
  }

  /** No @Configuration: each test that scans for components would find it. */
  public static class Beans {
    @Bean
    Facts gateFacts() {
      return new Facts();
    }
  }

  @BeforeAll
  static void start() {
    lab =
        Lab.with(
            12,
            List.of(
                "drover.runtime.routes=classpath:routes/systems/*.camel.yaml,"
                    + "classpath:routes/approval/*.camel.yaml"),
            List.of(Beans.class));
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static Approvals approvals() {
    return lab.bean(Approvals.class);
  }

  private static ApprovalRequest open(String execution) {
    await()
        .until(
            () ->
                lab.find(execution).state() == ExecutionState.WAITING
                    && approvals().list(State.OPEN, 200).stream()
                        .anyMatch(request -> request.execution().equals(execution)));
    return approvals().list(State.OPEN, 200).stream()
        .filter(request -> request.execution().equals(execution))
        .findFirst()
        .orElseThrow();
  }

  private static String begin(String runbook) {
    ObjectNode inputs = JSON.createObjectNode();
    inputs.put("vm", lab.world().vms().get(0).extId());
    return lab.begin(runbook, inputs);
  }

  @Test
  void goesOnAfterAYesAndSaysWhoseItWas() {
    String id = begin("gated");
    ApprovalRequest request = open(id);
    assertThat(lab.find(id).waitingFor()).isEqualTo("approval:" + request.id());
    assertThat(lab.json(request.shown()).path("name").asText())
        .isEqualTo(lab.world().vms().get(0).name());
    approvals().decide(request.id(), ANNA, true, "looks right", request.hash());
    Execution ended = lab.end(id);
    assertThat(ended.outcome()).as(lab.story(id)).isEqualTo(Outcome.SUCCEEDED);
    assertThat(ended.reason()).contains("anna", "looks right");
    assertThat(lab.steps(id)).containsExactly("ask");
  }

  @Test
  void aNoEndsItAndSoDoesSilence() {
    String id = begin("gated");
    approvals().decide(open(id).id(), ANNA, false, "not tonight", null);
    assertThat(lab.end(id).outcome()).as(lab.story(id)).isEqualTo(Outcome.REJECTED);
    assertThat(lab.find(id).reason()).contains("not tonight");
    String silent = begin("gated-shortly");
    assertThat(lab.end(silent).outcome()).as(lab.story(silent)).isEqualTo(Outcome.REJECTED);
    assertThat(approvals().list(State.EXPIRED, 10))
        .anyMatch(request -> request.execution().equals(silent));
  }

  @Test
  void asksAnewWhenTheFactsHaveChanged() {
    String vm = lab.world().vms().get(3).extId();
    ObjectNode inputs = JSON.createObjectNode().put("vm", vm);
    String id = lab.begin("gated", inputs);
    ApprovalRequest first = open(id);
    lab.world().change(vm, "name", "renamed");
    approvals().decide(first.id(), ANNA, true, "as it was", null);
    await().until(() -> approvals().find(first.id()).orElseThrow().state() == State.SUPERSEDED);
    ApprovalRequest second = open(id);
    assertThat(second.round()).isEqualTo(2);
    assertThat(second.shown()).contains("renamed");
    assertThatThrownBy(() -> approvals().decide(second.id(), ANNA, true, "blind", first.hash()))
        .isInstanceOf(DecisionRefused.class)
        .hasMessageContaining(second.hash());
    approvals().decide(second.id(), ANNA, true, "as it is", second.hash());
    assertThat(lab.end(id).outcome()).as(lab.story(id)).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void takesTwoDifferentPeople() {
    String id = begin("gated-by-two");
    ApprovalRequest request = open(id);
    approvals().decide(request.id(), ANNA, true, "first", null);
    assertThatThrownBy(() -> approvals().decide(request.id(), ANNA, true, "again", null))
        .hasMessageContaining("already");
    assertThat(lab.find(id).state()).isEqualTo(ExecutionState.WAITING);
    approvals().decide(request.id(), BERT, true, "second", null);
    assertThat(lab.end(id).outcome()).as(lab.story(id)).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void refusesWhoHasNoSayAndKeepsThatOnRecord() {
    String id = begin("gated");
    ApprovalRequest request = open(id);
    Approvals.Decider requester = new Approvals.Decider("olga", Set.of("approvers"), null);
    Approvals.Decider stranger = new Approvals.Decider("stan", Set.of("others"), null);
    for (Approvals.Decider who : List.of(requester, stranger)) {
      assertThatThrownBy(() -> approvals().decide(request.id(), who, true, "let me", null))
          .isInstanceOf(DecisionRefused.class)
          .hasMessageContaining(who.name());
      assertThat(lab.bean(Audit.class).list(100))
          .anyMatch(e -> e.who().equals(who.name()) && e.action().equals("approve-refused"));
    }
    approvals().decide(request.id(), BERT, false, "no need", null);
    assertThatThrownBy(() -> approvals().decide(request.id(), ANNA, true, "but yes", null))
        .isInstanceOf(DecisionRefused.class)
        .hasMessageContainingAll("REJECTED", "bert", "no need");
    lab.end(id);
  }

  @Test
  void aGateWithoutApproversIsAFindingAndNotAnOpenDoor() {
    String id = begin("gated-by-nobody");
    Execution ended = lab.end(id);
    assertThat(ended.outcome()).isEqualTo(Outcome.FAILED_UNCHANGED);
    assertThat(ended.reason()).contains("no-approvers");
  }

  @Test
  void twoOfThemWaitThroughFiveRestarts() {
    String asked = begin("gated");
    String cancelled = begin("gated");
    ApprovalRequest request = open(asked);
    open(cancelled);
    long begun = System.nanoTime();
    lab.stop();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
    lab.start();
    for (int again = 1; again < 5; again++) {
      lab.restart();
      assertThat(lab.find(asked).state()).isEqualTo(ExecutionState.WAITING);
      assertThat(lab.find(cancelled).state()).isEqualTo(ExecutionState.WAITING);
    }
    approvals().decide(request.id(), ANNA, true, "after the restart", request.hash());
    assertThat(lab.end(asked).outcome()).as(lab.story(asked)).isEqualTo(Outcome.SUCCEEDED);
    lab.operations().cancel(cancelled, "olga");
    assertThat(lab.end(cancelled).outcome()).as(lab.story(cancelled)).isEqualTo(Outcome.CANCELLED);
    assertThat(approvals().list(State.OPEN, 200))
        .noneMatch(open -> open.execution().equals(cancelled));
  }
}
