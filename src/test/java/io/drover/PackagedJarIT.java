package io.drover;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.testing.ApiClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The jar as an operator gets it, started in an empty folder with nothing configured. */
class PackagedJarIT {
  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

  @Test
  @Timeout(120)
  void startsServesItsApiAndNeverBeginsADemo(@TempDir Path folder) throws Exception {
    String jar = System.getProperty("drover.jar");
    assertThat(jar).as("the packaged jar").isNotNull();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                jar,
                "--server.port=0")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      StringBuilder log = new StringBuilder();
      String port = null;
      String line;
      while ((line = out.readLine()) != null && !line.contains("Started Drover")) {
        log.append(line).append('\n');
        Matcher found = PORT.matcher(line);
        port = found.find() ? found.group(1) : port;
      }
      assertThat(port).as(log.toString()).isNotNull();
      Map<String, String> credentials =
          Files.readAllLines(folder.resolve("data/credentials")).stream()
              .map(pair -> pair.split("=", 2))
              .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
      assertThat(log).doesNotContain(credentials.get("password"));
      ApiClient admin =
          ApiClient.user(
              "http://127.0.0.1:" + port, "admin", String.valueOf(credentials.get("password")));
      assertThat(admin.get("/api/v1/runbooks").json())
          .extracting(runbook -> runbook.path("name").asText())
          .containsExactly(
              "chargeback",
              "cmdb-drift",
              "delete-recovery-point",
              "dr-drill",
              "dr-fail-back",
              "dr-protect-group",
              "dr-remove-vm",
              "dr-replication",
              "dr-restore-vm",
              "dr-start-vm",
              "dr-stop-vm",
              "dr-verify",
              "go-back-vm",
              "migration-wave",
              "patch-vm",
              "patch-window",
              "recovery-point-housekeeping",
              "roll-back-vm",
              "wave-cut-over-vm",
              "wave-test-vm");
      assertThat(admin.get("/api/v1/executions").json().path("rows")).isEmpty();
      assertThat(admin.get("/actuator/health").json().path("status").asText()).isEqualTo("UP");
      assertThat(process.children()).as("a demo would have a simulator").isEmpty();
    } finally {
      process.destroy();
      process.waitFor();
    }
  }
}
