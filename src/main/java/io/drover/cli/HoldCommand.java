package io.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "hold",
    mixinStandardHelpOptions = true,
    description = "Stop new mutations everywhere, or let them go on; rollbacks go on anyway.",
    subcommands = {HoldCommand.On.class, HoldCommand.Off.class, HoldCommand.Status.class})
final class HoldCommand extends Group {
  private static final String PATH = "/api/v1/hold";

  private static int show(Common common, JsonNode state) {
    common.output().show(state, "on", "who", "reason", "since");
    return ExitCode.OK;
  }

  /** Turns it. */
  abstract static class Turn implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "3 to 1000 characters")
    private String reason = "";

    abstract boolean on();

    @Override
    public final Integer call() {
      ObjectNode body = Output.JSON.createObjectNode().put("on", on()).put("reason", reason);
      return show(common, common.client().put(PATH, body));
    }
  }

  @Command(name = "on", mixinStandardHelpOptions = true, description = "Nothing new is changed.")
  static final class On extends Turn {
    @Override
    boolean on() {
      return true;
    }
  }

  @Command(name = "off", mixinStandardHelpOptions = true, description = "It goes on.")
  static final class Off extends Turn {
    @Override
    boolean on() {
      return false;
    }
  }

  @Command(name = "status", mixinStandardHelpOptions = true, description = "How it stands.")
  static final class Status implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Override
    public Integer call() {
      return show(common, common.client().get(PATH));
    }
  }
}
