package io.drover.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of every command: which Drover, who is asking, and how answers are shown. */
final class Common {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "json, yaml or table (default: table)")
  private Output.Format format = Output.Format.table;

  @Option(
      names = {"-s", "--server"},
      paramLabel = "URL",
      description = "Where Drover is (default: DROVER_URL, else http://127.0.0.1:8080)")
  private @Nullable URI server;

  @Option(
      names = "--credentials",
      paramLabel = "FILE",
      description =
          "File with user= and password= (of several users: DROVER_USER's, else the first), or"
              + " token=. Default: DROVER_TOKEN; DROVER_USER and"
              + " DROVER_PASSWORD; DROVER_CREDENTIALS (such a file); data/credentials")
  private @Nullable Path credentials;

  Output output() {
    return new Output(spec().commandLine().getOut(), format, colour());
  }

  Client client() {
    String url = environment().get("DROVER_URL");
    URI base = server != null ? server : URI.create(url == null ? "http://127.0.0.1:8080" : url);
    if (base.getHost() == null || !String.valueOf(base.getScheme()).matches("https?")) {
      throw new CliFailure(
          ExitCode.USAGE, "--server: " + base + " (expected: like https://drover.example.com)");
    }
    return new Client(base, authorization());
  }

  /** Whether the command line itself names one. */
  boolean asksAServer() {
    return server != null;
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets it before a command runs");
    }
    return spec;
  }

  /** https://no-color.org: any value that is not empty. */
  private boolean colour() {
    String no = environment().get("NO_COLOR");
    boolean wanted = no == null || no.isEmpty();
    return wanted && format == Output.Format.table && Cli.terminal();
  }

  Map<String, String> environment() {
    return Cli.environment(spec());
  }

  private @Nullable String authorization() {
    Map<String, String> env = environment();
    if (credentials != null) {
      return fromFile(credentials, env.get("DROVER_USER"), true);
    }
    String token = env.get("DROVER_TOKEN");
    if (token != null) {
      return "Bearer " + token.strip();
    }
    String user = env.get("DROVER_USER");
    String password = env.get("DROVER_PASSWORD");
    if (user != null && password != null) {
      return basic(user, password);
    }
    String file = env.get("DROVER_CREDENTIALS");
    return file != null
        ? fromFile(Path.of(file), user, true)
        : fromFile(Path.of("data", "credentials"), user, false);
  }

  /**
   * Of a file with lines {@code user=} and {@code password=}, for one user or several, or {@code
   * token=}.
   *
   * @param user whose; null: the first
   * @param asked whether the file must be there
   */
  static @Nullable String fromFile(Path file, @Nullable String user, boolean asked) {
    if (!asked && !Files.isReadable(file)) {
      return null;
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new CliFailure(
          ExitCode.USAGE,
          "--credentials: " + file + " cannot be read (" + e.getClass().getSimpleName() + ")");
    }
    String name = null;
    for (String line : lines) {
      String value = line.substring(line.indexOf('=') + 1).strip();
      if (line.startsWith("token=")) {
        return "Bearer " + value;
      }
      if (line.startsWith("user=")) {
        name = value;
      }
      if (line.startsWith("password=") && name != null && (user == null || user.equals(name))) {
        return basic(name, value);
      }
    }
    throw new CliFailure(
        ExitCode.USAGE,
        "--credentials: "
            + file
            + " (expected: lines user= and password=, or token="
            + (user == null ? ")" : "; for user " + user + ")"));
  }

  private static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }
}
