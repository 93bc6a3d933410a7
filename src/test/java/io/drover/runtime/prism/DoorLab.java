package io.drover.runtime.prism;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import io.drover.execution.Operations;
import io.drover.execution.Runbooks;
import io.drover.execution.StepRecord;
import io.drover.execution.Trigger;
import io.drover.runtime.Milestones;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;

/**
 * The door as it is shipped (routes, Kamelets, engine, ledger), with many configured Prism Centrals
 * so that each test has one of its own. Started once for all tests.
 */
final class DoorLab {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FOLDER = Path.of("target", "door-" + ProcessHandle.current().pid());
  private static final int PLAIN = 150;
  private static @Nullable DoorLab started;
  private static boolean tried;

  final List<Point> points = new CopyOnWriteArrayList<>();
  private final List<ScriptedPrism> plain = new ArrayList<>();
  private final Map<String, ScriptedPrism> special = new LinkedHashMap<>();
  private final ConfigurableApplicationContext context;
  private int taken;

  /** A milestone that was passed. */
  record Point(String name, String execution) {}

  /** Not annotated as a configuration: whoever starts Drover in a test must not find it. */
  @EnableAutoConfiguration
  @ComponentScan({"io.drover.runtime", "io.drover.execution", "io.drover.access"})
  static class House {

    @Bean
    Milestones milestones() {
      return (point, exchange) -> {
        Object id = exchange.getVariable("execution");
        lab().points.add(new Point(point, String.valueOf(id)));
      };
    }
  }

  /** What a call of a block came to. */
  record Ended(Execution execution, List<StepRecord> steps, List<Effect> effects) {
    StepRecord last() {
      return steps.get(steps.size() - 1);
    }

    @Nullable String kind() {
      return last().errorKind();
    }

    String message() {
      return String.valueOf(last().errorMessage());
    }

    JsonNode body() {
      try {
        return JSON.readTree(String.valueOf(last().outcome())).path("body");
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private DoorLab() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("spring.main.web-application-type", "none");
    settings.put("spring.main.allow-bean-definition-overriding", true);
    settings.put("logging.level.io.drover", "OFF");
    settings.put("logging.level.org.apache.camel", "OFF");
    settings.put("drover.effects.settle", "60ms");
    settings.put(
        "drover.runtime.routes",
        "classpath:routes/systems/*.camel.yaml,classpath:routes/prism/*.camel.yaml");
    for (int i = 0; i < PLAIN; i++) {
      ScriptedPrism server = new ScriptedPrism();
      plain.add(server);
      basic(settings, "pc-" + i, "http", server);
      settings.put("drover.systems.prism.pc-" + i + ".tiers.off", true);
    }
    special(settings);
    context =
        new SpringApplicationBuilder(House.class)
            .properties(settings)
            // As an argument: application.yaml stands above what a builder is given.
            .run("--drover.data-directory=" + FOLDER);
  }

  private static void basic(
      Map<String, Object> settings, String name, String scheme, ScriptedPrism server) {
    String prefix = "drover.systems.prism." + name + ".";
    settings.put(prefix + "url", scheme + "://127.0.0.1:" + server.port());
    settings.put(prefix + "username", "drover");
    settings.put(prefix + "password", "s3cret-" + name);
    settings.put(prefix + "calls.attempts", 3);
    for (String namespace : List.of("vmm", "dataprotection", "prism", "clustermgmt")) {
      settings.put(prefix + "api." + namespace, "4.0");
    }
  }

  private void special(Map<String, Object> settings) {
    TestCertificate certificate = TestCertificate.create(FOLDER);
    for (String name : List.of("key", "rotating", "auto", "tiered")) {
      ScriptedPrism server = new ScriptedPrism();
      special.put(name, server);
      basic(settings, name, "http", server);
    }
    for (String name :
        List.of("tls-unknown", "tls-store", "tls-pem", "tls-other-name", "tls-insecure")) {
      ScriptedPrism server =
          new ScriptedPrism(
              name.equals("tls-other-name") ? certificate.otherName() : certificate.context());
      special.put(name, server);
      basic(settings, name, "https", server);
    }
    String prefix = "drover.systems.prism.";
    settings.remove(prefix + "key.username");
    settings.remove(prefix + "key.password");
    settings.put(prefix + "key.api-key", "k3y-of-drover");
    settings.put(prefix + "rotating.password", "file:" + secretFile());
    settings.put(prefix + "auto.api.vmm", "auto");
    settings.put(prefix + "tiered.tiers.limits.category-read", 3);
    settings.put(prefix + "tls-store.tls.trust-store", certificate.store());
    settings.put(prefix + "tls-store.tls.trust-store-password", TestCertificate.PASSWORD);
    settings.put(prefix + "tls-pem.tls.trust-pem", certificate.pem());
    settings.put(prefix + "tls-other-name.tls.trust-pem", certificate.otherPem());
    settings.put(prefix + "tls-insecure.tls.insecure", true);
  }

  static synchronized DoorLab lab() {
    DoorLab known = started;
    if (known == null) {
      // Not tried again: each try takes hundreds of files and sockets.
      if (tried) {
        throw new IllegalStateException("The lab did not start; the first test says why");
      }
      tried = true;
      known = new DoorLab();
      started = known;
    }
    return known;
  }

  /** A Prism Central that no other test has. */
  synchronized Central fresh() {
    int next = taken++;
    return new Central("pc-" + next, plain.get(next));
  }

  Central special(String name) {
    ScriptedPrism server = special.get(name);
    if (server == null) {
      throw new IllegalArgumentException(name);
    }
    return new Central(name, server);
  }

  /** One configured Prism Central and the server behind it. */
  record Central(String name, ScriptedPrism server) {}

  static Path secretFile() {
    return FOLDER.resolve("password");
  }

  static void secret(String password) {
    try {
      Files.createDirectories(FOLDER);
      Files.writeString(secretFile(), password + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins to call a block with these fields as its body. */
  String start(String runbook, String block, Map<String, ?> given) {
    try {
      String inputs = JSON.writeValueAsString(Map.of("block", block, "given", given));
      return context
          .getBean(Runbooks.class)
          .start(
              new Runbooks.Start(
                  runbook,
                  inputs,
                  "olga",
                  new Trigger(Trigger.Kind.OPERATOR, "test"),
                  null,
                  null,
                  null))
          .execution()
          .id();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Calls a block and waits for the end. */
  Ended call(String block, Map<String, ?> given) {
    return end(start("call", block, given));
  }

  Ended end(String id) {
    Executions executions = context.getBean(Executions.class);
    Awaitility.await()
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> executions.find(id).orElseThrow().state() == ExecutionState.ENDED);
    return new Ended(
        executions.find(id).orElseThrow(), executions.steps(id), executions.effects(id));
  }

  boolean passed(String execution, String point) {
    return points.contains(new Point(point, execution));
  }

  void halt(String id) {
    context.getBean(Operations.class).halt(id, "olga");
  }
}
