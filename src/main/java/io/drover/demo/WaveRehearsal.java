package io.drover.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import io.drover.execution.Runbooks;
import io.drover.execution.Trigger;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Migrates a wave of twelve VMs in the simulated world; anna approves it, by the API. */
@Component
@Profile("demo")
final class WaveRehearsal {
  /** Not well on AHV, so it goes back, and what needs it stays. */
  private static final String UNWELL = "s2-app";

  private final Runbooks runbooks;
  private final Executions executions;
  private final Environment environment;
  private final ObjectMapper json = new ObjectMapper();

  WaveRehearsal(Runbooks runbooks, Executions executions, Environment environment) {
    this.runbooks = runbooks;
    this.executions = executions;
    this.environment = environment;
  }

  void run(String api) throws IOException, InterruptedException {
    String control = environment.getRequiredProperty(DemoWorld.CONTROL);
    DemoWorld.post(
        control + "/vcenter",
        json.createObjectNode().put("vm", UNWELL).put("fate", "unhealthyOnArrival").toString());
    Execution wave =
        runbooks
            .start(
                new Runbooks.Start(
                    "migration-wave",
                    inputs(control).toString(),
                    "demo",
                    new Trigger(Trigger.Kind.OPERATOR, "rehearsal"),
                    null,
                    null,
                    null))
            .execution();
    LiveView view = new LiveView(executions, System.out);
    view.title(
        "Migration wave " + wave.id() + ": twelve VMs of a simulated vCenter, in three tiers");
    approve(api, wave.id());
    while (!view.update(wave.id())) {
      Thread.sleep(150); // a view for people: it is no part of the work
    }
    view.outcomes(executions.find(wave.id()).orElseThrow());
    System.out.println("The wave, VM by VM:  " + api + "/api/v1/waves/" + wave.id());
  }

  private ObjectNode inputs(String control) throws IOException {
    ObjectNode inputs = json.createObjectNode();
    inputs.put("name", "wave-1").put("vcenter", "vcenter").put("move", "move");
    inputs.put("system", "production").put("onFailure", "continue");
    inputs.putObject("select").putArray("tags").add("wave:wave-1");
    inputs.put("cluster", cluster(control));
    inputs.putArray("networks").addObject().put("source", "VLAN120").put("target", "production-a");
    inputs.putObject("dependencies").put("tag", "depends-on").put("waveTag", "wave");
    inputs.putArray("categories").add("Environment:Production");
    inputs.putObject("ansible").put("system", "awx").put("playbook", "join-domain");
    inputs
        .putObject("healthCheck")
        .put("port", environment.getRequiredProperty(DemoWorld.GUEST_HTTP, Integer.class))
        .put("path", "/health")
        .put("body", "OK")
        .put("of", 3)
        .put("intervalMillis", 200)
        .put("timeoutSeconds", 4);
    return inputs;
  }

  /** Of the first simulated VM. */
  private String cluster(String control) throws IOException {
    return json.readTree(DemoWorld.get(control + "/world"))
        .path("vms")
        .path(0)
        .path("cluster")
        .asText();
  }

  /** As a person would with curl: looks what is asked, and says yes to just that. */
  private void approve(String api, String wave) throws IOException, InterruptedException {
    while (executions.find(wave).orElseThrow().state() != ExecutionState.ENDED) {
      JsonNode open =
          json.readTree(DemoWorld.send(call(api + "/api/v1/approvals?state=OPEN").GET()));
      JsonNode rows = open.isArray() ? open : open.path("rows");
      for (JsonNode asked : rows) {
        if (asked.path("execution").asText().equals(wave)) {
          ObjectNode yes = json.createObjectNode().put("reason", "rehearsal");
          yes.put("hash", asked.path("hash").asText());
          DemoWorld.send(
              call(api + "/api/v1/approvals/" + asked.path("id").asText() + "/approve")
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(yes.toString())));
          System.out.println(
              "anna approved by the API: " + asked.path("shown").path("what").asText());
          System.out.println();
          return;
        }
      }
      Thread.sleep(200); // as a person looks again
    }
  }

  private HttpRequest.Builder call(String url) throws IOException {
    List<String> lines =
        Files.readAllLines(
            Path.of(environment.getRequiredProperty("drover.data-directory"), "credentials"));
    String password = lines.get(lines.indexOf("user=anna") + 1).substring("password=".length());
    return HttpRequest.newBuilder(URI.create(url))
        .header(
            "Authorization",
            "Basic "
                + Base64.getEncoder()
                    .encodeToString(("anna:" + password).getBytes(StandardCharsets.UTF_8)));
  }
}
