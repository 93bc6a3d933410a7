package io.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "approvals",
    mixinStandardHelpOptions = true,
    description = "What executions wait for people to decide.",
    subcommands = {
      ApprovalsCommand.ListAll.class,
      ApprovalsCommand.Show.class,
      ApprovalsCommand.Approve.class,
      ApprovalsCommand.Reject.class
    })
final class ApprovalsCommand extends Group {
  private static final String PATH = "/api/v1/approvals";

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Newest first.")
  static final class ListAll implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "OPEN (default), APPROVED, REJECTED, EXPIRED or CANCELLED")
    private String state = "";

    @Override
    public Integer call() {
      common
          .output()
          .show(
              common.client().get(PATH, "state", state),
              "id=ID",
              "gate=GATE",
              "execution=EXECUTION",
              "requester=REQUESTER",
              "approvers=APPROVERS",
              "expiresAt=EXPIRES",
              "state=STATE");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "One with what is to be approved, and its hash.")
  static final class Show implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "ID")
    private String id = "";

    @Override
    public Integer call() {
      common.output().raw(common.client().get(PATH + "/" + Client.part(id)));
      return ExitCode.OK;
    }
  }

  /** A decision. */
  abstract static class Decide implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "ID")
    private String id = "";

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "3 to 1000 characters; kept in the history")
    private String reason = "";

    @Option(
        names = "--hash",
        paramLabel = "HASH",
        description = "Of what you saw; refused when something else is asked now")
    private @Nullable String hash;

    abstract String decision();

    @Override
    public final Integer call() {
      ObjectNode body = Output.JSON.createObjectNode().put("reason", reason).put("hash", hash);
      JsonNode answer = common.client().post(PATH + "/" + Client.part(id) + "/" + decision(), body);
      common.output().show(answer, "id", "gate", "execution", "state");
      return ExitCode.OK;
    }
  }

  @Command(name = "approve", mixinStandardHelpOptions = true, description = "Say yes.")
  static final class Approve extends Decide {
    @Override
    String decision() {
      return "approve";
    }
  }

  @Command(name = "reject", mixinStandardHelpOptions = true, description = "Say no.")
  static final class Reject extends Decide {
    @Override
    String decision() {
      return "reject";
    }
  }
}
