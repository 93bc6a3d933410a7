package io.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "routes",
    mixinStandardHelpOptions = true,
    description = "The route files of the folder that Drover watches.",
    subcommands = {
      RoutesCommand.ListAll.class,
      RoutesCommand.Show.class,
      RoutesCommand.History.class,
      RoutesCommand.Diff.class,
      RoutesCommand.Rollback.class,
      RoutesCommand.Check.class
    })
final class RoutesCommand extends Group {
  private static final String PATH = "/api/v1/routes";

  private static String path(String file) {
    return PATH + "/" + Client.part(file);
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "All by name. LIVE: what is in the folder runs. OUTDATED: an earlier text runs, for what is"
            + " in the folder was refused. REFUSED: none runs."
      })
  static final class ListAll implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Override
    public Integer call() {
      common
          .output()
          .show(
              common.client().get(PATH),
              "name=FILE",
              "state=STATE",
              "version=VERSION",
              "since=SINCE",
              "runbooks=RUNBOOKS",
              "triggers=TRIGGERS");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "One with its findings, and with --text the text that is live.")
  static final class Show implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "FILE", description = "Its name in the folder")
    private String file = "";

    @Option(names = "--text", description = "Only the text that is live")
    private boolean text;

    @Option(names = "--version", paramLabel = "VERSION", description = "With --text: of this one")
    private @Nullable String version;

    @Override
    public Integer call() {
      Client client = common.client();
      JsonNode shown = client.get(path(file));
      Output output = common.output();
      if (text || version != null) {
        String wanted = version == null ? shown.path("version").asText("") : version;
        JsonNode found = client.get(path(file) + "/versions/" + Client.part(wanted));
        output.line(found.path("text").asText().stripTrailing());
        return ExitCode.OK;
      }
      output.show(shown, "name", "state", "version", "since", "runbooks", "triggers");
      if (output.forPeople()) {
        findings(output, shown.path("findings"));
        for (JsonNode waiver : shown.path("waivers")) {
          output.line(
              "  waived in line "
                  + waiver.path("line").asInt()
                  + ": "
                  + Output.plain(waiver.path("rule").asText())
                  + ": "
                  + Output.plain(waiver.path("reason").asText()));
        }
      }
      return ExitCode.OK;
    }
  }

  static void findings(Output output, JsonNode findings) {
    for (JsonNode finding : findings) {
      String nearest = finding.path("nearest").asText("");
      output.line(
          Output.plain(finding.path("file").asText())
              + ":"
              + finding.path("line").asInt()
              + ":"
              + finding.path("column").asInt()
              + ": "
              + Output.plain(finding.path("rule").asText())
              + ": "
              + Output.plain(finding.path("found").asText())
              + " (expected: "
              + Output.plain(finding.path("expected").asText())
              + (nearest.isEmpty() || nearest.equals("null") ? "" : "; nearest: " + nearest)
              + ")");
    }
  }

  @Command(
      name = "history",
      mixinStandardHelpOptions = true,
      description = "The versions that were live, newest first.")
  static final class History implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "FILE")
    private String file = "";

    @Override
    public Integer call() {
      common
          .output()
          .show(
              common.client().get(path(file) + "/versions"),
              "version=VERSION",
              "loadedAt=LOADED",
              "live=LIVE");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "diff",
      mixinStandardHelpOptions = true,
      description = "What changed, by default with the version that is live.")
  static final class Diff implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "FILE")
    private String file = "";

    @Option(names = "--from", paramLabel = "VERSION")
    private String from = "";

    @Option(names = "--to", paramLabel = "VERSION")
    private String to = "";

    @Override
    public Integer call() {
      JsonNode diff = common.client().get(path(file) + "/diff", "from", from, "to", to);
      Output output = common.output();
      if (output.forPeople()) {
        diff.path("diff")
            .asText()
            .lines()
            .forEach(line -> output.line(line.replaceAll("\\p{Cntrl}", " ")));
      } else {
        output.raw(diff);
      }
      return ExitCode.OK;
    }
  }

  @Command(
      name = "rollback",
      mixinStandardHelpOptions = true,
      description = {
        "Write an earlier version back into the folder, where it is checked and loaded.",
        "Exit code 6 when the folder is read-only, as a mounted ConfigMap is."
      })
  static final class Rollback implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(index = "0", paramLabel = "FILE")
    private String file = "";

    @Parameters(index = "1", paramLabel = "VERSION")
    private String version = "";

    @Override
    public Integer call() {
      ObjectNode body = Output.JSON.createObjectNode().put("version", version);
      JsonNode now = common.client().post(path(file) + "/rollback", body);
      Output output = common.output();
      output.say("Version " + Output.plain(version) + " is written; Drover loads it in a moment.");
      if (!output.forPeople()) {
        output.raw(now);
      }
      return ExitCode.OK;
    }
  }

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = {
        "What Drover would say of a file if it came into the folder now; nothing is loaded.",
        "Exit code 3 on findings."
      })
  static final class Check implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "FILE", description = "A file here")
    private Path file = Path.of("");

    @Override
    public Integer call() {
      ObjectNode body = Output.JSON.createObjectNode();
      body.put("name", String.valueOf(file.getFileName()));
      try {
        body.put("text", Files.readString(file));
      } catch (IOException e) {
        throw new CliFailure(ExitCode.NOT_FOUND, file + " cannot be read as UTF-8 text");
      }
      JsonNode answer = common.client().post(PATH + "/check", body);
      Output output = common.output();
      if (output.forPeople()) {
        findings(output, answer.path("findings"));
        output.line(answer.path("accepted").asBoolean() ? "It would be loaded" : "Refused");
      } else {
        output.raw(answer);
      }
      return answer.path("accepted").asBoolean() ? ExitCode.OK : ExitCode.FINDINGS;
    }
  }
}
