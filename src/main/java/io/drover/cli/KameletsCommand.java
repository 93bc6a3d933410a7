package io.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.catalog.KameletReference;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "kamelets",
    mixinStandardHelpOptions = true,
    description = "The blocks that runbooks consist of; needs no running Drover.",
    subcommands = {KameletsCommand.ListAll.class, KameletsCommand.Show.class})
final class KameletsCommand extends Group {

  @Command(name = "list", mixinStandardHelpOptions = true, description = "All by name.")
  static final class ListAll implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Override
    public Integer call() {
      common
          .output()
          .show(KameletReference.packaged().all(), "name=NAME", "effect=EFFECT", "title=TITLE");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "One: what it does, takes and leaves.")
  static final class Show implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "KAMELET")
    private String name = "";

    @Override
    public Integer call() {
      KameletReference kamelets = KameletReference.packaged();
      ObjectNode found = kamelets.find(name);
      if (found == null) {
        String nearest = kamelets.nearest(name);
        throw new CliFailure(
            ExitCode.NOT_FOUND,
            "There is no Kamelet " + name + (nearest == null ? "" : " (nearest: " + nearest + ")"));
      }
      Output output = common.output();
      if (output.forPeople()) {
        people(output, found);
      } else {
        output.raw(found);
      }
      return ExitCode.OK;
    }

    private static void people(Output output, JsonNode kamelet) {
      output.line(kamelet.path("name").asText() + ": " + kamelet.path("title").asText());
      output.line(kamelet.path("does").asText());
      output.line(kamelet.path("stands").asText());
      line(output, "undone by: ", kamelet.path("undoneBy"));
      line(output, "undoes: ", kamelet.path("undoes"));
      output.line("");
      output.line("given as " + kamelet.path("givenAs").asText() + ":");
      for (JsonNode given : kamelet.path("given")) {
        output.line("  " + named(given.path("name"), given.path("means")));
      }
      if (!kamelet.path("bodyAfterwards").isNull()) {
        output.line("body afterwards: " + kamelet.path("bodyAfterwards").asText());
      }
      if (!kamelet.path("also").asText().isEmpty()) {
        output.line(kamelet.path("also").asText());
      }
      if (!kamelet.path("parameters").isEmpty()) {
        output.line("");
        output.show(
            kamelet.path("parameters"),
            "name=PARAMETER",
            "type=TYPE",
            "default=DEFAULT",
            "minimum=LEAST",
            "maximum=MOST",
            "enum=ONE OF",
            "example=EXAMPLE");
        output.line("");
        for (JsonNode parameter : kamelet.path("parameters")) {
          output.line(named(parameter.path("name"), parameter.path("description")));
        }
      }
    }

    private static String named(JsonNode name, JsonNode means) {
      return name.asText() + (means.asText().isEmpty() ? "" : ": " + means.asText());
    }

    private static void line(Output output, String what, JsonNode names) {
      if (!names.isEmpty()) {
        StringBuilder all = new StringBuilder();
        names.forEach(each -> all.append(all.isEmpty() ? "" : ", ").append(each.asText()));
        output.line(what + all);
      }
    }
  }
}
