package io.drover.runtime.guest;

import io.drover.runtime.CallFailure;
import io.drover.runtime.CallFailure.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Waits until a guest answers, with another boot id than the given one. */
final class BootWatch implements GuestWork {
  private final GuestShell shell;
  private final Guest guest;
  private final @Nullable String before;
  private final Duration patience;
  private final long deadline;
  private Duration pause;

  /**
   * @param before the boot id that is over; null: any will do
   */
  BootWatch(GuestShell shell, Guest guest, @Nullable String before, Duration patience) {
    this.shell = shell;
    this.guest = guest;
    this.before = before;
    this.patience = patience;
    this.deadline = System.nanoTime() + patience.toNanos();
    this.pause = shell.firstPause();
  }

  @Override
  public CompletableFuture<Look> look(Exchange exchange) {
    Duration wait = pause;
    pause = shell.longer(pause);
    return shell
        .anew(exchange, guest, GuestShell.BOOT_ID)
        .handle(
            (answer, error) -> {
              if (error != null) {
                CallFailure failure = GuestShell.failure(error);
                return failure != null && GuestShell.away(failure)
                    ? later(wait, "it does not answer")
                    : CompletableFuture.<Look>failedFuture(GuestShell.unwrap(error));
              }
              String now = answer.out().strip();
              if (answer.exit() != 0 || now.isEmpty()) {
                return CompletableFuture.<Look>failedFuture(
                    GuestShell.exited(guest, "reading the boot id", answer, Verdict.REFUSED));
              }
              return now.equals(before)
                  ? later(wait, "it still runs the boot " + before)
                  : CompletableFuture.completedFuture(Look.over(Map.of("bootId", now)));
            })
        .thenCompose(Function.identity());
  }

  private CompletableFuture<Look> later(Duration wait, String why) {
    if (System.nanoTime() + wait.toNanos() - deadline > 0) {
      return CompletableFuture.failedFuture(
          new CallFailure(
              Verdict.UNKNOWN,
              "boot-timeout",
              guest + " did not boot within " + patience + "; " + why));
    }
    return shell.pause(wait).thenApply(ok -> Look.AGAIN);
  }
}
