package io.drover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.catalog.LiveRoutes;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.Outcome;
import io.drover.execution.Timetable;
import io.drover.execution.Trigger;
import io.drover.testing.ApiClient;
import io.drover.testing.Lab;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.crypto.bcrypt.BCrypt;

/** What people copy runs, all of it at once too. */
class ExamplesTest {
  private static final String PASSWORD = "drover-test-examples";
  private static final String USER = "drover.access.users[0].";

  private static Lab lab;
  private static List<String> copied;

  @BeforeAll
  static void copy(@TempDir Path files) throws IOException {
    lab =
        Lab.with(
            2,
            List.of(
                USER + "name=anna",
                USER + "password-hash=" + BCrypt.hashpw(PASSWORD, BCrypt.gensalt(4)),
                USER + "roles=ADMIN",
                "drover.files.directory=" + files,
                "camel.component.kafka.brokers=127.0.0.1:" + nobody(),
                "drover.schedules.count-vms.system=prod",
                "drover.schedules.count-vms.cron=0/2 * * * * ?"));
    Files.createDirectories(lab.routes());
    copied = new ArrayList<>();
    try (Stream<Path> examples = Files.list(Path.of("docs", "examples"))) {
      for (Path example : examples.toList()) {
        String name = example.getFileName().toString();
        // The one name in them that is not a setting: where routes come from is written out.
        String text =
            Files.readString(example).replace("prism-alerts:production", "prism-alerts:prod");
        Files.writeString(lab.routes().resolve(name), text);
        if (name.endsWith(".camel.yaml")) {
          copied.add(name);
        }
      }
    }
    assertThat(copied)
        .contains(
            "file.camel.yaml",
            "http.camel.yaml",
            "kafka.camel.yaml",
            "prism-alert.camel.yaml",
            "timer.camel.yaml",
            "webhook.camel.yaml");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(lab.bean(LiveRoutes.class).all())
                    .allSatisfy(state -> assertThat(state.refused()).isEmpty())
                    .allSatisfy(state -> assertThat(state.version()).isNotNull())
                    .extracting(LiveRoutes.State::name)
                    .containsExactlyInAnyOrderElementsOf(copied));
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static int nobody() throws IOException {
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return closed.getLocalPort();
    }
  }

  private static Execution first(String runbook) {
    Executions.Filter filter =
        new Executions.Filter(runbook, null, null, null, null, null, null, false, false);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !lab.executions().list(filter, null, 1).rows().isEmpty());
    List<Execution> all = lab.executions().list(filter, null, 200).rows();
    return lab.end(all.get(all.size() - 1).id());
  }

  @Test
  void aTimerStartsItsRunbook() {
    Execution counted = first("count-vms");
    assertThat(counted.outcome()).as(() -> lab.story(counted.id())).isEqualTo(Outcome.SUCCEEDED);
    assertThat(counted.reason()).isEqualTo(lab.world().vms().size() + " VMs");
    assertThat(counted.trigger().kind()).isEqualTo(Trigger.Kind.SCHEDULE);
    assertThat(lab.bean(Timetable.class).next(1))
        .anySatisfy(
            planned -> {
              assertThat(planned.runbook()).isEqualTo("count-vms");
              assertThat(planned.zone()).isEqualTo("Europe/Berlin");
            });
  }

  @Test
  void aCallWithATokenStartsItsRunbook() {
    String vm = lab.world().vms().get(0).extId();
    String inputs = "{\"system\":\"prod\",\"vm\":\"" + vm + "\"}";
    String token =
        ApiClient.user(lab.url(), "anna", PASSWORD)
            .post("/api/v1/tokens", "{\"name\":\"monitoring\",\"role\":\"OPERATOR\"}")
            .json()
            .path("secret")
            .asText();
    ApiClient monitoring = ApiClient.token(lab.url(), token);
    ApiClient.Answer started =
        monitoring.post("/triggers/show-vm", inputs, "Idempotency-Key", "alarm-1");
    assertThat(started.status()).isEqualTo(202);
    String id = started.json().path("execution").asText();
    assertThat(started.header("Location")).endsWith(id);
    Execution shown = lab.end(id);
    assertThat(shown.outcome()).as(() -> lab.story(id)).isEqualTo(Outcome.SUCCEEDED);
    assertThat(shown.trigger().kind()).isEqualTo(Trigger.Kind.HTTP);
    assertThat(
            monitoring
                .post("/triggers/show-vm", inputs, "Idempotency-Key", "alarm-1")
                .json()
                .path("execution")
                .asText())
        .isEqualTo(id);
    assertThat(monitoring.post("/triggers/show-vm", "{\"system\":\"prod\"}").status())
        .isEqualTo(422);
    assertThat(ApiClient.nobody(lab.url()).post("/triggers/show-vm", inputs).status())
        .isEqualTo(401);
  }
}
