package io.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "ledger",
    mixinStandardHelpOptions = true,
    description = "The history of everything.",
    subcommands = {LedgerCommand.Backup.class, LedgerCommand.Prune.class})
final class LedgerCommand extends Group {

  @Command(
      name = "backup",
      mixinStandardHelpOptions = true,
      description = {
        "Copy the embedded ledger while Drover runs, into backups/ of its data directory.",
        "A ledger in PostgreSQL is backed up with PostgreSQL's own tools (exit code 6)."
      })
  static final class Backup implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Override
    public Integer call() {
      JsonNode made = common.client().post("/api/v1/ledger/backup", null);
      common.output().show(made, "file", "bytes", "sha256");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "prune",
      mixinStandardHelpOptions = true,
      description = {
        "Delete executions that ended long ago, with their steps, effects and reports.",
        "What is open, needs a human, or belongs to such a one stays; the audit stays."
      })
  static final class Prune implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Option(
        names = "--older-than",
        required = true,
        paramLabel = "DAYS",
        description = "Ended more than so many days ago; 7 to 36500")
    private int days;

    @Option(names = "--dry-run", description = "Only count")
    private boolean dryRun;

    @Override
    public Integer call() {
      ObjectNode body =
          Output.JSON.createObjectNode().put("olderThanDays", days).put("dryRun", dryRun);
      JsonNode done = common.client().post("/api/v1/ledger/prune", body);
      common.output().show(done, "executions", "steps", "effects", "artifacts", "deleted");
      return ExitCode.OK;
    }
  }
}
