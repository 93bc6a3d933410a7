package io.drover.approval;

import org.jspecify.annotations.Nullable;

/** Decisions that come by a button in a chat. */
public interface ChatDecisions {

  /**
   * Checks where a call comes from and what it says, and has the decision recorded or refused.
   *
   * @param body as it came, byte for byte
   * @param from the caller's address
   */
  Answer take(
      byte[] body, @Nullable String timestamp, @Nullable String signature, @Nullable String from);

  /**
   * What the call is answered.
   *
   * @param status of HTTP: 200 when it came from the chat, whether the decision counts or not
   * @param text for people
   */
  record Answer(int status, String text) {}
}
