package io.drover.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulatorProcessTest {
  @Test
  void isAWorldOfItsOwnThatTestsCanChange(@TempDir Path folder) {
    try (SimulatorProcess simulator =
        SimulatorProcess.start(folder, "--vms=3", "--prism-centrals=production,dr", "--tls=on")) {
      SimulatorClient world = simulator.client();
      assertThat(simulator.handle().pid()).isNotEqualTo(ProcessHandle.current().pid());
      assertThat(simulator.prism("dr")).startsWith("https://").isNotEqualTo(simulator.url("prism"));
      assertThat(simulator.certificate()).content().startsWith("-----BEGIN CERTIFICATE-----");
      assertThat(world.vms()).hasSize(6);
      String made = world.create("late <b>&", "dnf");
      assertThat(world.vm("late <b>&").extId()).isEqualTo(made);
      assertThat(world.file(made, "/etc/none")).isNull();
      world.change(made, "broken", true);
      assertThat(world.vm(made).healthy()).isFalse();
      world.delete(made);
      assertThat(world.vms()).hasSize(6);
      assertThat(world.count("deleted", made)).isEqualTo(1);
      long seen = world.log().size();
      world.create("later", "apt");
      assertThat(world.log(seen)).extracting(SimulatorClient.Event::event).contains("created");
      world.release(world.fault("away", "count", -1));
      assertThat(world.stats().path("refused429").asInt()).isZero();
      assertThat(world.pages()).isEmpty();
      assertThat(world.messages()).isEmpty();
      assertThat(world.knownHosts().lines()).hasSize(7);
    }
  }

  @Test
  void endsWithWhoStartedIt(@TempDir Path folder) throws Exception {
    try (SimulatorProcess simulator = SimulatorProcess.start(folder, "--vms=1")) {
      simulator.closeItsInput();
      assertThat(simulator.handle().onExit().get(10, TimeUnit.SECONDS).isAlive()).isFalse();
    }
  }

  @Test
  void saysWhichOptionIsWrong(@TempDir Path folder) throws IOException, InterruptedException {
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.drover.simulator.Simulator",
                "--data=" + folder,
                "--tiers=many")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(Files.readString(said)).contains("--tiers=many (expected: off, real, or a factor");
  }
}
