package io.drover.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.Outbox;
import io.drover.execution.Runbooks;
import io.drover.execution.Trigger;
import java.io.IOException;
import java.util.Map;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Runs one patch window and one migration wave in the simulated world and shows them. */
@Component
@Profile("demo")
final class Rehearsal {
  /** What goes wrong in the rehearsal, by the VM that it happens to. */
  private static final Map<String, String> SCRIPT =
      Map.of(
          "web-7", "{\"behaviour\":\"unhealthyAfterPatch\"}",
          "web-2", "{\"pendingUpdates\":0}",
          "db-8", "{\"volumeGroup\":true}");

  private final Runbooks runbooks;
  private final Executions executions;
  private final Outbox outbox;
  private final Environment environment;
  private final ServletWebServerApplicationContext web;
  private final WaveRehearsal wave;
  private final ObjectMapper json = new ObjectMapper();

  Rehearsal(
      Runbooks runbooks,
      Executions executions,
      Outbox outbox,
      Environment environment,
      ServletWebServerApplicationContext web,
      WaveRehearsal wave) {
    this.runbooks = runbooks;
    this.executions = executions;
    this.outbox = outbox;
    this.environment = environment;
    this.web = web;
    this.wave = wave;
  }

  @EventListener(ApplicationReadyEvent.class)
  void begin() {
    Thread thread = new Thread(this::run, "rehearsal");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      String control = environment.getRequiredProperty(DemoWorld.CONTROL);
      for (Map.Entry<String, String> part : SCRIPT.entrySet()) {
        ObjectNode change = (ObjectNode) json.readTree(part.getValue());
        DemoWorld.post(control + "/vm", change.put("vm", part.getKey()).toString());
      }
      Execution window =
          runbooks
              .start(
                  new Runbooks.Start(
                      "patch-window",
                      inputs().toString(),
                      "demo",
                      new Trigger(Trigger.Kind.OPERATOR, "rehearsal"),
                      null,
                      null,
                      null))
              .execution();
      LiveView view = new LiveView(executions, System.out);
      view.title(
          "Patch window "
              + window.id()
              + " over category Environment:Production of the simulated Prism Central");
      while (!view.update(window.id())) {
        Thread.sleep(150); // a view for people: it is no part of the work
      }
      Execution ended = executions.find(window.id()).orElseThrow();
      view.outcomes(ended);
      pages(control);
      wave.run(api());
      where(ended);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      System.out.println("The rehearsal broke off: " + e.getMessage());
      e.printStackTrace(System.out);
    }
  }

  private ObjectNode inputs() {
    ObjectNode inputs = json.createObjectNode();
    inputs.put("system", "production").put("command", "apt");
    inputs.putArray("categories").add("Environment:Production");
    inputs
        .putObject("consistency")
        .putObject("byCategory")
        .put("AppType:Database", "APPLICATION_CONSISTENT");
    inputs.put("canaries", 1).put("batchSize", 10).put("concurrency", 4);
    inputs.putObject("errorBudget").put("count", 2);
    inputs
        .putObject("healthCheck")
        .put("port", environment.getRequiredProperty(DemoWorld.GUEST_HTTP, Integer.class))
        .put("path", "/health")
        .put("body", "OK")
        .put("of", 3)
        .put("intervalMillis", 300)
        .put("timeoutSeconds", 5);
    return inputs;
  }

  /** A page goes out a moment after the outcome that it tells is written. */
  private void pages(String control) throws IOException, InterruptedException {
    for (int i = 0; i < 100 && outbox.waiting() > 0; i++) {
      Thread.sleep(100);
    }
    JsonNode pages = json.readTree(DemoWorld.get(control + "/pager"));
    System.out.println();
    System.out.println("On-call was paged " + pages.size() + " time(s):");
    for (JsonNode page : pages) {
      System.out.println("  " + LiveView.plain(page.path("payload").path("summary").asText(), 200));
    }
  }

  private String api() {
    return "http://127.0.0.1:" + web.getWebServer().getPort();
  }

  private void where(Execution window) {
    String api = api();
    String credentials =
        environment.getProperty(
            "drover.access.bootstrap-file",
            environment.getProperty("drover.data-directory") + "/credentials");
    System.out.println();
    System.out.println("Drover stays up. Its API: " + api + "/api/docs");
    System.out.println(
        "Users (admin, and anna who approves) and their generated passwords: " + credentials);
    System.out.println("The window as JSON:  " + api + "/api/v1/executions/" + window.id());
    System.out.println("Stop with Ctrl-C.");
  }
}
