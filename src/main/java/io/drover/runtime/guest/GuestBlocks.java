package io.drover.runtime.guest;

import io.drover.execution.LedgerClock;
import io.drover.runtime.BlockInput;
import io.drover.runtime.CallFailure;
import io.drover.runtime.CallFailure.Verdict;
import io.drover.runtime.Milestones;
import io.drover.runtime.MutatingCalls;
import io.drover.runtime.MutatingCalls.Intent;
import io.drover.runtime.MutatingCalls.Situation;
import io.drover.runtime.StepContext;
import io.drover.runtime.guest.CommandProperties.Named;
import io.drover.runtime.guest.GuestWork.Look;
import java.net.http.HttpClient;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What the guest Kamelets ask of the door, made of what they are given. */
public final class GuestBlocks {
  private final GuestShell shell;
  private final GuestAddress subnets;
  private final Map<String, Named> commands;
  private final MutatingCalls calls;
  private final Milestones milestones;
  private final LedgerClock clock;
  private final HttpClient http;
  private final Executor workers;

  GuestBlocks(
      GuestShell shell,
      GuestAddress subnets,
      Map<String, Named> commands,
      MutatingCalls calls,
      Milestones milestones,
      LedgerClock clock,
      HttpClient http,
      Executor workers) {
    this.shell = shell;
    this.subnets = subnets;
    this.commands = commands;
    this.calls = calls;
    this.milestones = milestones;
    this.clock = clock;
    this.http = http;
    this.workers = workers;
  }

  /** The number of pending updates. */
  public void checkUpdates(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    Guest guest = guest(in);
    Named command = command(in);
    String script = shell.asRoot("sh -c " + GuestShell.quoted(command.check()));
    work(
        exchange,
        on ->
            shell
                .repeatable(on, guest, script)
                .thenApply(answer -> Look.over(Map.of("pending", pending(guest, answer)))));
  }

  private static int pending(Guest guest, GuestSsh.Answer answer) {
    String last = "";
    for (String line : answer.out().split("\n", -1)) {
      last = line.isBlank() ? last : line.strip();
    }
    if (!last.matches("[0-9]{1,6}")) {
      throw GuestShell.exited(
          guest,
          "checking for updates did not end with a number (expected: the number of updates) and",
          answer,
          Verdict.REFUSED);
    }
    return Integer.parseInt(last);
  }

  /** Applies the updates, detached; waits for their end. */
  public void applyUpdates(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    work(
        exchange,
        new DetachedUpdate(
            shell,
            calls,
            milestones,
            clock,
            guest(in),
            in.text("command"),
            command(in).update(),
            BlockInput.duration("patience", patience)));
  }

  public void readBootId(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    Guest guest = guest(in);
    work(
        exchange,
        on ->
            shell
                .repeatable(on, guest, GuestShell.BOOT_ID)
                .thenApply(
                    answer -> {
                      String id = answer.out().strip();
                      if (answer.exit() != 0 || id.isEmpty()) {
                        throw GuestShell.exited(
                            guest, "reading the boot id", answer, Verdict.REFUSED);
                      }
                      return Look.over(Map.of("bootId", id));
                    }));
  }

  /** Reboots as the policy says, and waits for the new boot. */
  public void reboot(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    String policy = in.text("reboot");
    if (!policy.matches("never|if-required|always")) {
      throw BlockInput.wrong("reboot", policy, "never, if-required or always");
    }
    work(
        exchange,
        new Reboot(
            shell,
            calls,
            milestones,
            guest(in),
            policy,
            command(in).rebootRequired(),
            bootId(in.text("bootId")),
            BlockInput.duration("patience", patience)));
  }

  public void awaitBoot(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    String before = in.optional("bootId");
    work(
        exchange,
        new BootWatch(
            shell,
            guest(in),
            before == null ? null : bootId(before),
            BlockInput.duration("patience", patience)));
  }

  /** Leaves a file that a revert takes away again. */
  public void writeMarker(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    Guest guest = guest(in);
    String file = marker(in.optional("execution"), exchange);
    // Without sync a hard power-off could lose the file, and that would look like a revert.
    String script =
        shell.asRoot("mkdir -p " + GuestShell.FOLDER)
            + " && "
            + shell.asRoot("touch " + file)
            + " && "
            + shell.asRoot("sync");
    Intent intent =
        new Intent(
            "guest:" + guest.system(), "write-marker", guest.vmExtId(), guest.name(), script);
    once(exchange, guest, script, intent, "writing the marker", Map.of("marker", file));
  }

  /** Whether the file of {@link #writeMarker} is there. */
  public void checkMarker(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    Guest guest = guest(in);
    String file = marker(in.optional("execution"), exchange);
    String script =
        "if " + shell.asRoot("test -e " + file) + "; then echo present; else echo absent; fi";
    work(
        exchange,
        on ->
            shell
                .repeatable(on, guest, script)
                .thenApply(
                    answer -> {
                      String said = answer.out().strip();
                      if (!said.equals("present") && !said.equals("absent")) {
                        throw GuestShell.exited(
                            guest, "looking for the marker", answer, Verdict.REFUSED);
                      }
                      return Look.over(Map.of("present", said.equals("present")));
                    }));
  }

  /** The marker of this execution, or of the one whose VM is put back. */
  private static String marker(@Nullable String execution, Exchange exchange) {
    String id = execution == null ? StepContext.of(exchange).key().execution() : execution;
    if (!id.matches("[A-Za-z0-9-]{1,64}")) {
      throw BlockInput.wrong("execution", id, "an execution's id");
    }
    return GuestShell.FOLDER + "/marker-" + id;
  }

  public void probeHealth(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    Map<?, ?> check = in.value("healthCheck") instanceof Map<?, ?> given ? given : Map.of();
    work(exchange, new HealthProbe(http, workers, shell, guest(in), HealthCheck.of(check)));
  }

  /**
   * Runs a command of the configuration that may be run twice. Body: kind, address and script, made
   * in Java and never of an input.
   */
  public void runConfigured(Exchange exchange) {
    Map<?, ?> given = exchange.getMessage().getBody(Map.class);
    String kind = String.valueOf(given.get("kind"));
    Guest host =
        new Guest("routing", kind, kind, subnets.inside(String.valueOf(given.get("address"))));
    String script = String.valueOf(given.get("script"));
    Intent intent = new Intent("routing", kind, host.address().getHostAddress(), null, script);
    once(exchange, host, script, intent, "the command", Map.of("done", true));
  }

  /** Runs what may be run twice, unless it is known to have run. */
  private void once(
      Exchange exchange,
      Guest guest,
      String script,
      Intent intent,
      String what,
      Map<String, Object> result) {
    work(
        exchange,
        on ->
            calls
                .open(on, intent)
                .thenCompose(
                    opened ->
                        opened.situation() == Situation.DONE
                            ? CompletableFuture.completedFuture(Look.over(result))
                            : shell
                                .repeatable(on, guest, script)
                                .thenCompose(answer -> ran(guest, opened, what, answer, result))));
  }

  private CompletableFuture<Look> ran(
      Guest guest,
      MutatingCalls.Opened opened,
      String what,
      GuestSsh.Answer answer,
      Map<String, Object> result) {
    if (answer.exit() == 0) {
      return calls.done(opened, null).thenApply(ok -> Look.over(result));
    }
    CallFailure failed = GuestShell.exited(guest, what, answer, Verdict.FAILED);
    return calls
        .failed(opened, String.valueOf(failed.getMessage()))
        .thenCompose(ok -> CompletableFuture.failedFuture(failed));
  }

  private static void work(Exchange exchange, GuestWork work) {
    exchange.getMessage().setBody(work);
  }

  private Guest guest(BlockInput in) {
    String vm = in.text("vmExtId");
    String name = in.optional("vmName");
    return new Guest(
        in.text("system"), vm, name == null ? vm : name, subnets.inside(in.text("address")));
  }

  private Named command(BlockInput in) {
    String name = in.text("command");
    Named command = commands.get(name);
    if (command == null) {
      throw BlockInput.wrong("command", name, "one of " + commands.keySet());
    }
    return command;
  }

  private static String bootId(String text) {
    if (!text.matches("[0-9A-Fa-f-]{1,64}")) {
      throw BlockInput.wrong("bootId", text, "a boot id, hexadecimal");
    }
    return text;
  }
}
