package io.drover.approval;

import java.time.Instant;
import java.util.Optional;

/** What a chat knows of our questions, in the ledger. */
public interface ApprovalMessages {
  /** The outbox's channel by which a chat is told of a question, and of what became of it. */
  String CHANNEL = "slack-approval";

  Optional<Posted> find(String approval);

  /** A question was posted; a second post of the same one is not kept. */
  void posted(String approval, Posted where);

  /**
   * Takes a press in.
   *
   * @param signature of the call that brought it
   * @param forget presses before this instant need not be known any more
   * @return false when it was taken before
   */
  boolean take(String signature, Instant forget);

  /** A message in a chat. */
  record Posted(String channel, String ts) {}
}
