package io.drover.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Every benchmark, each part in a process of its own: none inherits what another compiled. */
public final class AllBenchmarks {
  private static final List<List<String>> PARTS =
      List.of(
          List.of("io.drover.runtime.DurableStepBenchmark"),
          List.of("io.drover.runtime.prism.RecoveryPointBenchmark", "16"),
          List.of("io.drover.runtime.prism.RecoveryPointBenchmark", "256"),
          List.of("io.drover.runtime.prism.RecoveryPointBenchmark", "tiers"),
          List.of("io.drover.benchmark.ChargebackBenchmark", "10000"),
          List.of("io.drover.benchmark.ChargebackBenchmark", "100000"),
          List.of("io.drover.benchmark.ChargebackBenchmark", "tiers"),
          List.of("io.drover.benchmark.ReplicationBenchmark", "free"),
          List.of("io.drover.benchmark.ReplicationBenchmark", "tiers"),
          List.of("io.drover.benchmark.ReplicationBenchmark", "tiers-alone"),
          List.of("io.drover.benchmark.WaveBenchmark"),
          List.of("io.drover.benchmark.HouseBenchmark", "http"),
          List.of("io.drover.benchmark.HouseBenchmark", "waiting"),
          List.of("io.drover.benchmark.HouseBenchmark", "start"),
          List.of("io.drover.benchmark.RouteFilesBenchmark", "validate"),
          List.of("io.drover.benchmark.RouteFilesBenchmark", "folder"),
          List.of("io.drover.benchmark.RouteFilesBenchmark", "refuse"));

  private AllBenchmarks() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    for (List<String> part : PARTS) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xmx2g", "-cp", System.getProperty("java.class.path")));
      command.add("-Ddrover.jar=" + System.getProperty("drover.jar", "target/drover.jar"));
      command.addAll(part);
      int status = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (status != 0) {
        throw new IllegalStateException(String.join(" ", part) + " ended with " + status);
      }
    }
  }
}
