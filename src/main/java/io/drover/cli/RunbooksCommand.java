package io.drover.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "runbooks",
    mixinStandardHelpOptions = true,
    description = "What can be started.",
    subcommands = {RunbooksCommand.ListAll.class, RunbooksCommand.Show.class})
final class RunbooksCommand extends Group {

  @Command(name = "list", mixinStandardHelpOptions = true, description = "All by name.")
  static final class ListAll implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Override
    public Integer call() {
      common
          .output()
          .show(
              common.client().get("/api/v1/runbooks"),
              "name=NAME",
              "mutating=MUTATING",
              "version=VERSION",
              "description=DESCRIPTION");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "One, with the JSON Schema of its inputs.")
  static final class Show implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "RUNBOOK")
    private String name = "";

    @Override
    public Integer call() {
      common.output().raw(common.client().get("/api/v1/runbooks/" + Client.part(name)));
      return ExitCode.OK;
    }
  }
}
