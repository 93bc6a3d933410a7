package io.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "schedules",
    mixinStandardHelpOptions = true,
    description = "What starts by the clock.",
    subcommands = SchedulesCommand.ListAll.class)
final class SchedulesCommand extends Group {

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "All, each with its next fire times.")
  static final class ListAll implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Option(names = "--times", paramLabel = "N", description = "1 to 100 (default: 10)")
    private int times = 10;

    @Override
    public Integer call() {
      JsonNode schedules = common.client().get("/api/v1/schedules", "times", String.valueOf(times));
      Output output = common.output();
      if (!output.forPeople()) {
        output.raw(schedules);
        return ExitCode.OK;
      }
      for (JsonNode schedule : schedules) {
        output.line(
            Output.plain(schedule.path("runbook").asText())
                + "/"
                + Output.plain(schedule.path("schedule").asText())
                + "  "
                + Output.plain(schedule.path("cron").asText())
                + "  "
                + Output.plain(schedule.path("zone").asText()));
        schedule.path("next").forEach(time -> output.line("  " + Output.plain(time.asText())));
      }
      return ExitCode.OK;
    }
  }
}
