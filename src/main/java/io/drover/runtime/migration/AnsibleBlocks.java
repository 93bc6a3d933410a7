package io.drover.runtime.migration;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.runtime.BlockInput;
import io.drover.runtime.MutatingCalls.Intent;
import io.drover.runtime.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;

/** Runs playbooks against hosts, as its Kamelet asks for it. */
final class AnsibleBlocks {
  /** A limit is a pattern to Ansible: a name must not be able to mean more than itself. */
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,252}");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, AnsibleSystem> settings;
  private final Map<String, AwxClient> remote;
  private final LocalPlaybooks local;
  private final DesiredState changes;
  private final Duration poll;

  AnsibleBlocks(
      Map<String, AnsibleSystem> settings,
      Map<String, AwxClient> remote,
      LocalPlaybooks local,
      DesiredState changes,
      Duration poll) {
    this.settings = settings;
    this.remote = remote;
    this.local = local;
    this.changes = changes;
    this.poll = poll;
  }

  /** How many job templates are seen at an AWX. */
  int templates(String name) {
    AwxClient awx = remote.get(name);
    return awx == null ? 0 : awx.templates();
  }

  /**
   * What is to be run.
   *
   * @param marker by which a job is known again
   * @param known whether it may have been begun before
   */
  record Wanted(
      String playbook,
      List<String> hosts,
      Map<String, Object> extraVars,
      boolean repeatable,
      String marker,
      boolean known) {}

  CompletableFuture<?> run(Exchange exchange, Duration patience) {
    BlockInput in = new BlockInput(exchange);
    String name = in.text("system");
    AnsibleSystem system = settings.get(name);
    if (system == null) {
      throw BlockInput.wrong(
          "system", name, "a name of drover.systems.ansible: " + settings.keySet());
    }
    List<String> hosts = Rows.texts(in.value("limit"));
    if (hosts.isEmpty()) {
      throw BlockInput.wrong("limit", "nothing", "a list of hosts; never the whole inventory");
    }
    for (String host : hosts) {
      if (!HOST.matcher(host).matches()) {
        throw BlockInput.wrong("limit", host, "host names of letters, digits, dots and hyphens");
      }
    }
    StepContext step = StepContext.of(exchange);
    Map<String, Object> vars = new LinkedHashMap<>(Rows.map(in.value("extraVars")));
    String marker = step.key().execution() + "/" + step.key().step() + "/" + step.key().visit();
    vars.put("drover_step", marker);
    Wanted wanted =
        new Wanted(
            in.text("playbook"),
            new ArrayList<>(hosts),
            vars,
            Boolean.TRUE.equals(in.value("repeatable")),
            marker,
            step.resumed() || step.key().attempt() > 1);
    AwxClient awx = remote.get(name);
    DesiredState.Change change = awx != null ? awx.job(wanted) : local.process(system, wanted);
    CompletableFuture<Map<String, Object>> ended =
        changes.reach(
            exchange,
            new Intent(
                name,
                "run-ansible",
                wanted.playbook(),
                String.join(",", hosts),
                "run " + wanted.playbook() + " on " + String.join(",", hosts)),
            change,
            poll,
            patience);
    if (change instanceof AutoCloseable process) {
      ended.whenComplete(
          (result, error) -> {
            try {
              process.close();
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
    }
    return ended.thenAccept(result -> exchange.getMessage().setBody(result));
  }

  static ObjectMapper json() {
    return JSON;
  }
}
