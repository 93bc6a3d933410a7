package io.drover.runtime.guest;

import io.drover.execution.LedgerClock;
import io.drover.runtime.CallFailure;
import io.drover.runtime.CallFailure.Verdict;
import io.drover.runtime.Milestones;
import io.drover.runtime.MutatingCalls;
import io.drover.runtime.MutatingCalls.Intent;
import io.drover.runtime.MutatingCalls.Opened;
import io.drover.runtime.MutatingCalls.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * An OS update that runs on the guest under systemd, detached from us. Its unit is named after the
 * effect, and the unit itself begins by making a folder, which only one can: however often it is
 * started, the update runs once. A dropped session, a resume and a restart all find the same one.
 */
final class DetachedUpdate implements GuestWork {
  private static final String MARK = "-- drover ";

  private final GuestShell shell;
  private final MutatingCalls calls;
  private final Milestones milestones;
  private final LedgerClock clock;
  private final Guest guest;
  private final String name;
  private final String command;
  private final Duration patience;
  private @Nullable Opened opened;
  private boolean started;
  private Duration pause;
  private @Nullable String bootAtStart;

  DetachedUpdate(
      GuestShell shell,
      MutatingCalls calls,
      Milestones milestones,
      LedgerClock clock,
      Guest guest,
      String name,
      String command,
      Duration patience) {
    this.shell = shell;
    this.calls = calls;
    this.milestones = milestones;
    this.clock = clock;
    this.guest = guest;
    this.name = name;
    this.command = command;
    this.patience = patience;
    this.pause = shell.firstPause();
  }

  @Override
  public CompletableFuture<Look> look(Exchange exchange) {
    Opened known = opened;
    if (known == null) {
      return calls
          .open(
              exchange,
              new Intent(
                  "guest:" + guest.system(),
                  "apply-updates",
                  guest.vmExtId(),
                  guest.name(),
                  command))
          .thenApply(
              effect -> {
                opened = effect;
                return effect.situation() == Situation.DONE ? Look.over(result(0)) : Look.AGAIN;
              });
    }
    return started ? poll(exchange, known) : start(exchange, known);
  }

  private CompletableFuture<Look> start(Exchange exchange, Opened known) {
    if (known.situation() == Situation.ACCEPTED) {
      started = true;
      return CompletableFuture.completedFuture(Look.AGAIN);
    }
    String unit = unit(known);
    String folder = GuestShell.FOLDER + "/" + unit;
    String body =
        "if mkdir "
            + folder
            + "/begun; then sh -c "
            + GuestShell.quoted(command)
            + " > "
            + folder
            + "/out 2>&1; echo $? > "
            + folder
            + "/exit; fi";
    String script =
        GuestShell.BOOT_ID
            + "; if "
            + shell.asRoot("test -d " + folder + "/begun")
            + "; then true; else "
            + shell.asRoot("mkdir -p " + folder)
            + " && "
            + shell.asRoot(
                "systemd-run --quiet --unit=" + unit + " sh -c " + GuestShell.quoted(body))
            + "; fi";
    return shell
        .repeatable(exchange, guest, script)
        .handle(
            (answer, error) -> {
              if (error != null) {
                return notStarted(known, GuestShell.unwrap(error));
              }
              // A unit of this name that still runs is ours, started by a session that was lost.
              boolean running = answer.out().contains("already");
              if (answer.exit() != 0 && !running) {
                CallFailure refused =
                    GuestShell.exited(
                        guest, "starting the update", answer, CallFailure.Verdict.REFUSED);
                return notStarted(known, refused);
              }
              started = true;
              milestones.reached("update-started", exchange);
              return calls.accepted(known, unit).thenApply(ok -> Look.AGAIN);
            })
        .thenCompose(Function.identity());
  }

  private CompletableFuture<Look> notStarted(Opened known, Throwable error) {
    boolean nothing =
        error instanceof CallFailure failure
            && failure.getVerdict() != Verdict.UNKNOWN
            && !failure.getKind().equals("interrupted")
            && known.situation() == Situation.FRESH;
    CompletableFuture<?> told =
        nothing
            ? calls.refused(known, String.valueOf(error.getMessage()))
            : CompletableFuture.completedFuture(null);
    return told.thenCompose(ok -> CompletableFuture.failedFuture(error));
  }

  private CompletableFuture<Look> poll(Exchange exchange, Opened known) {
    String unit = unit(known);
    String folder = GuestShell.FOLDER + "/" + unit;
    String script =
        String.join(
            "; ",
            List.of(
                "echo '" + MARK + "boot'",
                GuestShell.BOOT_ID,
                "echo '" + MARK + "exit'",
                shell.asRoot("cat " + folder + "/exit") + " 2>/dev/null",
                "echo '" + MARK + "unit'",
                "systemctl is-active " + unit,
                "echo '" + MARK + "begun'",
                "if " + shell.asRoot("test -d " + folder + "/begun") + "; then echo yes; fi",
                "echo '" + MARK + "out'",
                shell.asRoot("tail -c 4096 " + folder + "/out") + " 2>/dev/null",
                "true"));
    Duration wait = pause;
    pause = shell.longer(pause);
    return shell
        .once(exchange, guest, script)
        .handle(
            (answer, error) -> {
              milestones.reached("update-polled", exchange);
              if (error != null) {
                CallFailure failure = GuestShell.failure(error);
                return failure != null && GuestShell.away(failure)
                    ? again(known, wait, String.valueOf(failure.getMessage()))
                    : CompletableFuture.<Look>failedFuture(GuestShell.unwrap(error));
              }
              return judge(known, sections(answer.out()), wait);
            })
        .thenCompose(Function.identity());
  }

  private CompletableFuture<Look> judge(Opened known, Map<String, String> told, Duration wait) {
    String exit = told.getOrDefault("exit", "").strip();
    if (exit.matches("[0-9]{1,3}")) {
      int code = Integer.parseInt(exit);
      String out = told.getOrDefault("out", "").strip();
      if (code == 0) {
        return calls.done(known, null).thenApply(ok -> Look.over(result(code)));
      }
      CallFailure failed =
          GuestShell.exited(
              guest, "the update " + name, new GuestSsh.Answer(code, out), Verdict.FAILED);
      return failed(known, failed);
    }
    String boot = told.getOrDefault("boot", "").strip();
    String before = bootAtStart;
    boolean rebooted = before != null && !boot.isEmpty() && !before.equals(boot);
    if (before == null && !boot.isEmpty()) {
      bootAtStart = boot;
    }
    String unit = told.getOrDefault("unit", "").strip();
    boolean running = unit.startsWith("activ") || unit.startsWith("reload");
    if (running && !rebooted) {
      return again(known, wait, "it is still running");
    }
    if (told.getOrDefault("begun", "").contains("yes")) {
      return failed(
          known,
          new CallFailure(
              Verdict.FAILED,
              "update-interrupted",
              guest
                  + ": the update "
                  + name
                  + " began and was cut off before its end; its packages may be half installed"));
    }
    started = false; // it never began: starting it again cannot run it twice
    opened = new Opened(known.effect(), Situation.UNKNOWN);
    return again(known, wait, "it has not begun");
  }

  private CompletableFuture<Look> failed(Opened known, CallFailure failure) {
    return calls
        .failed(known, String.valueOf(failure.getMessage()))
        .thenCompose(ok -> CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<Look> again(Opened known, Duration wait, String why) {
    Instant deadline = known.effect().journaledAt().plus(patience);
    if (clock.now().isAfter(deadline)) {
      return CompletableFuture.failedFuture(
          new CallFailure(
              Verdict.UNKNOWN,
              "timeout",
              guest + ": the update " + name + " did not end within " + patience + "; " + why));
    }
    return shell.pause(wait).thenApply(ok -> Look.AGAIN);
  }

  private static String unit(Opened known) {
    return "drover-" + known.effect().id().replaceAll("[^A-Za-z0-9-]", "-");
  }

  private Map<String, Object> result(int exit) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("vm", guest.vmExtId());
    result.put("command", name);
    result.put("exit", exit);
    return result;
  }

  /** The labelled parts of the poll's output. */
  private static Map<String, String> sections(String out) {
    Map<String, String> parts = new LinkedHashMap<>();
    for (String part : out.split("(?m)^" + MARK, -1)) {
      int line = part.indexOf('\n');
      if (line > 0) {
        parts.putIfAbsent(part.substring(0, line).strip(), part.substring(line + 1));
      }
    }
    return parts;
  }
}
