package io.drover.runtime.guest;

import io.drover.runtime.CallFailure;
import io.drover.runtime.CallFailure.Verdict;
import io.drover.runtime.StepContext;
import io.drover.runtime.Workers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Commands on guests, asked again where that does no harm. */
final class GuestShell {
  static final String BOOT_ID = "cat /proc/sys/kernel/random/boot_id";
  static final String FOLDER = "/var/lib/drover";

  private final GuestSsh ssh;
  private final GuestProperties settings;
  private final Workers workers;

  GuestShell(GuestSsh ssh, GuestProperties settings, Workers workers) {
    this.ssh = ssh;
    this.settings = settings;
    this.workers = workers;
  }

  /** Runs it once; refuses to when the execution may make no more calls. */
  CompletableFuture<GuestSsh.Answer> once(Exchange exchange, Guest guest, String command) {
    StepContext context = StepContext.find(exchange);
    if (context != null) {
      try {
        context.ensureLive();
      } catch (CallFailure stopped) {
        return CompletableFuture.failedFuture(stopped);
      }
    }
    return ssh.run(guest, command);
  }

  /** As {@link #once}, over a new connection: the guest may have booted since the last one. */
  CompletableFuture<GuestSsh.Answer> anew(Exchange exchange, Guest guest, String command) {
    ssh.forget(guest);
    return once(exchange, guest, command);
  }

  /** Runs a command that may be run twice, until the guest answers or our patience ends. */
  CompletableFuture<GuestSsh.Answer> repeatable(Exchange exchange, Guest guest, String command) {
    long deadline = System.nanoTime() + settings.patience().toNanos();
    return attempt(exchange, guest, command, deadline, settings.firstPause());
  }

  private CompletableFuture<GuestSsh.Answer> attempt(
      Exchange exchange, Guest guest, String command, long deadline, Duration pause) {
    return once(exchange, guest, command)
        .handle(
            (answer, error) -> {
              if (error == null) {
                return CompletableFuture.completedFuture(answer);
              }
              CallFailure failure = failure(error);
              boolean again =
                  failure != null
                      && away(failure)
                      && System.nanoTime() + pause.toNanos() - deadline < 0;
              return again
                  ? pause(pause)
                      .thenCompose(ok -> attempt(exchange, guest, command, deadline, longer(pause)))
                  : CompletableFuture.<GuestSsh.Answer>failedFuture(unwrap(error));
            })
        .thenCompose(Function.identity());
  }

  CompletableFuture<@Nullable Void> pause(Duration time) {
    CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
    workers.after(time, () -> over.complete(null));
    return over;
  }

  Duration longer(Duration pause) {
    Duration next = pause.multipliedBy(3).dividedBy(2);
    return next.compareTo(settings.longestPause()) > 0 ? settings.longestPause() : next;
  }

  Duration firstPause() {
    return settings.firstPause();
  }

  /** The command as root runs it. */
  String asRoot(String command) {
    return settings.become().isBlank() ? command : settings.become().strip() + " " + command;
  }

  /** A word of shell, whatever is in it. */
  static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** Whether the guest just does not answer now, as one that reboots. */
  static boolean away(CallFailure failure) {
    return switch (failure.getKind()) {
      case "ssh-unreachable", "ssh-dropped", "timeout" -> true;
      default -> false;
    };
  }

  static @Nullable CallFailure failure(Throwable error) {
    return unwrap(error) instanceof CallFailure failure ? failure : null;
  }

  static Throwable unwrap(Throwable error) {
    Throwable inner = error;
    while (inner instanceof CompletionException && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  /** A command that did not do what it should. */
  static CallFailure exited(Guest guest, String what, GuestSsh.Answer answer, Verdict verdict) {
    String out = answer.out().strip();
    String end = out.length() > 600 ? "…" + out.substring(out.length() - 600) : out;
    return new CallFailure(
        verdict,
        "ssh-exit-" + answer.exit(),
        guest + ": " + what + " ended with exit code " + answer.exit() + ": " + end);
  }
}
