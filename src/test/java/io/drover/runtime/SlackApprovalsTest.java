package io.drover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.approval.ApprovalRequest;
import io.drover.approval.ApprovalRequest.State;
import io.drover.approval.Approvals;
import io.drover.execution.Audit;
import io.drover.execution.ExecutionState;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.bcrypt.BCrypt;

/** Questions in Slack, over real sockets: posted, pressed, updated. */
class SlackApprovalsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static Lab lab;

  @BeforeAll
  static void start() throws IOException {
    List<String> own = new ArrayList<>();
    own.add(
        "drover.runtime.routes=classpath:routes/systems/*.camel.yaml,"
            + "classpath:routes/approval/*.camel.yaml");
    own.add("drover.public-url=https://drover.example.com/");
    int i = 0;
    String hash = BCrypt.hashpw("a password", BCrypt.gensalt(4));
    for (String user :
        List.of(
            "anna approver approvers",
            "bert approver approvers",
            "olga approver approvers",
            "stan approver others",
            "vera viewer approvers")) {
      String[] parts = user.split(" ");
      String at = "drover.access.users[" + i++ + "].";
      own.add(at + "name=" + parts[0]);
      own.add(at + "password-hash=" + hash);
      own.add(at + "roles=" + parts[1]);
      own.add(at + "groups=" + parts[2]);
      own.add(
          "drover.notices.slack.users.U"
              + parts[0].toUpperCase(java.util.Locale.ROOT)
              + "="
              + parts[0]);
    }
    own.add("drover.notices.slack.users.UGONE=somebody-who-left");
    lab = Lab.with(4, own, List.of(ApprovalGateTest.Beans.class), "--seed=9");
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static ApprovalRequest ask(String runbook) {
    ObjectNode inputs = JSON.createObjectNode();
    inputs.put("vm", lab.world().vms().get(0).extId());
    String id = lab.begin(runbook, inputs);
    return open(id, 1);
  }

  private static ApprovalRequest open(String execution, int round) {
    return await()
        .until(
            () ->
                lab.bean(Approvals.class).list(State.OPEN, 200).stream()
                    .filter(request -> request.execution().equals(execution))
                    .filter(request -> request.round() == round)
                    .findFirst()
                    .orElse(null),
            request -> request != null);
  }

  /** The message of a question, once Slack has it and looks like this. */
  private static Map.Entry<String, JsonNode> message(ApprovalRequest request, String wanted) {
    return await()
        .until(
            () ->
                lab.world().slackMessages().properties().stream()
                    .filter(
                        message ->
                            message.getValue().toString().contains(request.gate())
                                && message.getValue().toString().contains(wanted))
                    .findFirst()
                    .orElse(null),
            message -> message != null);
  }

  private static String ts(ApprovalRequest request) {
    return message(request, "approval-" + request.id()).getKey();
  }

  private record Answer(int status, String text) {}

  private static Answer press(String ts, String action, String user, Object... more) {
    return send(lab.world().slackPress(ts, action, user, more));
  }

  private static Answer send(JsonNode signed) {
    try {
      HttpResponse<String> answer =
          HTTP.send(
              HttpRequest.newBuilder(URI.create(lab.url() + "/slack/interactions"))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .header("X-Slack-Request-Timestamp", signed.path("timestamp").asText())
                  .header("X-Slack-Signature", signed.path("signature").asText())
                  .POST(HttpRequest.BodyPublishers.ofString(signed.path("body").asText()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void onRecord(String who, String why) {
    assertThat(lab.bean(Audit.class).list(200))
        .anyMatch(
            entry ->
                entry.who().equals(who)
                    && entry.action().endsWith("-refused")
                    && String.valueOf(entry.detail()).contains(why));
  }

  @Test
  void asksWithButtonsAndShowsWhatBecameOfIt() {
    ApprovalRequest request = ask("gated");
    Map.Entry<String, JsonNode> asked = message(request, "approval-" + request.id());
    assertThat(asked.getValue().toString())
        .contains("https://drover.example.com/api/v1/approvals/" + request.id())
        .contains(request.hash().substring(0, 12));
    Answer answer = press(asked.getKey(), "approve", "UANNA");
    assertThat(answer.text()).contains("Recorded", "APPROVED");
    assertThat(lab.end(request.execution()).outcome()).isEqualTo(Outcome.SUCCEEDED);
    JsonNode after =
        await()
            .until(
                () -> lab.world().slackMessages().path(asked.getKey()),
                now -> now.toString().contains("APPROVED"));
    assertThat(after.toString())
        .contains("anna", "by a button in Slack")
        .doesNotContain("action_id");
  }

  @Test
  void takesAPressOnceAndOnlyWhileItIsFresh() {
    ApprovalRequest request = ask("gated-by-two");
    String ts = ts(request);
    JsonNode signed = lab.world().slackPress(ts, "approve", "UANNA");
    assertThat(send(signed).text()).contains("Recorded");
    Answer again = send(signed);
    assertThat(again.status()).isEqualTo(401);
    assertThat(again.text()).contains("it was here before");
    assertThat(press(ts, "approve", "UBERT", "ageSeconds", 400).text()).contains("timestamp");
    assertThat(press(ts, "approve", "UBERT", "ageSeconds", -400).text()).contains("timestamp");
    ObjectNode forged = lab.world().slackPress(ts, "approve", "UBERT").deepCopy();
    forged.put("body", forged.path("body").asText().replace("UBERT", "UANNA"));
    assertThat(send(forged).text()).contains("signature is wrong");
    onRecord("slack", "it was here before");
    onRecord("slack", "its timestamp is");
    onRecord("slack", "its signature is wrong");
    // A restart does not forget either.
    lab.restart();
    assertThat(send(signed).status()).isEqualTo(401);
    assertThat(lab.find(request.execution()).state()).isEqualTo(ExecutionState.WAITING);
    assertThat(press(ts, "approve", "UBERT").text()).contains("APPROVED");
    assertThat(lab.end(request.execution()).outcome()).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void refusesWhoHasNoSay() {
    ApprovalRequest request = ask("gated");
    String ts = ts(request);
    assertThat(press(ts, "approve", "UOLGA").text()).contains("Not counted"); // she asked for it
    onRecord("olga", "olga");
    assertThat(press(ts, "approve", "USTAN").text()).contains("Not counted");
    onRecord("stan", "stan");
    assertThat(press(ts, "approve", "UVERA").text()).contains("has not the role approver");
    onRecord("vera", "role approver");
    assertThat(press(ts, "approve", "UNOBODY").text()).contains("is nobody here");
    onRecord("UNOBODY", "nobody here");
    assertThat(press(ts, "approve", "UGONE").text()).contains("no user somebody-who-left");
    onRecord("somebody-who-left", "no user");
    assertThat(lab.find(request.execution()).state()).isEqualTo(ExecutionState.WAITING);
    assertThat(press(ts, "reject", "UANNA").text()).contains("REJECTED");
    assertThat(press(ts, "approve", "UBERT").text()).contains("REJECTED already");
    onRecord("bert", "REJECTED already");
    assertThat(lab.end(request.execution()).outcome()).isEqualTo(Outcome.REJECTED);
    await()
        .untilAsserted(
            () ->
                assertThat(lab.world().messages())
                    .anyMatch(
                        message ->
                            message.path("path").asText().endsWith("chat.postEphemeral")
                                && message.path("body").asText().contains("UVERA")));
  }

  @Test
  void anOldMessageDecidesNothingAboutNewFacts() {
    ApprovalRequest first = ask("gated");
    String ts = ts(first);
    JsonNode old = lab.world().slackPress(ts, "approve", "UANNA");
    lab.world().change(lab.world().vms().get(0).extId(), "name", "renamed");
    lab.bean(Approvals.class)
        .decide(
            first.id(),
            new Approvals.Decider("bert", java.util.Set.of("approvers"), "test"),
            true,
            "as it was",
            null);
    ApprovalRequest second = open(first.execution(), 2);
    assertThat(send(old).text()).contains("Not counted", "SUPERSEDED");
    message(first, "asked anew");
    String now = ts(second);
    assertThat(press(now, "approve", "UANNA").text()).contains("APPROVED");
    assertThat(lab.end(first.execution()).outcome()).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void anExpiredQuestionTakesNoMoreAnswers() {
    ApprovalRequest request = ask("gated-shortly");
    assertThat(lab.end(request.execution()).outcome()).isEqualTo(Outcome.REJECTED);
    message(request, "nobody answered");
  }

  @Test
  void goesOutOnceSlackIsThereAgain() {
    lab.world().fault("status", "system", "slack", "status", 503, "count", 2);
    ApprovalRequest request = ask("gated");
    assertThat(press(ts(request), "approve", "UANNA").text()).contains("APPROVED");
    lab.end(request.execution());
  }
}
