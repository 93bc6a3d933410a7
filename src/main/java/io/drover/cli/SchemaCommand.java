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
      "With a runbook: that of its inputs; of one that Drover does not ship, or with --server, from"
          + " a running Drover."
    })
final class SchemaCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Parameters(paramLabel = "RUNBOOK", arity = "0..1")
  private @Nullable String runbook;

  @Override
  public Integer call() {
    common.output().raw(runbook == null ? RouteSchema.generate() : inputs(runbook));
    return ExitCode.OK;
  }

  /** A packaged runbook's name belongs to it: no other Drover of this version has another. */
  private JsonNode inputs(String name) {
    JsonNode packaged = common.asksAServer() ? null : RouteSchema.ofInputs(name);
    return packaged != null
        ? packaged
        : common.client().get("/api/v1/schemas/runbooks/" + Client.part(name));
  }
}
