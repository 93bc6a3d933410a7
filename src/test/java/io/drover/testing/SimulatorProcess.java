package io.drover.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The simulated world in a process of its own, so that it outlives a killed Drover. */
public final class SimulatorProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final JsonNode ready;
  private final JsonNode credentials;
  private final SimulatorClient client;

  private SimulatorProcess(Process process, JsonNode ready) throws IOException {
    this.process = process;
    this.ready = ready;
    this.credentials =
        JSON.readTree(Files.readAllBytes(Path.of(ready.path("credentials").asText())));
    this.client = new SimulatorClient(url("control"));
  }

  /**
   * @param folder for its log and credentials; an empty one
   * @param options each {@code --name=value}
   */
  public static SimulatorProcess start(Path folder, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    // Compiled as the JVM that starts it: benchmarks have both compilers, short tests one.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-XX:TieredStopAtLevel"))
        .forEach(command::add);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("io.drover.simulator.Simulator");
    command.add("--data=" + folder);
    command.add("--parent-pid=" + ProcessHandle.current().pid());
    command.addAll(List.of("--exit-with-stdin=true", "--special-vms=off"));
    command.addAll(List.of(options));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String line;
      while ((line = out.readLine()) != null) {
        if (line.startsWith("SIMULATOR READY ")) {
          drain(out);
          return new SimulatorProcess(
              process, JSON.readTree(line.substring("SIMULATOR READY ".length())));
        }
      }
      throw new IllegalStateException("The simulator ended before it was ready");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A full pipe would stop whoever writes into it. */
  private static void drain(BufferedReader out) {
    Thread reader = new Thread(() -> out.lines().forEach(line -> {}), "simulator-output");
    reader.setDaemon(true);
    reader.start();
  }

  public SimulatorClient client() {
    return client;
  }

  /** The address of {@code prism}, {@code slack}, {@code pager} or {@code control}. */
  public String url(String name) {
    return ready.path(name).asText();
  }

  public String username() {
    return credentials.path("username").asText();
  }

  public String password() {
    return credentials.path("password").asText();
  }

  public int guestHttpPort() {
    return ready.path("guestHttpPort").asInt();
  }

  public int guestSshPort() {
    return ready.path("guestSshPort").asInt();
  }

  /** The address of one of several Prism Centrals. */
  public String prism(String name) {
    return ready.path("prismCentrals").path(name).asText();
  }

  /** Where its certificate is to be trusted, with {@code --tls=on}. */
  public Path certificate() {
    return Path.of(ready.path("certificate").asText());
  }

  /** As {@code username}, {@code password}, {@code apiKey}, {@code guestUser} … */
  public String credential(String name) {
    return credentials.path(name).asText();
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** As the operating system does when this JVM dies. */
  void closeItsInput() throws IOException {
    process.getOutputStream().close();
  }

  /** Settings with which Drover reaches the second Prism Central, as {@code dr}. */
  List<String> drSettings() {
    return List.of(
        "drover.systems.prism.dr.url=" + prism("dr"),
        "drover.systems.prism.dr.username=" + credential("username"),
        "drover.systems.prism.dr.password=" + credential("password"),
        "drover.systems.prism.dr.tiers.off=true");
  }

  /** Settings with which Drover reaches this world under the system name {@code prod}. */
  public List<String> settings(Path folder) {
    try {
      Path knownHosts = Files.writeString(folder.resolve("known_hosts"), client.knownHosts());
      return new ArrayList<>(
          List.of(
              "drover.systems.servicenow.url=" + url("servicenow"),
              "drover.systems.servicenow.username=" + credential("serviceNowUsername"),
              "drover.systems.servicenow.password=" + credential("serviceNowPassword"),
              "drover.systems.servicenow.retry=50ms",
              "drover.systems.ansible.awx.url=" + url("awx"),
              "drover.systems.ansible.awx.token=" + credential("awxToken"),
              "drover.systems.vcenter.vc.url=" + url("vcenter"),
              "drover.systems.vcenter.vc.username=" + credential("vcenterUsername"),
              "drover.systems.vcenter.vc.password=" + credential("vcenterPassword"),
              "drover.systems.move.move.url=" + url("move"),
              "drover.systems.move.move.username=" + credential("moveUsername"),
              "drover.systems.move.move.password=" + credential("movePassword"),
              "drover.systems.servicenow.settle=100ms",
              "drover.notices.sheets.root-url=" + url("sheets"),
              "drover.notices.sheets.spreadsheet=simulated-spreadsheet",
              "drover.notices.sheets.service-account=file:"
                  + ready.path("sheetsServiceAccount").asText(),
              "drover.notices.sheets.settle=100ms",
              "drover.systems.prism.prod.url=" + url("prism"),
              "drover.systems.prism.prod.username=" + credentials.path("username").asText(),
              "drover.systems.prism.prod.password=" + credentials.path("password").asText(),
              "drover.guests.subnets=127.0.0.0/8",
              "drover.guests.port=" + ready.path("guestSshPort").asInt(),
              "drover.guests.username=" + credentials.path("guestUser").asText(),
              "drover.guests.password=" + credentials.path("guestPassword").asText(),
              "drover.guests.known-hosts=" + knownHosts,
              "drover.notices.slack.webhook=" + url("slack") + "/services/T0/B0/secret-webhook",
              "drover.notices.slack.url=" + url("slack"),
              "drover.notices.slack.bot-token=" + credential("slackBotToken"),
              "drover.notices.slack.signing-secret=" + credential("slackSigningSecret"),
              "drover.notices.pager.url=" + url("pager"),
              "drover.notices.pager.routing-key=0123456789abcdef0123456789abcdef"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.toHandle().destroyForcibly();
  }
}
