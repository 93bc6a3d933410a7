package io.drover.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.drover.Drover;
import io.drover.catalog.Catalog;
import io.drover.catalog.Declared;
import io.drover.catalog.Finding;
import io.drover.catalog.Known;
import io.drover.catalog.Runbook;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A runbook in a simulated world that is made for it and gone afterwards. */
@Command(
    name = "rehearse",
    mixinStandardHelpOptions = true,
    description = {
      "Start a simulated world and a Drover in it, run a file's runbook there, and exit as it ended.",
      "The Prism Centrals are called production and dr, the VMs web-1, web-2, web-3, db-4 and so on.",
      "In inputs, vm:web-1 stands for its extId, guest:web-1 for its address, guest-port for where"
          + " guests answer over HTTP."
    })
final class RehearseCommand implements Callable<Integer> {
  private static final Duration LOADED = Duration.ofSeconds(30);
  private static final String VM = "vm:";
  private static final String GUEST = "guest:";

  @Mixin private Common common = new Common();
  @Mixin private Inputs inputs = new Inputs();

  @Parameters(
      paramLabel = "FILE",
      description = "A route file; the schemas beside it are taken too")
  private Path file = Path.of("");

  @Option(
      names = "--runbook",
      paramLabel = "NAME",
      description = "Which one (default: the first of the file that people may start)")
  private @Nullable String runbook;

  @Option(
      names = "--faults",
      paramLabel = "FILE",
      description = "What goes wrong: a JSON or YAML list of faults, as docs/simulator.md has them")
  private @Nullable Path faults;

  @Option(names = "--approve", description = "Somebody says yes to whatever is asked")
  private boolean approve;

  @Option(names = "--timeout", paramLabel = "DURATION", description = "As PT10M (the default)")
  private Duration timeout = Duration.ofMinutes(10);

  @Override
  public Integer call() throws IOException {
    String name = String.valueOf(file.getFileName());
    byte[] text;
    try {
      text = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CliFailure(ExitCode.NOT_FOUND, file + " cannot be read");
    }
    List<Finding> findings = new Catalog().check(name, text, Known.packaged());
    if (!findings.isEmpty()) {
      findings.forEach(finding -> common.output().say(finding.text()));
      return ExitCode.FINDINGS;
    }
    String wanted = wanted(new Catalog().declared(name, text));
    JsonNode script = script();
    Path folder = Files.createTempDirectory("drover-rehearsal");
    int code = ExitCode.BUG;
    try {
      code = rehearse(folder, name, wanted, script);
    } finally {
      if (code == ExitCode.OK) {
        delete(folder);
      } else {
        common.output().say("The log of the rehearsal: " + folder.resolve("data/drover.log"));
      }
    }
    return code;
  }

  private String wanted(Declared declared) {
    if (runbook != null) {
      return runbook;
    }
    return declared.runbooks().stream()
        .filter(one -> !one.internal())
        .map(Runbook::name)
        .findFirst()
        .orElseThrow(
            () ->
                new CliFailure(ExitCode.FINDINGS, file + " has no runbook that people may start"));
  }

  private JsonNode script() throws IOException {
    if (faults == null) {
      return Output.JSON.createArrayNode();
    }
    try {
      JsonNode read = new YAMLMapper().readTree(Files.readString(faults));
      return read.isArray() ? read : Output.JSON.createArrayNode().add(read);
    } catch (JsonProcessingException e) {
      throw new CliFailure(ExitCode.FINDINGS, "--faults: " + e.getOriginalMessage());
    }
  }

  private int rehearse(Path folder, String name, String wanted, JsonNode script)
      throws IOException {
    Path routes = Files.createDirectories(folder.resolve("routes.d"));
    Files.copy(file, routes.resolve(name));
    try (Stream<Path> beside = Files.list(file.toAbsolutePath().getParent())) {
      for (Path schema : beside.filter(f -> f.toString().endsWith(".schema.json")).toList()) {
        Files.copy(schema, routes.resolve(String.valueOf(schema.getFileName())));
      }
    }
    Path data = folder.resolve("data");
    try (ConfigurableApplicationContext drover =
        new SpringApplicationBuilder(Drover.class)
            .run(
                "--spring.profiles.active=rehearse",
                "--server.port=0",
                "--drover.data-directory=" + data,
                "--drover.routes.directory=" + routes)) {
      URI server =
          URI.create(
              "http://127.0.0.1:" + drover.getEnvironment().getProperty("local.server.port"));
      String control = drover.getEnvironment().getRequiredProperty("drover.demo.control");
      Client world = new Client(URI.create(control), null);
      script.forEach(fault -> world.post("/faults", fault));
      Path credentials = data.resolve("credentials");
      Client client = new Client(server, Common.fromFile(credentials, "admin", true));
      Output output = common.output();
      if (!live(client, name, output)) {
        return ExitCode.FINDINGS;
      }
      ObjectNode request = Output.JSON.createObjectNode();
      String port = drover.getEnvironment().getRequiredProperty("drover.demo.guest-http-port");
      request.set("inputs", inWorld(inputs.read(), vms(world), Integer.parseInt(port)));
      Thread approver =
          approve ? approver(new Client(server, Common.fromFile(credentials, "anna", true))) : null;
      try {
        JsonNode started =
            client.post("/api/v1/runbooks/" + Client.part(wanted) + "/executions", request);
        JsonNode ended = new Follower(client, output).follow(started.path("id").asText(), timeout);
        return ExecutionsCommand.ended(ended, output);
      } finally {
        if (approver != null) {
          approver.interrupt();
        }
      }
    }
  }

  /** What Camel itself refuses is only seen now. */
  private static boolean live(Client client, String name, Output output) {
    long end = System.nanoTime() + LOADED.toNanos();
    while (System.nanoTime() < end) {
      for (JsonNode known : client.get("/api/v1/routes")) {
        if (known.path("name").asText().equals(name)) {
          RoutesCommand.findings(output, known.path("findings"));
          return known.path("findings").isEmpty();
        }
      }
      LockSupport.parkNanos(100_000_000);
    }
    throw new CliFailure(ExitCode.BUG, name + " was not loaded within " + LOADED);
  }

  private static Map<String, JsonNode> vms(Client world) {
    Map<String, JsonNode> vms = new HashMap<>();
    for (JsonNode vm : world.get("/world").path("vms")) {
      vms.putIfAbsent(vm.path("name").asText(), vm);
    }
    return vms;
  }

  /**
   * {@code vm:web-1} stands for its extId, {@code guest:web-1} for its address, {@code guest-port}
   * for where guests answer over HTTP.
   */
  private static JsonNode inWorld(JsonNode value, Map<String, JsonNode> vms, int port) {
    if (value instanceof ObjectNode object) {
      ObjectNode all = Output.JSON.createObjectNode();
      object.properties().forEach(e -> all.set(e.getKey(), inWorld(e.getValue(), vms, port)));
      return all;
    }
    if (value.isArray()) {
      var all = Output.JSON.createArrayNode();
      value.forEach(one -> all.add(inWorld(one, vms, port)));
      return all;
    }
    String text = value.isTextual() ? value.asText() : "";
    if (text.equals("guest-port")) {
      return JsonNodeFactory.instance.numberNode(port);
    }
    if (text.startsWith(VM) || text.startsWith(GUEST)) {
      String name = text.substring(text.indexOf(':') + 1);
      JsonNode vm = vms.get(name);
      if (vm == null) {
        throw new CliFailure(
            ExitCode.FINDINGS,
            text + " (expected: one of " + vms.keySet().stream().sorted().toList() + ")");
      }
      return JsonNodeFactory.instance.textNode(
          vm.path(text.startsWith(VM) ? "extId" : "address").asText());
    }
    return value;
  }

  private static Thread approver(Client anna) {
    ObjectNode yes = Output.JSON.createObjectNode().put("reason", "rehearsal");
    Thread thread =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                for (JsonNode open : anna.get("/api/v1/approvals")) {
                  anna.post(
                      "/api/v1/approvals/" + Client.part(open.path("id").asText()) + "/approve",
                      yes);
                }
                LockSupport.parkNanos(200_000_000);
              }
            });
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((t, e) -> {}); // Drover stops under it
    thread.start();
    return thread;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path one : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    }
  }
}
