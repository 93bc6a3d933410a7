package io.drover.runtime.guest;

import io.drover.runtime.CallFailure;
import io.drover.runtime.CallFailure.Verdict;
import io.drover.runtime.Milestones;
import io.drover.runtime.MutatingCalls;
import io.drover.runtime.MutatingCalls.Intent;
import io.drover.runtime.MutatingCalls.Opened;
import io.drover.runtime.MutatingCalls.Situation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * A reboot, if the policy asks for one. It is over when the guest shows another boot id: a dropped
 * connection may be anything.
 */
final class Reboot implements GuestWork {
  private static final long RESEND = Duration.ofMinutes(1).toNanos();

  private final GuestShell shell;
  private final MutatingCalls calls;
  private final Milestones milestones;
  private final Guest guest;
  private final String policy;
  private final String required;
  private final String bootId;
  private final Duration patience;
  private @Nullable Opened opened;
  private boolean decided;
  private long sentAt;
  private boolean sent;
  private long deadline;
  private Duration pause;

  /**
   * @param policy {@code never}, {@code if-required} or {@code always}
   * @param required a command that ends with 0 when a reboot is needed, else with 1
   * @param bootId of the boot before
   */
  Reboot(
      GuestShell shell,
      MutatingCalls calls,
      Milestones milestones,
      Guest guest,
      String policy,
      String required,
      String bootId,
      Duration patience) {
    this.shell = shell;
    this.calls = calls;
    this.milestones = milestones;
    this.guest = guest;
    this.policy = policy;
    this.required = required;
    this.bootId = bootId;
    this.patience = patience;
    this.pause = shell.firstPause();
  }

  @Override
  public CompletableFuture<Look> look(Exchange exchange) {
    if (!decided) {
      return decide(exchange);
    }
    Opened known = opened;
    if (known == null) {
      return open(exchange);
    }
    return waitForBoot(exchange, known);
  }

  private CompletableFuture<Look> decide(Exchange exchange) {
    if (policy.equals("never")) {
      return CompletableFuture.completedFuture(Look.over(result(false, bootId)));
    }
    String ask =
        policy.equals("always") ? "true" : shell.asRoot("sh -c " + GuestShell.quoted(required));
    return shell
        .repeatable(exchange, guest, GuestShell.BOOT_ID + "; " + ask)
        .thenApply(
            answer -> {
              String now = answer.out().lines().findFirst().orElse("").strip();
              if (answer.exit() > 1) {
                throw GuestShell.exited(
                    guest, "asking whether a reboot is needed", answer, Verdict.REFUSED);
              }
              if (!now.equals(bootId)) {
                return Look.over(result(true, now)); // it did so before we were interrupted
              }
              decided = true;
              return answer.exit() == 0 ? Look.AGAIN : Look.over(result(false, bootId));
            });
  }

  private CompletableFuture<Look> open(Exchange exchange) {
    return calls
        .open(
            exchange,
            new Intent(
                "guest:" + guest.system(),
                "reboot-guest",
                guest.vmExtId(),
                guest.name(),
                "systemctl reboot"))
        .thenApply(
            effect -> {
              opened = effect;
              deadline = System.nanoTime() + patience.toNanos();
              sent = effect.situation() == Situation.ACCEPTED;
              sentAt = System.nanoTime();
              return Look.AGAIN;
            });
  }

  private CompletableFuture<Look> waitForBoot(Exchange exchange, Opened known) {
    boolean send = !sent || System.nanoTime() - sentAt > RESEND;
    String script =
        send
            ? GuestShell.BOOT_ID
                + "; if "
                + GuestShell.BOOT_ID
                + " | grep -q "
                + bootId
                + "; then "
                + shell.asRoot("systemctl reboot")
                + "; fi"
            : GuestShell.BOOT_ID;
    Duration wait = pause;
    pause = shell.longer(pause);
    return shell
        .anew(exchange, guest, script)
        .handle(
            (answer, error) -> {
              if (error != null) {
                CallFailure failure = GuestShell.failure(error);
                if (failure == null || !GuestShell.away(failure)) {
                  return CompletableFuture.<Look>failedFuture(GuestShell.unwrap(error));
                }
                // A session that the reboot cut: it may have been taken, and is sent again later.
                sent = sent || failure.getVerdict() == Verdict.UNKNOWN;
                return later(wait, "it does not answer");
              }
              String now = answer.out().lines().findFirst().orElse("").strip();
              if (!now.isEmpty() && !now.equals(bootId)) {
                return calls.done(known, null).thenApply(ok -> Look.over(result(true, now)));
              }
              if (send && answer.exit() != 0) {
                return CompletableFuture.<Look>failedFuture(
                    GuestShell.exited(guest, "the reboot", answer, Verdict.FAILED));
              }
              if (send) {
                boolean first = !sent;
                sent = true;
                sentAt = System.nanoTime();
                milestones.reached("reboot-sent", exchange);
                return first
                    ? calls.accepted(known, null).thenCompose(ok -> later(wait, "it is going down"))
                    : later(wait, "it is going down");
              }
              return later(wait, "it has not gone down");
            })
        .thenCompose(Function.identity());
  }

  private CompletableFuture<Look> later(Duration wait, String why) {
    if (System.nanoTime() - deadline > 0) {
      return CompletableFuture.failedFuture(
          new CallFailure(
              Verdict.UNKNOWN,
              "boot-timeout",
              guest + " did not come back from its reboot within " + patience + "; " + why));
    }
    return shell.pause(wait).thenApply(ok -> Look.AGAIN);
  }

  private static Map<String, Object> result(boolean rebooted, String bootId) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("rebooted", rebooted);
    result.put("bootId", bootId);
    return result;
  }
}
