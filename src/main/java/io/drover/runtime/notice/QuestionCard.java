package io.drover.runtime.notice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.approval.ApprovalRequest;
import io.drover.approval.ApprovalRequest.State;
import io.drover.approval.Decision;
import java.util.List;
import java.util.Map;

/** A question as a message of Slack: what is asked, what it shows, two buttons while it is open. */
final class QuestionCard {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Slack takes 3,000 characters a section; this leaves room for what escaping adds. */
  private static final int LONGEST = 2_400;

  private final ApprovalRequest request;
  private final List<Decision> said;
  private final String link;

  /**
   * @param base where people reach this Drover; empty: the link is a path
   */
  QuestionCard(ApprovalRequest request, List<Decision> said, String base) {
    this.request = request;
    this.said = said;
    this.link = base.replaceFirst("/+$", "") + "/api/v1/approvals/" + request.id();
  }

  /** In one text, for a webhook and for screens that show no more. */
  String text() {
    return switch (request.state()) {
      case OPEN ->
          "Approval needed: "
              + request.gate()
              + " of execution "
              + request.execution()
              + ", asked for by "
              + request.requester()
              + "; "
              + request.needed()
              + " of "
              + request.approvers()
              + ", until "
              + request.expiresAt()
              + ". "
              + link;
      case EXPIRED ->
          request.gate() + ": nobody answered until " + request.expiresAt() + "; that means no";
      case SUPERSEDED -> request.gate() + ": the facts have changed; it is asked anew";
      default -> request.gate() + ": " + request.state() + told();
    };
  }

  private String told() {
    StringBuilder all = new StringBuilder();
    for (Decision one : said) {
      all.append(all.isEmpty() ? " by " : ", ").append(one.who()).append(" at ").append(one.at());
      all.append(" (\"").append(one.reason()).append("\")");
    }
    return all.toString();
  }

  /**
   * @param buttons whether a press would be understood
   */
  ObjectNode message(String channel, boolean buttons) {
    ObjectNode message = JSON.createObjectNode();
    message.put("channel", channel).put("text", SlackDoor.escaped(text()));
    ArrayNode blocks = message.putArray("blocks");
    section(blocks, text());
    if (request.state() != State.OPEN) {
      return message;
    }
    section(blocks, shown());
    context(blocks, "Shown: " + request.hash().substring(0, 12) + " · round " + request.round());
    if (buttons) {
      ObjectNode actions = blocks.addObject().put("type", "actions");
      actions.put("block_id", "approval-" + request.id());
      ArrayNode elements = actions.putArray("elements");
      button(elements, "approve", "Approve", "primary");
      button(elements, "reject", "Reject", "danger");
    }
    return message;
  }

  private void button(ArrayNode elements, String action, String label, String style) {
    ObjectNode button = elements.addObject().put("type", "button");
    button.put("action_id", action).put("style", style);
    button.put("value", request.id() + " " + request.hash());
    button.putObject("text").put("type", "plain_text").put("text", label);
  }

  private static void section(ArrayNode blocks, String text) {
    blocks
        .addObject()
        .put("type", "section")
        .putObject("text")
        .put("type", "plain_text")
        .put("text", cut(text));
  }

  private static void context(ArrayNode blocks, String text) {
    blocks
        .addObject()
        .put("type", "context")
        .putArray("elements")
        .addObject()
        .put("type", "plain_text")
        .put("text", cut(text));
  }

  private static String cut(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST)) + "… (the rest: see the link)";
  }

  /** A name with a line break in it must not look like another fact. */
  private static String line(String text) {
    return text.replaceAll("[\\p{Cntrl}\\p{Cf}\u2028\u2029]", " ");
  }

  /** The facts, a line each; what they are about first. */
  private String shown() {
    StringBuilder text = new StringBuilder();
    JsonNode facts;
    try {
      facts = JSON.readTree(request.shown());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Approval " + request.id() + " shows no JSON", e);
    }
    if (facts.hasNonNull("what")) {
      text.append(line(facts.path("what").asText())).append('\n');
    }
    for (Map.Entry<String, JsonNode> fact : facts.properties()) {
      if (!fact.getKey().equals("what") && !fact.getValue().isNull()) {
        JsonNode value = fact.getValue();
        text.append(line(fact.getKey())).append(": ");
        text.append(line(value.isTextual() ? value.asText() : value.toString())).append('\n');
      }
    }
    String all = text.toString().strip();
    return all.isEmpty() ? "(nothing is shown)" : all;
  }
}
