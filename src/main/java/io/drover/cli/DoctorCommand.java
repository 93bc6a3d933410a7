package io.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Whether Drover could do its work now. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Look whether each system can be reached, with its certificate, clock, credentials and rights,"
          + " and at the ledger, the disk, host keys, route files and messages.",
      "Changes nothing. Exit code 14 when something failed; warnings do not count."
    })
final class DoctorCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Override
  public Integer call() {
    JsonNode checks = common.client().get("/api/v1/doctor");
    common.output().show(checks, "system", "check", "result", "text");
    boolean failed = false;
    for (JsonNode check : checks) {
      failed |= check.path("result").asText().equals("FAILED");
    }
    return failed ? ExitCode.UNHEALTHY : ExitCode.OK;
  }
}
