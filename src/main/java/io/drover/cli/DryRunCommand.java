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
    name = "dry-run",
    mixinStandardHelpOptions = true,
    description = {
      "Show what a runbook would do, and change nothing.",
      "Reads happen. RECORDED calls would be made just so; EXPECTED ones would follow.",
      "run --plan ID --hash HASH starts exactly what was seen."
    })
final class DryRunCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();
  @Mixin private Inputs inputs = new Inputs();

  @Parameters(paramLabel = "RUNBOOK")
  private String runbook = "";

  @Option(names = "--timeout", paramLabel = "DURATION", description = "As PT5M (the default)")
  private @Nullable Duration timeout = Duration.ofMinutes(5);

  @Override
  public Integer call() {
    Client client = common.client();
    Output output = common.output();
    ObjectNode request = Output.JSON.createObjectNode();
    request.set("inputs", inputs.read());
    JsonNode started =
        client.post("/api/v1/runbooks/" + Client.part(runbook) + "/dry-runs", request);
    String id = started.path("id").asText();
    JsonNode ended = new Follower(client, output.quiet()).follow(id, timeout);
    JsonNode plan = client.get("/api/v1/executions/" + Client.part(id) + "/plan");
    if (!output.forPeople()) {
      output.raw(plan);
      return ExitCode.of(ended.path("outcome").asText());
    }
    String before = "";
    for (JsonNode action : plan.path("actions")) {
      String whose =
          action.path("runbook").asText()
              + (action.hasNonNull("vm")
                  ? " " + action.path("vm").asText() + " (" + action.path("vmExtId").asText() + ")"
                  : "");
      if (!whose.equals(before)) {
        output.line(Output.plain(whose));
        before = whose;
      }
      boolean recorded = action.path("state").asText().equals("RECORDED");
      String target =
          action.hasNonNull("targetName")
              ? action.path("targetName").asText()
              : action.path("target").asText();
      output.line(
          (recorded ? "  ! " : "    ")
              + Output.plain(action.path("step").asText())
              + ": "
              + Output.plain(action.path("kind").asText())
              + (recorded
                  ? " in "
                      + Output.plain(action.path("system").asText())
                      + " on "
                      + Output.plain(target)
                  : "")
              + "\n      "
              + Output.whole(action.path("request").asText()));
    }
    output.line(
        output.coloured(ended.path("outcome").asText())
            + ": "
            + Output.plain(ended.path("reason").asText("")));
    output.line("Plan " + id + ", hash " + plan.path("hash").asText());
    return ExitCode.of(ended.path("outcome").asText());
  }
}
