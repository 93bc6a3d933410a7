package io.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "executions",
    mixinStandardHelpOptions = true,
    description = "What runs and what ran.",
    subcommands = {
      ExecutionsCommand.ListAll.class,
      ExecutionsCommand.Show.class,
      ExecutionsCommand.Follow.class,
      ExecutionsCommand.Cancel.class,
      ExecutionsCommand.Halt.class,
      ExecutionsCommand.Retry.class,
      ExecutionsCommand.RetryRollback.class,
      ExecutionsCommand.Rerun.class,
      ExecutionsCommand.Resolve.class
    })
final class ExecutionsCommand extends Group {
  private static final String PATH = "/api/v1/executions/";
  private static final String[] ROW = {
    "id=ID",
    "runbook=RUNBOOK",
    "vm.name=VM",
    "state=STATE",
    "outcome=OUTCOME",
    "requester=REQUESTER",
    "createdAt=CREATED",
    "reason=REASON"
  };

  /** Says how it ended, in words and by the exit code. */
  static int ended(JsonNode execution, Output output) {
    String outcome = execution.path("outcome").asText("");
    if (output.forPeople()) {
      String reason = execution.path("reason").asText("");
      boolean told = !reason.isEmpty() && !reason.equals("null");
      output.line(output.coloured(outcome) + (told ? ": " + Output.plain(reason) : ""));
    } else {
      output.raw(execution);
    }
    return ExitCode.of(outcome);
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Newest first.")
  static final class ListAll implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Option(names = "--runbook", paramLabel = "NAME")
    private String runbook = "";

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "CREATED, RUNNING, WAITING or ENDED")
    private String state = "";

    @Option(names = "--outcome", paramLabel = "OUTCOME")
    private String outcome = "";

    @Option(names = "--vm", paramLabel = "EXT_ID")
    private String vm = "";

    @Option(names = "--needs-human", description = "Only those that a person must look at")
    private boolean needsHuman;

    @Option(names = "--all", description = "Child executions too")
    private boolean all;

    @Option(names = "--limit", paramLabel = "N", description = "1 to 200 (default: 50)")
    private int limit = 50;

    @Override
    public Integer call() {
      JsonNode page =
          common
              .client()
              .get(
                  "/api/v1/executions",
                  "runbook",
                  runbook,
                  "state",
                  state,
                  "outcome",
                  outcome,
                  "vm",
                  vm,
                  "needsHuman",
                  needsHuman ? "true" : "",
                  "topLevel",
                  all || !vm.isEmpty() || needsHuman ? "" : "true",
                  "limit",
                  String.valueOf(limit));
      common.output().show(page.path("rows"), ROW);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "One with its child executions, steps and effects.")
  static final class Show implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "ID")
    private String id = "";

    @Override
    public Integer call() {
      Client client = common.client();
      String path = PATH + Client.part(id);
      JsonNode execution = client.get(path);
      JsonNode children = client.get(path + "/children");
      JsonNode steps = client.get(path + "/steps");
      JsonNode effects = client.get(path + "/effects");
      Output output = common.output();
      if (!output.forPeople()) {
        ObjectNode all = Output.JSON.createObjectNode();
        all.set("execution", execution);
        all.set("children", children);
        all.set("steps", steps);
        all.set("effects", effects);
        output.raw(all);
        return ExitCode.OK;
      }
      output.show(
          execution,
          "id",
          "runbook",
          "version",
          "vm.name=vm",
          "state",
          "outcome",
          "reason",
          "waitingFor=waiting for",
          "requester",
          "trigger",
          "createdAt=created",
          "endedAt=ended",
          "inputs");
      part(output, "Child executions", children, ROW);
      part(
          output,
          "Steps",
          steps,
          "step=STEP",
          "visit=VISIT",
          "attempt=ATTEMPT",
          "state=STATE",
          "errorKind=ERROR",
          "errorMessage=MESSAGE",
          "startedAt=STARTED");
      part(
          output,
          "Effects",
          effects,
          "step=STEP",
          "system=SYSTEM",
          "kind=KIND",
          "targetName=TARGET",
          "state=STATE",
          "taskExtId=TASK",
          "request=REQUEST");
      return ExitCode.OK;
    }

    private static void part(Output output, String title, JsonNode rows, String... columns) {
      if (!rows.isEmpty()) {
        output.line("");
        output.line(title);
        output.show(rows, columns);
      }
    }
  }

  @Command(
      name = "follow",
      mixinStandardHelpOptions = true,
      description = "Show it live until it ends, and exit as it ended.")
  static final class Follow implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "ID")
    private String id = "";

    @Option(names = "--timeout", paramLabel = "DURATION", description = "As PT30M; exit code 8")
    private @Nullable Duration timeout;

    @Override
    public Integer call() {
      Output output = common.output();
      return ended(new Follower(common.client(), output).follow(id, timeout), output);
    }
  }

  /** One that is told to do something. */
  abstract static class Action implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "ID")
    private String id = "";

    abstract String action();

    @Nullable ObjectNode body() {
      return null;
    }

    @Override
    public final Integer call() {
      JsonNode execution = common.client().post(PATH + Client.part(id) + "/" + action(), body());
      common.output().show(execution, "id", "runbook", "state", "outcome", "reason");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = "Begin no further VM; those in flight finish or roll back.")
  static final class Cancel extends Action {
    @Override
    String action() {
      return "cancel";
    }
  }

  @Command(
      name = "halt",
      mixinStandardHelpOptions = true,
      description = "Make no further call after 5 s; VMs that were touched need a human then.")
  static final class Halt extends Action {
    @Override
    String action() {
      return "halt";
    }
  }

  @Command(
      name = "retry",
      mixinStandardHelpOptions = true,
      description = "Start anew for exactly the VMs that failed, were skipped or never began.")
  static final class Retry extends Action {
    @Override
    String action() {
      return "retry";
    }
  }

  @Command(
      name = "retry-rollback",
      mixinStandardHelpOptions = true,
      description = "Try an unproven rollback again, under the lock that it still holds.")
  static final class RetryRollback extends Action {
    @Override
    String action() {
      return "retry-rollback";
    }
  }

  @Command(
      name = "rerun",
      mixinStandardHelpOptions = true,
      description = "Start it again with the same inputs.")
  static final class Rerun extends Action {
    @Option(
        names = "--recovery-point",
        paramLabel = "EXT_ID",
        description = "Put the VM back to it first")
    private @Nullable String recoveryPoint;

    @Override
    String action() {
      return "rerun";
    }

    @Override
    @Nullable ObjectNode body() {
      return recoveryPoint == null
          ? null
          : Output.JSON.createObjectNode().put("recoveryPoint", recoveryPoint);
    }
  }

  @Command(
      name = "resolve",
      mixinStandardHelpOptions = true,
      description = "Close one that needs a human; its lock is released.")
  static final class Resolve extends Action {
    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "What was done")
    private String reason = "";

    @Override
    String action() {
      return "resolve";
    }

    @Override
    ObjectNode body() {
      return Output.JSON.createObjectNode().put("reason", reason);
    }
  }
}
