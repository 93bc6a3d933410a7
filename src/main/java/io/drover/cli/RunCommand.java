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
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Start a runbook. With --wait: show it live, and exit as it ended.")
final class RunCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();
  @Mixin private Inputs inputs = new Inputs();

  @Parameters(paramLabel = "RUNBOOK")
  private String runbook = "";

  @Option(names = "--wait", description = "Until it ends")
  private boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "Wait no longer, as PT30M; exit code 8, the execution goes on")
  private @Nullable Duration timeout;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "Idempotency key: the same again gives the first execution")
  private @Nullable String key;

  @Option(
      names = "--not-after",
      paramLabel = "TIME",
      description = "No mutating step begins after it, as 2026-11-24T04:00:00Z")
  private @Nullable String notAfter;

  @Option(
      names = "--plan",
      paramLabel = "ID",
      description = "A dry run: its inputs are taken; refused when it does not hold any more")
  private @Nullable String plan;

  @Option(names = "--hash", paramLabel = "HASH", description = "Of the plan that you saw")
  private @Nullable String hash;

  @Override
  public Integer call() {
    Client client = common.client();
    Output output = common.output();
    ObjectNode request = Output.JSON.createObjectNode();
    request.set("inputs", inputs.read());
    if (plan != null || hash != null) {
      if (plan == null || hash == null) {
        throw new CliFailure(ExitCode.USAGE, "--plan and --hash: (expected: both or none)");
      }
      request.putObject("plan").put("execution", plan).put("hash", hash);
    }
    if (notAfter != null) {
      request.put("notAfter", notAfter);
    }
    JsonNode started =
        client.post("/api/v1/runbooks/" + Client.part(runbook) + "/executions", request, key);
    String id = started.path("id").asText();
    if (!wait) {
      if (output.forPeople()) {
        output.line(id);
      } else {
        output.raw(started);
      }
      return ExitCode.OK;
    }
    output.say("Execution " + id);
    JsonNode ended = new Follower(client, output).follow(id, timeout);
    return ExecutionsCommand.ended(ended, output);
  }
}
