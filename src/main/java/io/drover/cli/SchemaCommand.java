package io.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.catalog.RouteSchema;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    description = {
      "Print the JSON Schema of route files, for completion in editors; needs no running Drover.",
      "With a runbook: that of its inputs, from a running one."
    })
final class SchemaCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Parameters(paramLabel = "RUNBOOK", arity = "0..1")
  private @Nullable String runbook;

  @Override
  public Integer call() {
    JsonNode schema =
        runbook == null
            ? RouteSchema.generate()
            : common.client().get("/api/v1/schemas/runbooks/" + Client.part(runbook));
    common.output().raw(schema);
    return ExitCode.OK;
  }
}
