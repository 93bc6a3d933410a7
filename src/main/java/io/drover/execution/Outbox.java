package io.drover.execution;

import java.time.Instant;
import java.util.List;

/** What waits to be told to the outside. */
public interface Outbox {

  /** Channels with undelivered messages due at this time. */
  List<String> channels(Instant now);

  /** Undelivered messages of a channel due at this time, oldest first. */
  List<Pending> due(String channel, Instant now, int limit);

  /**
   * As {@link #due}, where none may overtake another: nothing while an older one waits for its next
   * try.
   */
  List<Pending> dueInOrder(String channel, Instant now, int limit);

  void delivered(long id);

  /** It did not go out: try again then. */
  void failed(long id, String error, Instant nextTry);

  /** The door says it never will: kept for the record, not tried again. */
  void dropped(long id, String error);

  long waiting();

  /** One undelivered message. */
  record Pending(long id, OutboxMessage message, int attempts, Instant createdAt) {}
}
