package io.drover.runtime.notice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.approval.ApprovalMessages;
import io.drover.execution.LedgerClock;
import io.drover.execution.LostOwnership;
import io.drover.execution.Outbox;
import io.drover.execution.OutboxMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries messages out of the outbox, each at least once. A page that does not get through goes to
 * Slack as well, and the log has it in any case.
 */
final class OutboxDispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxDispatcher.class);
  private static final int AT_ONCE = 50;

  /**
   * Events of executions: none overtakes another, and none grows too old. Who counts by them would
   * count wrong for ever.
   */
  private static final String EVENTS = "events";

  private final Outbox outbox;
  private final ProducerTemplate doors;
  private final LedgerClock clock;
  private final NoticeProperties settings;
  private final SlackDoor slack;
  private final SlackApprovals approvals;
  private final ObjectMapper json = new ObjectMapper();
  private final Executor pool;
  private final Set<Long> toldElsewhere = ConcurrentHashMap.newKeySet();

  /** Channels that are being sent to. */
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  OutboxDispatcher(
      Outbox outbox,
      ProducerTemplate doors,
      LedgerClock clock,
      NoticeProperties settings,
      SlackDoor slack,
      SlackApprovals approvals,
      PagerDoor pager,
      Executor pool) {
    this.approvals = approvals;
    this.outbox = outbox;
    this.pool = pool;
    this.doors = doors;
    this.clock = clock;
    this.settings = settings;
    this.slack = slack;
    if (!pager.configured()) {
      LOG.warn(
          "Nobody is paged: drover.notices.pager.routing-key is not set. Pages go to {} and to this"
              + " log",
          slack.configured() ? "Slack" : "nobody");
    }
  }

  /** Sends what is due, each channel by itself: no page waits behind a chat that is silent. */
  void dispatch() {
    try {
      for (String channel : outbox.channels(clock.now())) {
        if (busy.add(channel)) {
          begin(channel);
        }
      }
    } catch (LostOwnership e) {
      LOG.debug("The outbox waits for whoever drives this ledger next", e);
    } catch (RuntimeException e) {
      LOG.warn("The outbox could not be read; it is read again soon", e);
    }
  }

  private void begin(String channel) {
    try {
      pool.execute(() -> dispatch(channel));
    } catch (RejectedExecutionException e) {
      busy.remove(channel); // the house is stopping; what waits is in the ledger
    }
  }

  private void dispatch(String channel) {
    try {
      List<Outbox.Pending> due;
      do {
        due =
            channel.equals(EVENTS)
                ? outbox.dueInOrder(channel, clock.now(), AT_ONCE)
                : outbox.due(channel, clock.now(), AT_ONCE);
        for (Outbox.Pending pending : due) {
          if (!send(pending)) {
            return; // a door that just did not answer is not tried for each message that waits
          }
        }
      } while (due.size() == AT_ONCE);
    } catch (LostOwnership e) {
      LOG.debug("The outbox waits for whoever drives this ledger next", e);
    } catch (RuntimeException e) {
      LOG.warn("The outbox could not be read; it is read again soon", e);
    } finally {
      busy.remove(channel);
    }
  }

  private boolean send(Outbox.Pending pending) {
    OutboxMessage message = pending.message();
    try {
      deliver(message);
      outbox.delivered(pending.id());
      toldElsewhere.remove(pending.id());
      return true;
    } catch (RuntimeException e) {
      Throwable cause = innermost(e);
      String why = String.valueOf(cause.getMessage());
      boolean never = cause instanceof Undeliverable;
      if (message.channel().equals(Pages.CHANNEL)) {
        tellElsewhere(pending, never || pending.attempts() + 1 >= settings.pager().secondAfter());
      }
      boolean tooOld = pending.createdAt().plus(settings.giveUp()).isBefore(clock.now());
      if (never || (tooOld && !message.channel().equals(EVENTS))) {
        LOG.warn("A message to {} is not tried again: {}", message.channel(), why);
        outbox.dropped(pending.id(), why);
        return true;
      }
      Duration pause = pause(pending.attempts());
      if (cause instanceof MaybeDelivered maybe && maybe.pause().compareTo(pause) > 0) {
        pause = maybe.pause();
      }
      Instant next = clock.now().plus(pause);
      LOG.info("A message to {} did not go out: {}; next try at {}", message.channel(), why, next);
      outbox.failed(pending.id(), why, next);
      return false;
    }
  }

  private void deliver(OutboxMessage message) {
    switch (message.channel()) {
      case "slack" -> doors.sendBody("direct:slack", text(message, "text"));
      case ApprovalMessages.CHANNEL -> approvals.deliver(message.payload(), doors);
      case SlackApprovals.ANSWERS -> approvals.answer(message.payload(), doors);
      case "sheets" -> doors.sendBody("direct:sheets", message.payload());
      case "servicenow" -> doors.sendBody("direct:servicenow-incident", message.payload());
      case EVENTS -> doors.sendBody("direct:kafka-events", message.payload());
      case Pages.CHANNEL -> doors.sendBody("direct:pager", message.payload());
      default -> throw new Undeliverable("There is no door for the channel " + message.channel());
    }
  }

  private void tellElsewhere(Outbox.Pending page, boolean now) {
    if (!now || !toldElsewhere.add(page.id())) {
      return;
    }
    String summary = text(page.message(), "payload", "summary");
    LOG.error("PAGE (the pager does not take it): {}", summary.replaceAll("\\p{Cntrl}", " "));
    if (slack.configured()) {
      try {
        doors.sendBody("direct:slack", ":rotating_light: PAGE (the pager is silent): " + summary);
      } catch (RuntimeException e) {
        toldElsewhere.remove(page.id());
        LOG.warn("Slack did not take the page either: {}", innermost(e).getMessage());
      }
    }
  }

  private Duration pause(int attempts) {
    Duration pause = settings.retry().multipliedBy(1L << Math.min(attempts, 12));
    return pause.compareTo(settings.longestRetry()) > 0 ? settings.longestRetry() : pause;
  }

  private String text(OutboxMessage message, String... path) {
    try {
      JsonNode node = json.readTree(message.payload());
      for (String name : path) {
        node = node.path(name);
      }
      return node.asText();
    } catch (JsonProcessingException e) {
      throw new Undeliverable("A message that is no JSON");
    }
  }

  private static Throwable innermost(Throwable error) {
    Throwable inner = error;
    while (inner.getCause() != null && inner.getCause() != inner) {
      inner = inner.getCause();
    }
    return inner;
  }
}
