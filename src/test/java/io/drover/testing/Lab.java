package io.drover.testing;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.Drover;
import io.drover.approval.ApprovalRequest;
import io.drover.approval.Approvals;
import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import io.drover.execution.Operations;
import io.drover.execution.Outcome;
import io.drover.execution.Runbooks;
import io.drover.execution.StepRecord;
import io.drover.execution.Trigger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Drover with everything that belongs to it, against the simulated world over real sockets. What
 * the world shows is the proof; the ledger is the second witness.
 */
public final class Lab implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final SimulatorProcess simulator;
  private final List<String> settings;
  private final Class<?>[] sources;
  private ConfigurableApplicationContext drover;

  private Lab(
      Path folder, SimulatorProcess simulator, List<String> settings, List<Class<?>> beans) {
    this.folder = folder;
    this.simulator = simulator;
    this.settings = settings;
    List<Class<?>> all = new ArrayList<>(List.of(Drover.class));
    all.addAll(beans);
    this.sources = all.toArray(new Class<?>[0]);
    this.drover = begin();
  }

  /** A world with so many VMs, and Drover in this JVM; further options go to the simulator. */
  public static Lab withVms(int vms, String... simulatorOptions) {
    return with(vms, List.of(), simulatorOptions);
  }

  /** As {@link #withVms}, with settings for Drover that go before the usual ones. */
  public static Lab with(int vms, List<String> own, String... simulatorOptions) {
    return with(vms, own, List.of(), simulatorOptions);
  }

  /** As {@link #with}, and these classes are beans of Drover. */
  public static Lab with(
      int vms, List<String> own, List<Class<?>> beans, String... simulatorOptions) {
    try {
      Path folder = Files.createTempDirectory("drover-lab");
      List<String> options = new ArrayList<>(List.of("--vms=" + vms));
      options.addAll(
          List.of("--task-time=20ms", "--boot-time=60ms", "--update-time=80ms", "--seed=7"));
      options.addAll(List.of(simulatorOptions));
      SimulatorProcess simulator =
          SimulatorProcess.start(folder.resolve("world"), options.toArray(new String[0]));
      List<String> settings = simulator.settings(folder);
      if (String.join(" ", options).contains(",dr")) {
        settings.addAll(simulator.drSettings());
      }
      settings.addAll(quick());
      settings.addAll(own);
      return new Lab(folder, simulator, settings, beans);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As {@link #with}, with a second Prism Central that copies go to: {@code dr}. */
  public static Lab withDr(int vms, List<String> own, String... simulatorOptions) {
    List<String> options =
        new ArrayList<>(
            List.of("--prism-centrals=production,dr", "--other-vms=2", "--replication-time=30ms"));
    options.addAll(List.of(simulatorOptions));
    return with(vms, own, options.toArray(new String[0]));
  }

  /** Waits of tests: short ones. */
  public static List<String> quick() {
    return List.of(
        "drover.systems.prism.prod.tiers.off=true",
        "drover.guests.first-pause=20ms",
        "drover.guests.longest-pause=100ms",
        "drover.guests.connect-timeout=15s",
        "drover.guests.command-timeout=15s",
        "drover.guests.patience=5s",
        "drover.patch.boot-timeout=PT8S",
        "drover.patch.update-timeout=PT8S",
        "drover.patch.recovery-point-timeout=PT5S",
        "drover.patch.revert-timeout=PT5S",
        // For VMs of both kinds of distribution.
        "drover.commands.both.check=apt-get -s dist-upgrade > /tmp/updates; dnf -q check-update >>"
            + " /tmp/updates; cat /tmp/updates | grep -c -E '^(Inst |pkg)'",
        "drover.commands.both.update=if test -e /etc/debian_version; then apt-get -y dist-upgrade;"
            + " else dnf -y upgrade; fi",
        "drover.commands.both.reboot-required=test -e /var/run/reboot-required",
        "drover.patch.go-back-approvers=group:approvers",
        "drover.dr.drill-approvers=group:approvers",
        "drover.dr.failover-approvers=group:approvers",
        "drover.dr.validators=group:approvers",
        "drover.dr.housekeeping-approvers=group:approvers",
        "drover.waves.approvers=group:approvers",
        "drover.waves.poll=20ms",
        "drover.waves.settle=100ms",
        "drover.waves.retry-pause=50",
        "drover.waves.longest-retry-pause=200",
        "drover.waves.boot-timeout=PT8S",
        "drover.waves.cutover-timeout=PT20S",
        "drover.waves.end-timeout=PT4S",
        "drover.dr.boot-timeout=PT8S",
        "drover.dr.retry-pause=50",
        "drover.dr.longest-retry-pause=200",
        "drover.notices.retry=100ms",
        "drover.notices.longest-retry=300ms",
        "drover.effects.settle=50ms");
  }

  private ConfigurableApplicationContext begin() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("server.port", "0");
    properties.put("drover.data-directory", folder.resolve("data").toString());
    properties.put("drover.routes.directory", routes().toString());
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      properties.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    String[] arguments =
        properties.entrySet().stream()
            .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
            .toArray(String[]::new);
    return new SpringApplicationBuilder(sources).run(arguments);
  }

  /** What another process of Drover needs to take this world and ledger over. */
  public List<String> settings() {
    Map<String, String> last = new LinkedHashMap<>();
    for (String setting : settings) {
      last.put(setting.substring(0, setting.indexOf('=')), setting);
    }
    List<String> all = new ArrayList<>(last.values());
    all.add("server.port=0");
    all.add("drover.data-directory=" + folder.resolve("data"));
    all.add("drover.routes.directory=" + routes());
    return all;
  }

  /** The folder that route files are dropped into. */
  public Path routes() {
    return folder.resolve("routes.d");
  }

  /** Stops Drover as an operator would, and starts it again on the same ledger. */
  public void restart() {
    drover.close();
    drover = begin();
  }

  public void stop() {
    drover.close();
  }

  public void start() {
    drover = begin();
  }

  public SimulatorClient world() {
    return simulator.client();
  }

  public SimulatorProcess simulator() {
    return simulator;
  }

  /** Where Drover's HTTP is. */
  public String url() {
    return "http://127.0.0.1:" + drover.getEnvironment().getProperty("local.server.port");
  }

  public <T> T bean(Class<T> type) {
    return drover.getBean(type);
  }

  public <T> Collection<T> beans(Class<T> type) {
    return drover.getBeansOfType(type).values();
  }

  public Executions executions() {
    return bean(Executions.class);
  }

  public Operations operations() {
    return bean(Operations.class);
  }

  /** Inputs of a window over these VMs, that ends soon whether well or not. */
  public ObjectNode window(String... vms) {
    ObjectNode inputs = JSON.createObjectNode();
    inputs.put("system", "prod").put("command", "both");
    for (String vm : vms) {
      inputs.withArray("vms").add(vm);
    }
    inputs.put("canaries", 0).put("concurrency", 20).put("maxVms", 200).put("batchSize", 100);
    inputs
        .putObject("healthCheck")
        .put("port", simulator.guestHttpPort())
        .put("path", "/health")
        .put("body", "OK")
        .put("of", 3)
        .put("intervalMillis", 20)
        .put("timeoutSeconds", 2);
    return inputs;
  }

  /** Starts a runbook and gives its id. */
  public String begin(String runbook, ObjectNode inputs) {
    return bean(Runbooks.class)
        .start(
            new Runbooks.Start(
                runbook,
                inputs.toString(),
                "olga",
                new Trigger(Trigger.Kind.OPERATOR, "test"),
                null,
                null,
                null))
        .execution()
        .id();
  }

  /** Waits for a gate of this execution, and answers it as somebody of the group of approvers. */
  public void answer(String execution, String gate, boolean yes) {
    ApprovalRequest request;
    try {
      request =
          await()
              .atMost(Duration.ofSeconds(60))
              .pollInterval(Duration.ofMillis(20))
              .until(
                  () ->
                      bean(Approvals.class).list(ApprovalRequest.State.OPEN, 200).stream()
                          .filter(open -> open.execution().equals(execution))
                          .filter(open -> open.gate().equals(gate))
                          .findFirst()
                          .orElse(null),
                  open -> open != null || find(execution).state() == ExecutionState.ENDED);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("It never asked: " + story(execution), e);
    }
    if (request == null) {
      throw new AssertionError("It ended without asking: " + story(execution));
    }
    bean(Approvals.class)
        .decide(
            request.id(),
            new Approvals.Decider("anna", Set.of("approvers"), "test"),
            yes,
            "looked at it",
            request.hash());
  }

  /** How often a runbook was started, by the value of one of its inputs. */
  public Map<String, Integer> started(String runbook, String input) {
    Executions.Filter filter =
        new Executions.Filter(runbook, null, null, null, null, null, null, false, false);
    Map<String, Integer> times = new LinkedHashMap<>();
    String cursor = null;
    do {
      Executions.Page page = executions().list(filter, cursor, 200);
      for (Execution execution : page.rows()) {
        times.merge(json(execution.inputs()).path(input).asText(), 1, Integer::sum);
      }
      cursor = page.next();
    } while (cursor != null);
    return times;
  }

  /** Waits for an execution's end. */
  public Execution end(String id) {
    return end(id, Duration.ofSeconds(60));
  }

  public Execution end(String id, Duration patience) {
    try {
      await()
          .atMost(patience)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> find(id).state() == ExecutionState.ENDED);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("It does not end: " + story(id), e);
    }
    return find(id);
  }

  /** Starts a runbook and waits for its end. */
  public Execution run(String runbook, ObjectNode inputs) {
    return end(begin(runbook, inputs));
  }

  public Execution find(String id) {
    return executions().find(id).orElseThrow();
  }

  /** The execution of one VM of a window. */
  public Execution child(String window, String vmExtId) {
    return executions().child(window, vmExtId).orElseThrow();
  }

  /** How the VMs of a window ended, by extId. */
  public Map<String, Outcome> outcomes(String window) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    for (Execution child : executions().children(window)) {
      outcomes.put(String.valueOf(child.key()), child.outcome());
    }
    return outcomes;
  }

  /** The steps an execution came to, in order, repeated visits too. */
  public List<String> steps(String execution) {
    return executions().steps(execution).stream().map(step -> step.key().step()).toList();
  }

  /** The kinds of its effects that were done. */
  public List<String> effects(String execution) {
    return executions().effects(execution).stream()
        .filter(effect -> effect.state() == Effect.State.DONE)
        .map(Effect::kind)
        .toList();
  }

  /** Everything of an execution in words, for a failed assertion. */
  public String story(String execution) {
    StringBuilder story = new StringBuilder();
    Execution e = find(execution);
    story.append(e.runbook()).append(' ').append(e.outcome()).append(": ").append(e.reason());
    for (StepRecord step : executions().steps(execution)) {
      story.append("\n  ").append(step.key().label()).append(' ').append(step.state());
      if (step.endedAt() != null) {
        story
            .append(" in ")
            .append(Duration.between(step.startedAt(), step.endedAt()).toMillis())
            .append(" ms");
      }
      if (step.errorKind() != null) {
        story.append(' ').append(step.errorKind()).append(": ").append(step.errorMessage());
      }
    }
    for (Effect effect : executions().effects(execution)) {
      story.append("\n  effect ").append(effect.kind()).append(' ').append(effect.state());
    }
    for (Execution child : executions().children(execution)) {
      story.append('\n').append(story(child.id()));
    }
    return story.toString();
  }

  /** Keys of the pages that on-call got. */
  public Set<String> paged() {
    return world().pages().stream()
        .map(page -> page.path("dedup_key").asText())
        .collect(Collectors.toSet());
  }

  public JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    drover.close();
    simulator.close();
  }
}
