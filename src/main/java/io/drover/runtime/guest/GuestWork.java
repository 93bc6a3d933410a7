package io.drover.runtime.guest;

import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;

/** Something to be had of a guest, by looking once or again and again. */
interface GuestWork {

  /** Looks; pauses of its own included. */
  CompletableFuture<Look> look(Exchange exchange);

  /**
   * What a look came to.
   *
   * @param more whether to look again
   * @param result the body afterwards, when there is no more to look for
   */
  record Look(boolean more, Object result) {
    static final Look AGAIN = new Look(true, "");

    static Look over(Object result) {
      return new Look(false, result);
    }
  }
}
