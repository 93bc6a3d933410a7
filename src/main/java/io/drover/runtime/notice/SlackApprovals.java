package io.drover.runtime.notice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.approval.ApprovalMessages;
import io.drover.approval.ApprovalMessages.Posted;
import io.drover.approval.ApprovalRequest;
import io.drover.approval.Approvals;
import io.drover.runtime.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/**
 * Keeps a question's message in Slack as the question is: posted once, and without its buttons once
 * it is settled. camel-slack does not tell a message's {@code ts}, so this goes over HTTP.
 */
final class SlackApprovals {
  /** The outbox's channel of what one person is told. */
  static final String ANSWERS = "slack-answer";

  /** Errors that no later try and no change of settings would mend. */
  private static final Set<String> FOR_GOOD =
      Set.of(
          "invalid_blocks",
          "invalid_blocks_format",
          "msg_too_long",
          "no_text",
          "message_not_found",
          "cant_update_message",
          "edit_window_closed",
          "user_not_in_channel",
          "user_not_found");

  private final SlackAppProperties settings;
  private final Approvals approvals;
  private final ApprovalMessages messages;
  private final String publicUrl;
  private final boolean webhook;
  private final ObjectMapper json = new ObjectMapper();

  SlackApprovals(
      SlackAppProperties settings,
      Approvals approvals,
      ApprovalMessages messages,
      String publicUrl,
      boolean webhook) {
    this.settings = settings;
    this.approvals = approvals;
    this.messages = messages;
    this.publicUrl = publicUrl;
    this.webhook = webhook;
  }

  /**
   * Body of the outbox's message: {@code {approval: id}}.
   *
   * @throws RuntimeException when Slack did not take it; it is tried again
   */
  void deliver(String payload, ProducerTemplate doors) {
    ApprovalRequest request = approvals.find(read(payload).path("approval").asText()).orElse(null);
    if (request == null) {
      throw new Undeliverable("There is no such approval");
    }
    QuestionCard card = new QuestionCard(request, approvals.decisions(request.id()), publicUrl);
    Posted known = messages.find(request.id()).orElse(null);
    boolean open = request.state() == ApprovalRequest.State.OPEN;
    if (!settings.posts()) {
      if (open && !webhook) {
        throw new Undeliverable("Slack is not configured (drover.notices.slack)");
      }
      if (open) {
        doors.sendBody("direct:slack", card.text());
      }
    } else if (known == null && open) {
      JsonNode answer =
          call(
              doors,
              "chat.postMessage",
              card.message(settings.approvalsChannel(), settings.listens()));
      String ts = answer.path("ts").asText();
      if (!ts.isEmpty()) {
        messages.posted(request.id(), new Posted(answer.path("channel").asText(), ts));
      }
    } else if (known != null) {
      ObjectNode message = card.message(known.channel(), settings.listens());
      call(doors, "chat.update", message.put("ts", known.ts()));
    }
  }

  /** Tells one person, whom nobody else sees it, what came of his press. */
  void answer(String payload, ProducerTemplate doors) {
    if (!settings.posts()) {
      throw new Undeliverable("Slack's bot token is not configured");
    }
    call(doors, "chat.postEphemeral", (ObjectNode) read(payload));
  }

  /** Who the bot token is, as {@code drover in Example}. */
  String whoAmI(ProducerTemplate doors) {
    JsonNode me = call(doors, "auth.test", json.createObjectNode());
    return me.path("user").asText() + " in " + me.path("team").asText();
  }

  private JsonNode call(ProducerTemplate doors, String method, ObjectNode message) {
    Map<String, Object> headers = new LinkedHashMap<>();
    headers.put(Exchange.HTTP_METHOD, "POST");
    headers.put(Exchange.CONTENT_TYPE, "application/json; charset=utf-8");
    headers.put(
        "Authorization", "Bearer " + new Secret(String.valueOf(settings.botToken())).read());
    headers.put(
        "slackAddress", settings.url().toString().replaceFirst("/+$", "") + "/api/" + method);
    String answer =
        doors.requestBodyAndHeaders("direct:slack-api", message.toString(), headers, String.class);
    JsonNode read = read(answer == null ? "" : answer);
    if (!read.path("ok").asBoolean()) {
      // Slack answers 200 for its errors, too.
      String error = read.path("error").asText("nothing");
      String told = "Slack's " + method + " said " + error;
      throw FOR_GOOD.contains(error) ? new Undeliverable(told) : new IllegalStateException(told);
    }
    return read;
  }

  private JsonNode read(String text) {
    try {
      return json.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Slack's answer is no JSON", e);
    }
  }
}
