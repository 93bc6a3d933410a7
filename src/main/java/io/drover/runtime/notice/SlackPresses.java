package io.drover.runtime.notice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.app_backend.SlackSignature;
import io.drover.access.Caller;
import io.drover.access.People;
import io.drover.access.Role;
import io.drover.approval.ApprovalMessages;
import io.drover.approval.ApprovalRequest;
import io.drover.approval.Approvals;
import io.drover.approval.ChatDecisions;
import io.drover.approval.DecisionRefused;
import io.drover.execution.Audit;
import io.drover.execution.Journal;
import io.drover.execution.LedgerClock;
import io.drover.execution.OutboxMessage;
import io.drover.runtime.Secret;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Presses of a question's buttons in Slack. Only what Slack signed just now, for the first time, by
 * somebody whom configuration calls a user with the role, comes as far as the question itself.
 */
final class SlackPresses implements ChatDecisions {
  private static final Logger LOG = LoggerFactory.getLogger(SlackPresses.class);

  /** Slack's own advice; its library refuses only what is too old. */
  private static final Duration WINDOW = Duration.ofMinutes(5);

  /** Whoever floods us with forged calls must not fill the audit, too. */
  private static final int FORGED_A_MINUTE = 100;

  private final SlackAppProperties settings;
  private final People people;
  private final Approvals approvals;
  private final ApprovalMessages messages;
  private final Audit audit;
  private final Journal journal;
  private final LedgerClock clock;
  private final ObjectMapper json = new ObjectMapper();
  private final AtomicLong minute = new AtomicLong();
  private final AtomicLong forged = new AtomicLong();

  SlackPresses(
      SlackAppProperties settings,
      People people,
      Approvals approvals,
      ApprovalMessages messages,
      Audit audit,
      Journal journal,
      LedgerClock clock) {
    this.settings = settings;
    this.people = people;
    this.approvals = approvals;
    this.messages = messages;
    this.audit = audit;
    this.journal = journal;
    this.clock = clock;
  }

  @Override
  public Answer take(
      byte[] body, @Nullable String timestamp, @Nullable String signature, @Nullable String from) {
    String why = forged(body, timestamp, signature);
    if (why != null) {
      return refusedAtTheDoor(why, from);
    }
    try {
      JsonNode press = read(new String(body, StandardCharsets.UTF_8));
      Answer answer = decide(press);
      tell(press, answer, String.valueOf(signature));
      return answer;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return refusedAtTheDoor("it is not a press of a button", from);
    }
  }

  /** Slack shows nobody what the call is answered. */
  private void tell(JsonNode press, Answer answer, String signature) {
    String channel = press.path("channel").path("id").asText();
    if (channel.isEmpty()) {
      return;
    }
    ObjectNode payload = json.createObjectNode();
    payload.put("channel", channel).put("user", press.path("user").path("id").asText());
    payload.put("text", SlackDoor.escaped(answer.text()));
    journal.outbox(new OutboxMessage(SlackApprovals.ANSWERS, signature, payload.toString(), null));
  }

  /** Null when Slack signed it just now and it was not here before. */
  private @Nullable String forged(
      byte[] body, @Nullable String timestamp, @Nullable String signature) {
    if (!settings.listens()) {
      return "buttons are not configured (drover.notices.slack.signing-secret)";
    }
    if (timestamp == null || signature == null || !timestamp.matches("\\d{1,12}")) {
      return "it is not signed";
    }
    Instant now = clock.now();
    Duration age = Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), now);
    String text = new String(body, StandardCharsets.UTF_8);
    String secret = new Secret(String.valueOf(settings.signingSecret())).read();
    if (age.abs().compareTo(WINDOW) > 0) {
      return "its timestamp is " + age.toSeconds() + " s away from now";
    }
    // Not by the library's verifier: it compares in a time that tells, and logs bodies.
    String right = new SlackSignature.Generator(secret).generate(timestamp, text);
    if (right == null || !MessageDigest.isEqual(bytes(right), bytes(signature))) {
      return "its signature is wrong";
    }
    return messages.take(signature, now.minus(WINDOW.multipliedBy(4)))
        ? null
        : "it was here before";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Answer refusedAtTheDoor(String why, @Nullable String from) {
    long now = clock.now().getEpochSecond() / 60;
    if (minute.getAndSet(now) != now) {
      forged.set(0);
    }
    if (forged.incrementAndGet() <= FORGED_A_MINUTE) {
      audit.record("slack", "slack-press-refused", "/slack/interactions", why, from);
    } else if (forged.get() == FORGED_A_MINUTE + 1) {
      LOG.warn(
          "More than {} refused presses in a minute; the rest is not recorded", FORGED_A_MINUTE);
    }
    return new Answer(401, "Not taken: " + why);
  }

  private JsonNode read(String form) throws JsonProcessingException {
    for (String field : form.split("&")) {
      if (field.startsWith("payload=")) {
        return json.readTree(
            URLDecoder.decode(field.substring("payload=".length()), StandardCharsets.UTF_8));
      }
    }
    throw new IllegalArgumentException("payload: (missing)");
  }

  private Answer decide(JsonNode press) {
    JsonNode action = press.path("actions").path(0);
    String[] value = action.path("value").asText().split(" ");
    String verb = action.path("action_id").asText();
    String slackUser = press.path("user").path("id").asText();
    if (!press.path("type").asText().equals("block_actions")
        || !verb.matches("approve|reject")
        || value.length != 2
        || !slackUser.matches("[A-Z0-9]{1,30}")) {
      throw new IllegalArgumentException("payload");
    }
    String source = "slack:" + slackUser;
    String name = settings.users().get(slackUser);
    Caller who = name == null ? null : people.find(name).orElse(null);
    String refused =
        name == null
            ? "Slack's user " + slackUser + " is nobody here (drover.notices.slack.users)"
            : who == null
                ? "There is no user " + name
                : who.may(Role.APPROVER) ? null : name + " has not the role approver";
    if (refused != null || who == null) {
      audit.record(
          name == null ? slackUser : name,
          verb + "-refused",
          "approval " + value[0],
          refused,
          source);
      return new Answer(200, "Not counted: " + refused);
    }
    try {
      ApprovalRequest now =
          approvals.decide(
              value[0],
              new Approvals.Decider(who.name(), who.groups(), source),
              verb.equals("approve"),
              "by a button in Slack",
              value[1]);
      return new Answer(200, "Recorded: " + verb + " by " + who.name() + "; it is " + now.state());
    } catch (DecisionRefused e) {
      return new Answer(200, "Not counted: " + e.getMessage()); // it is on record there
    } catch (NoSuchElementException e) {
      audit.record(who.name(), verb + "-refused", "approval " + value[0], e.getMessage(), source);
      return new Answer(200, "Not counted: " + e.getMessage());
    }
  }
}
