package io.drover.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.approval.ApprovalRequest;
import io.drover.approval.ApprovalRequest.State;
import io.drover.approval.Approvals;
import io.drover.approval.Approvers;
import io.drover.approval.Decision;
import io.drover.approval.DecisionRefused;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions and decisions in the ledger, with two processes that decide at once. */
class ApprovalsTest {
  private static final int RACES = 1_000;
  private TestLedger ledger;
  private TestLedger.Node one;
  private TestLedger.Node two;

  @BeforeEach
  void open(@TempDir Path folder) {
    ledger = new TestLedger(folder);
    one = ledger.node("one");
    two = ledger.node("two");
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private ApprovalRequest ask(Execution execution, String hash) {
    return one.approvals.ask(
        new Approvals.Question(
            execution.id(),
            "ask",
            1,
            "gate",
            "alice",
            Approvers.parse("group:approvers"),
            1,
            "{}",
            hash,
            Duration.ofHours(1)));
  }

  private static CompletableFuture<Boolean> decide(
      TestLedger.Node node, String who, String id, boolean yes) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            node.approvals.decide(
                id, new Approvals.Decider(who, Set.of("approvers"), null), yes, "in a race", null);
            return true;
          } catch (DecisionRefused late) {
            assertThat(late.why()).isEqualTo(DecisionRefused.Why.TOO_LATE);
            return false;
          }
        });
  }

  @Test
  void ofTwoWhoDecideAtOnceOneCounts() {
    Execution execution = one.running("gated");
    int counted = 0;
    int wrong = 0;
    for (int race = 0; race < RACES; race++) {
      ApprovalRequest request = ask(execution, "hash-" + race); // supersedes the one before
      CompletableFuture<Boolean> anna = decide(one, "anna", request.id(), true);
      CompletableFuture<Boolean> bert = decide(two, "bert", request.id(), false);
      counted += (anna.join() ? 1 : 0) + (bert.join() ? 1 : 0);
      State state = one.approvals.find(request.id()).orElseThrow().state();
      Decision only = one.approvals.decisions(request.id()).get(0);
      boolean agrees =
          one.approvals.decisions(request.id()).size() == 1
              && (state == State.APPROVED) == only.approved()
              && only.approved() == anna.join();
      wrong += agrees ? 0 : 1;
      if (state == State.REJECTED) {
        execution = one.running("gated"); // a no is final for the one who asked
      }
    }
    System.out.printf(
        "APPROVAL MATRIX: %d races of two deciders, decisions that counted %d, wrong %d%n",
        RACES, counted, wrong);
    assertThat(counted).isEqualTo(RACES);
    assertThat(wrong).isZero();
  }

  @Test
  void findsItsQuestionAgainAndItsTimeEnds() {
    Execution execution = one.running("gated");
    ApprovalRequest first = ask(execution, "a");
    assertThat(ask(execution, "a").id()).isEqualTo(first.id());
    ApprovalRequest second = ask(execution, "b");
    assertThat(second.round()).isEqualTo(2);
    assertThat(one.approvals.find(first.id()).orElseThrow().state()).isEqualTo(State.SUPERSEDED);
    assertThat(one.approvals.list(State.OPEN, 10))
        .extracting(ApprovalRequest::id)
        .containsExactly(second.id());
    ledger.clock.forward(Duration.ofHours(2));
    assertThat(decide(two, "anna", second.id(), true).join()).isFalse();
    assertThat(one.approvals.list(State.OPEN, 10)).isEmpty();
    assertThat(ask(execution, "b").state()).isEqualTo(State.EXPIRED);
  }

  @Test
  void nothingIsDecidedForAnExecutionThatHasEnded() {
    Execution execution = one.running("gated");
    ApprovalRequest request = ask(execution, "a");
    one.journal.ended(execution.id(), Outcome.CANCELLED, null, null).join();
    assertThat(decide(one, "anna", request.id(), true).join()).isFalse();
    assertThat(one.approvals.list(State.OPEN, 10)).isEmpty();
  }

  @Test
  void whoWasAnsweredBeforeItWaitedIsWokenAllTheSame() {
    Execution execution = one.running("gated");
    ApprovalRequest request = ask(execution, "a");
    assertThat(decide(two, "anna", request.id(), true).join()).isTrue(); // it does not wait yet
    one.journal
        .waiting(
            execution.id(),
            ledger.clock.now().plus(Duration.ofHours(1)),
            "approval:" + request.id())
        .join();
    assertThat(one.executions.due(ledger.clock.now(), 10)).isEmpty(); // and then its process died
    one.executions.wakeAnswered();
    assertThat(one.executions.due(ledger.clock.now(), 10))
        .extracting(Execution::id)
        .containsExactly(execution.id());
  }
}
