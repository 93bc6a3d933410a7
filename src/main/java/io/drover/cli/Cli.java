package io.drover.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/** The command {@code drover}. */
@Command(
    name = "drover",
    mixinStandardHelpOptions = true,
    versionProvider = Cli.Version.class,
    description = "Day-2 operations on Nutanix AHV. Without a command: starts Drover.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExit codes:%n",
    footer = {
      "   0  done; the execution succeeded, or had nothing to do",
      "   1  a fault of Drover's own",
      "   2  the command line is wrong",
      "   3  findings in a file, or inputs that were refused",
      "   4  there is no such thing",
      "   5  not signed in, or not allowed",
      "   6  it does not fit the state of things",
      "   7  Drover does not answer",
      "   8  the time for waiting is over",
      "  10  the execution failed; nothing that it changed still stands",
      "  11  the execution failed, and something that it changed still stands",
      "  12  the execution needs a human",
      "  13  the execution was rejected or cancelled",
      "  14  a check of doctor failed"
    },
    subcommands = {
      ValidateCommand.class,
      RunCommand.class,
      DryRunCommand.class,
      RunbooksCommand.class,
      ExecutionsCommand.class,
      ApprovalsCommand.class,
      RoutesCommand.class,
      SchedulesCommand.class,
      SchemaCommand.class,
      KameletsCommand.class,
      HoldCommand.class,
      LedgerCommand.class,
      RehearseCommand.class,
      DoctorCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Cli {
  private final Map<String, String> environment;

  private Cli(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Whether these are a command and not settings for the runtime. */
  public static boolean knows(String[] args) {
    return args.length > 0
        && (List.of("-h", "--help", "-V", "--version").contains(args[0])
            || (!args[0].startsWith("-")));
  }

  /** Runs a command with the process's own streams and environment. */
  public static int run(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true);
    PrintWriter err = new PrintWriter(System.err, true);
    return run(args, out, err, System.getenv());
  }

  /**
   * Runs a command.
   *
   * @return the exit code
   */
  public static int run(
      String[] args, PrintWriter out, PrintWriter err, Map<String, String> environment) {
    CommandLine line = new CommandLine(new Cli(environment));
    line.setOut(out);
    line.setErr(err);
    String no = environment.get("NO_COLOR");
    boolean colour = terminal() && (no == null || no.isEmpty());
    line.setColorScheme(CommandLine.Help.defaultColorScheme(colour ? Ansi.AUTO : Ansi.OFF));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          if (e instanceof CliFailure failure) {
            command.getErr().println(lines(failure.getMessage()));
            return failure.code();
          }
          command.getErr().println("Drover cannot do that: " + lines(e.toString()));
          return ExitCode.BUG;
        });
    return line.execute(args);
  }

  /** Several lines are meant; what a terminal would obey is not. */
  private static String lines(@Nullable String text) {
    return String.join(
        "\n", String.valueOf(text).lines().map(l -> l.replaceAll("\\p{Cntrl}", " ")).toList());
  }

  static boolean terminal() {
    return System.console() != null;
  }

  static Map<String, String> environment(CommandSpec spec) {
    CommandSpec root = spec.root();
    return root.userObject() instanceof Cli cli ? cli.environment : System.getenv();
  }

  /** From the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Cli.class.getPackage().getImplementationVersion();
      return new String[] {"Drover " + (version == null ? "(not packaged)" : version)};
    }
  }
}
