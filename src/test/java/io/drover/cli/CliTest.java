package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Execution;
import io.drover.execution.LedgerCare;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import io.drover.testing.SimulatorClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.bcrypt.BCrypt;

/** Every command against a running Drover, with what it prints and its exit code. */
class CliTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PASSWORD = "correct horse battery staple";
  private static final String ASKING =
      """
      - route:
          id: asking
          description: Ask, and then say so.
          from:
            uri: "runbook:asking?mutating=false"
            steps:
              - setVariable: { name: system, constant: prod }
              - setVariable: { name: vmName, constant: web-1 }
              - step:
                  id: ask
                  steps:
                    - setBody: { simple: "${variable.inputs}" }
                    - to: "approval:go?approvers=group:approvers&timeout=PT1H"
              - setVariable: { name: outcomeReason, constant: "ANSWER" }
      """;

  private static Lab lab;

  @BeforeAll
  static void start() throws IOException {
    String hash = BCrypt.hashpw(PASSWORD, BCrypt.gensalt(4));
    List<String> settings = new ArrayList<>();
    int i = 0;
    for (String who : List.of("VIEWER", "OPERATOR", "APPROVER", "ADMIN")) {
      String user = "drover.access.users[" + i++ + "].";
      settings.add(user + "name=" + who.toLowerCase(java.util.Locale.ROOT));
      settings.add(user + "password-hash=" + hash);
      settings.add(user + "roles=" + who);
      settings.add(user + "groups=" + (who.equals("APPROVER") ? "approvers" : "others"));
    }
    lab = Lab.with(8, settings);
    Files.createDirectories(lab.routes());
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  /** What a command printed and ended with. */
  private record Ran(int code, String out, String err) {
    JsonNode json() {
      try {
        return JSON.readTree(out);
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Ran as(String user, String... args) {
    Map<String, String> environment = new HashMap<>();
    environment.put("DROVER_URL", lab.url());
    environment.put("DROVER_USER", user);
    environment.put("DROVER_PASSWORD", PASSWORD);
    return run(environment, args);
  }

  private static Ran run(Map<String, String> environment, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Cli.run(args, new PrintWriter(out), new PrintWriter(err, true), environment);
    assertThat(out + "" + err).doesNotContain(PASSWORD);
    return new Ran(code, out.toString(), err.toString());
  }

  private static String ok(String user, String... args) {
    Ran ran = as(user, args);
    assertThat(ran.code()).as(String.join(" ", args) + "\n" + ran.err()).isZero();
    return ran.out();
  }

  private static void put(String name, String text) throws IOException {
    Files.writeString(lab.routes().resolve(name), text);
  }

  private static void live(String answer) {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                as("viewer", "routes", "show", "asking.camel.yaml", "--text")
                    .out()
                    .contains(answer));
  }

  private static String vm(String name) {
    return lab.world().vms().stream()
        .filter(vm -> vm.name().equals(name))
        .findFirst()
        .orElseThrow()
        .extId();
  }

  private static Path inputs(ObjectNode inputs) throws IOException {
    return Files.writeString(Files.createTempFile("inputs", ".json"), inputs.toString());
  }

  @Test
  void runsShowsAndFollowsExecutions() throws IOException {
    Path inputs = inputs(lab.window(vm("web-1")));
    String run = ok("operator", "run", "patch-window", "--inputs", inputs.toString(), "--wait");
    assertThat(run).contains("create-recovery-point", "web-1", "SUCCEEDED");
    String id = run.lines().findFirst().orElseThrow().substring("Execution ".length());
    assertThat(ok("viewer", "executions", "list")).contains(id, "patch-window", "SUCCEEDED");
    JsonNode shown = as("viewer", "executions", "show", id, "-o", "json").json();
    assertThat(shown.path("execution").path("outcome").asText()).isEqualTo("SUCCEEDED");
    String child = shown.path("children").get(0).path("id").asText();
    assertThat(ok("viewer", "executions", "show", child)).contains("create-recovery-point", "DONE");
    assertThat(ok("viewer", "executions", "show", id, "-o", "yaml"))
        .contains("outcome: \"SUCCEEDED\"");
    assertThat(ok("viewer", "executions", "follow", id)).contains("SUCCEEDED");
    assertThat(ok("operator", "executions", "rerun", id)).contains("patch-window");
    assertThat(as("operator", "executions", "retry", id).code()).isEqualTo(ExitCode.CONFLICT);
    assertThat(as("operator", "executions", "retry-rollback", child).code())
        .isEqualTo(ExitCode.CONFLICT);
    assertThat(as("operator", "executions", "resolve", id, "--reason", "looked").code())
        .isEqualTo(ExitCode.CONFLICT);
    assertThat(as("viewer", "executions", "cancel", id).code()).isEqualTo(ExitCode.REFUSED);
    assertThat(as("viewer", "executions", "show", "01zzzzzzzzzzzzzzzzzzzzzzzz").code())
        .isEqualTo(ExitCode.NOT_FOUND);
    // Its guest is not healthy after the update: it is put back.
    lab.world().change(vm("web-2"), "behaviour", "unhealthyAfterPatch");
    ObjectNode failing = lab.window(vm("web-2"));
    Ran failed =
        as("operator", "run", "patch-window", "--inputs", inputs(failing).toString(), "--wait");
    assertThat(failed.code()).isIn(ExitCode.FAILED, ExitCode.CHANGED);
    String other = failed.out().lines().findFirst().orElseThrow().substring("Execution ".length());
    assertThat(as("operator", "executions", "retry", other).code()).isZero();
  }

  @Test
  void asksDecidesAndStops() throws IOException {
    put("asking.camel.yaml", ASKING.replace("ANSWER", "one"));
    live("one");
    Ran waiting = as("operator", "run", "asking", "--wait", "--timeout", "PT2S");
    assertThat(waiting.code()).as(waiting.err()).isEqualTo(ExitCode.TIMEOUT);
    assertThat(waiting.err()).contains("goes on");
    String approval =
        await()
            .atMost(Duration.ofSeconds(10))
            .until(() -> as("viewer", "approvals", "list", "-o", "json").json(), j -> j.size() == 1)
            .get(0)
            .path("id")
            .asText();
    assertThat(ok("viewer", "approvals", "list")).contains(approval, "group:approvers");
    assertThat(as("operator", "approvals", "approve", approval, "--reason", "me").code())
        .isEqualTo(ExitCode.REFUSED);
    String hash =
        as("viewer", "approvals", "show", approval, "-o", "json").json().path("hash").asText();
    assertThat(
            as("approver", "approvals", "approve", approval, "--reason", "seen", "--hash", "0")
                .code())
        .isEqualTo(ExitCode.CONFLICT);
    ok("approver", "approvals", "approve", approval, "--reason", "seen it", "--hash", hash);
    assertThat(as("approver", "approvals", "reject", approval, "--reason", "no, no").code())
        .isEqualTo(ExitCode.CONFLICT);
    String second = ok("operator", "run", "asking", "--key", "once").strip();
    assertThat(ok("operator", "run", "asking", "--key", "once").strip()).isEqualTo(second);
    ok("operator", "executions", "cancel", second);
    assertThat(as("viewer", "executions", "follow", second, "--timeout", "PT20S").code())
        .isEqualTo(ExitCode.STOPPED);
    String third = ok("operator", "run", "asking").strip();
    ok("operator", "executions", "halt", third);
    assertThat(as("viewer", "executions", "follow", third, "--timeout", "PT20S").code())
        .isEqualTo(ExitCode.STOPPED);

    put("asking.camel.yaml", ASKING.replace("ANSWER", "two"));
    live("two");
    assertThat(ok("viewer", "routes", "list")).contains("asking.camel.yaml", "LIVE");
    List<String> versions = new ArrayList<>();
    as("viewer", "routes", "history", "asking.camel.yaml", "-o", "json")
        .json()
        .forEach(version -> versions.add(version.path("version").asText()));
    assertThat(versions).hasSize(2);
    assertThat(ok("viewer", "routes", "diff", "asking.camel.yaml"))
        .contains("-        - setVariable: { name: outcomeReason, constant: \"one\" }")
        .contains("+        - setVariable: { name: outcomeReason, constant: \"two\" }");
    assertThat(as("viewer", "routes", "rollback", "asking.camel.yaml", versions.get(1)).code())
        .isEqualTo(ExitCode.REFUSED);
    assertThat(as("operator", "routes", "rollback", "asking.camel.yaml", "nothing").code())
        .isEqualTo(ExitCode.NOT_FOUND);
    ok("operator", "routes", "rollback", "asking.camel.yaml", versions.get(1));
    live("one");
    put("asking.camel.yaml", ASKING.replace("approval:go", "aproval:go"));
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> ok("viewer", "routes", "list").contains("OUTDATED"));
    assertThat(ok("viewer", "routes", "show", "asking.camel.yaml"))
        .contains("asking.camel.yaml:13:21: components", "nearest: approval")
        .doesNotContain("own-names");
    assertThat(as("viewer", "routes", "show", "none.camel.yaml").code())
        .isEqualTo(ExitCode.NOT_FOUND);
    Path good = Files.createTempDirectory("check").resolve("other.camel.yaml");
    Files.writeString(good, ASKING.replace("asking", "other"));
    assertThat(ok("operator", "routes", "check", good.toString())).contains("would be loaded");
    Files.writeString(good, ASKING);
    assertThat(as("operator", "routes", "check", good.toString()).code())
        .isEqualTo(ExitCode.FINDINGS);
  }

  @Test
  void saysWhatWouldBeDoneAndStartsIt() throws IOException {
    Path inputs = inputs(lab.window(vm("db-4")));
    Ran plan =
        as("operator", "dry-run", "patch-window", "--inputs", inputs.toString(), "-o", "json");
    assertThat(plan.code()).as(plan.err()).isZero();
    String id = plan.json().path("execution").asText();
    String hash = plan.json().path("hash").asText();
    assertThat(plan.json().path("actions").toString()).contains("POST dataprotection/config");
    assertThat(lab.world().recoveryPoints(vm("db-4"))).isEmpty();
    assertThat(ok("operator", "dry-run", "patch-window", "--inputs", inputs.toString()))
        .contains("db-4 (" + vm("db-4") + ")", "! create-recovery-point", "if it fails", "hash ");
    assertThat(as("operator", "run", "patch-window", "--plan", id, "--hash", "0").code())
        .isEqualTo(ExitCode.CONFLICT);
    assertThat(as("operator", "run", "patch-window", "--plan", id).code())
        .isEqualTo(ExitCode.USAGE);
    assertThat(as("operator", "run", "chargeback", "--plan", id, "--hash", hash).code())
        .isEqualTo(ExitCode.CONFLICT);
    ok("operator", "run", "patch-window", "--plan", id, "--hash", hash, "--wait");
    assertThat(lab.world().recoveryPoints(vm("db-4"))).hasSize(1);
    assertThat(as("operator", "executions", "rerun", id).code()).isEqualTo(ExitCode.CONFLICT);
    assertThat(as("viewer", "dry-run", "patch-window").code()).isEqualTo(ExitCode.REFUSED);
  }

  /** The safe runbook of the guide, as an operator would take it into use. */
  @Test
  void theExampleOfTheGuideChangesAVmSafely() throws IOException {
    for (String name : List.of("reboot-vm.schema.json", "reboot-vm.camel.yaml")) {
      put(name, Files.readString(Path.of("docs", "examples", name)));
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> ok("viewer", "runbooks", "list").contains("reboot-vm"));
    SimulatorClient.Vm vm =
        lab.world().vms().stream().filter(v -> v.name().equals("web-3")).findFirst().orElseThrow();
    ObjectNode inputs = JSON.createObjectNode().put("system", "prod").put("vm", vm.extId());
    inputs.put("address", "127.10.0.4"); // the third guest
    inputs.set("healthCheck", lab.window().get("healthCheck"));
    Path file = inputs(inputs);
    Ran plan = as("operator", "dry-run", "reboot-vm", "--inputs", file.toString());
    assertThat(plan.out()).contains("POST dataprotection/config/recovery-points", "if it fails");
    String run = ok("operator", "run", "reboot-vm", "--inputs", file.toString(), "--wait");
    assertThat(run).contains("SUCCEEDED: web-3 is rebooted and healthy");
    lab.world().change(vm.extId(), "behaviour", "ignoresReboot");
    Ran failed = as("operator", "run", "reboot-vm", "--inputs", file.toString(), "--wait");
    assertThat(failed.out()).contains("ROLLED_BACK", "revert-vm");
    assertThat(failed.code()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void rehearsesAFileInAWorldOfItsOwn() throws IOException {
    Path faults = Files.createTempFile("faults", ".json");
    Files.writeString(
        faults, "[{\"kind\":\"answer-lost\",\"method\":\"POST\",\"path\":\".*/recovery-points\"}]");
    Ran ran =
        run(
            Map.of(),
            "rehearse",
            "docs/examples/reboot-vm.camel.yaml",
            "-i",
            "system=production",
            "-i",
            "vm=vm:web-2",
            "-i",
            "address=guest:web-2",
            "-i",
            "healthCheck={\"port\":\"guest-port\",\"path\":\"/health\",\"timeoutSeconds\":60}",
            "--faults",
            faults.toString());
    assertThat(ran.out()).as(ran.err()).contains("check-health-before", "SUCCEEDED");
    assertThat(ran.code()).isEqualTo(ExitCode.OK);
    assertThat(run(Map.of(), "rehearse", "docs/none.camel.yaml").code())
        .isEqualTo(ExitCode.NOT_FOUND);
  }

  @Test
  void prunesWhatHasEndedAndNothingElse() {
    LedgerCare care = lab.bean(LedgerCare.class);
    Execution done = lab.run("chargeback", JSON.createObjectNode().put("system", "prod"));
    ok("operator", "hold", "on", "--reason", "to keep one open");
    String open = lab.begin("patch-window", lab.window(vm("web-5")));
    LedgerCare.Pruned counted = care.prune(Instant.now().plusSeconds(5), true);
    assertThat(counted.deleted()).isFalse();
    assertThat(counted.executions()).isPositive();
    assertThat(counted.steps()).isPositive();
    assertThat(counted.artifacts()).isPositive();
    assertThat(lab.executions().find(done.id())).isPresent();
    LedgerCare.Pruned pruned = care.prune(Instant.now().plusSeconds(5), false);
    assertThat(pruned.executions()).isEqualTo(counted.executions());
    assertThat(pruned.steps()).isEqualTo(counted.steps());
    assertThat(lab.executions().find(done.id())).isEmpty();
    assertThat(lab.executions().find(open)).isPresent();
    ok("operator", "hold", "off", "--reason", "it may go on");
    assertThat(lab.end(open).outcome()).as(lab.story(open)).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void looksWhetherTheWorkCanBeDone() throws IOException {
    Ran well = as("admin", "doctor", "-o", "json");
    assertThat(well.code()).as(well.out()).isEqualTo(ExitCode.OK);
    assertThat(well.json().findValuesAsText("system"))
        .contains("prism prod", "vcenter vc", "ledger", "guests", "pager", "routes");
    put("broken.camel.yaml", "- route: [");
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> as("admin", "doctor").code() == ExitCode.UNHEALTHY);
    assertThat(as("admin", "doctor").out()).contains("broken.camel.yaml", "FAILED");
    Files.delete(lab.routes().resolve("broken.camel.yaml"));
    assertThat(as("operator", "doctor").code()).isEqualTo(ExitCode.REFUSED);
  }

  @Test
  void holdsListsAndKeepsTheLedger() {
    assertThat(ok("viewer", "runbooks", "list")).contains("patch-window", "chargeback");
    assertThat(ok("viewer", "runbooks", "show", "patch-window")).contains("inputSchema");
    assertThat(as("viewer", "runbooks", "show", "nothing").code()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(ok("viewer", "schedules", "list", "--times", "3")).isNotNull();
    assertThat(as("viewer", "schedules", "list", "--times", "0").code())
        .isEqualTo(ExitCode.FINDINGS);
    assertThat(ok("operator", "hold", "on", "--reason", "storage trouble")).contains("storage");
    assertThat(ok("viewer", "hold", "status")).contains("true");
    assertThat(as("viewer", "hold", "off", "--reason", "let me").code())
        .isEqualTo(ExitCode.REFUSED);
    ok("operator", "hold", "off", "--reason", "it is over");
    JsonNode backup = as("admin", "ledger", "backup", "-o", "json").json();
    assertThat(Path.of(backup.path("file").asText())).isRegularFile();
    assertThat(backup.path("bytes").asLong()).isPositive();
    assertThat(as("operator", "ledger", "backup").code()).isEqualTo(ExitCode.REFUSED);
    assertThat(ok("admin", "ledger", "prune", "--older-than", "7", "--dry-run")).contains("false");
    assertThat(ok("admin", "ledger", "prune", "--older-than", "7")).contains("true");
    assertThat(as("admin", "ledger", "prune", "--older-than", "1").code())
        .isEqualTo(ExitCode.FINDINGS);
  }

  @Test
  void saysWhatIsWrongWithACommand() throws IOException {
    assertThat(run(Map.of(), "nonsense").code()).isEqualTo(ExitCode.USAGE);
    assertThat(run(Map.of(), "executions").code()).isEqualTo(ExitCode.USAGE);
    assertThat(run(Map.of(), "executions", "show").code()).isEqualTo(ExitCode.USAGE);
    assertThat(run(Map.of(), "--help").out()).contains("Exit codes:");
    assertThat(run(Map.of(), "--version").out()).contains("Drover");
    assertThat(run(Map.of("DROVER_URL", "http://127.0.0.1:1"), "hold", "status").code())
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(run(Map.of(), "hold", "status", "-s", "ftp://x").code()).isEqualTo(ExitCode.USAGE);
    Ran nobody =
        run(Map.of("DROVER_URL", lab.url(), "DROVER_TOKEN", "drv_wrong"), "runbooks", "list");
    assertThat(nobody.code()).isEqualTo(ExitCode.REFUSED);
    assertThat(nobody.err()).doesNotContain("drv_wrong");
    Ran wrong = as("operator", "run", "patch-window", "-i", "concurrency=lots");
    assertThat(wrong.code()).isEqualTo(ExitCode.FINDINGS);
    assertThat(wrong.err()).contains("concurrency: \"lots\" (expected: type integer)");
    Path credentials = Files.createTempFile("credentials", "");
    Files.writeString(credentials, "user=viewer\npassword=" + PASSWORD + "\n");
    assertThat(
            run(
                    Map.of("DROVER_URL", lab.url()),
                    "runbooks",
                    "list",
                    "--credentials",
                    credentials.toString())
                .code())
        .isZero();
  }

  @Test
  void validatesWithoutARunningDrover() throws IOException {
    Path folder = Files.createTempDirectory("validate");
    Path good = Files.writeString(folder.resolve("good.camel.yaml"), ASKING);
    assertThat(run(Map.of(), "validate", good.toString()).code()).isZero();
    assertThat(run(Map.of(), "validate", "src/main/resources/routes").code()).isZero();
    Files.writeString(folder.resolve("bad.camel.yaml"), ASKING.replace("setBody", "setBoddy"));
    Ran bad = run(Map.of(), "validate", folder.toString(), "-o", "json");
    assertThat(bad.code()).isEqualTo(ExitCode.FINDINGS);
    assertThat(bad.json().toString())
        .contains("\"line\":12", "setBoddy", "\"nearest\":\"setBody\"");
    assertThat(run(Map.of(), "validate", folder.toString()).out()).contains("2 files, ");
    assertThat(run(Map.of(), "validate", folder.resolve("none").toString()).code())
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(run(Map.of(), "validate").code()).isEqualTo(ExitCode.USAGE);
  }
}
