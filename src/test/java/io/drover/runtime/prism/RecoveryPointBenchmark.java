package io.drover.runtime.prism;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import io.drover.execution.Outcome;
import io.drover.execution.Runbooks;
import io.drover.execution.Trigger;
import io.drover.testing.Lab;
import io.drover.testing.SimulatorClient;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.awaitility.Awaitility;

/**
 * Recovery points of many VMs, each awaited, replicated to the second cluster and awaited again,
 * beside the ideal wall time and a plain client without history. The simulator runs in a process of
 * its own, so the CPU that is printed is Drover's (or the plain client's) alone.
 */
public final class RecoveryPointBenchmark {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double TASK_SECONDS = 0.3;
  private static final int WRITES_A_SECOND = 20;
  private static final int WARM_UPS = 30;

  private RecoveryPointBenchmark() {}

  /** Arguments: {@code 16}, {@code 256}, {@code tiers}, or none for all of them. */
  public static void main(String[] args) throws Exception {
    List<String> wanted = args.length == 0 ? List.of("16", "256", "tiers") : List.of(args);
    if (wanted.contains("16")) {
      free(200, 16);
    }
    if (wanted.contains("256")) {
      free(2_000, 256);
    }
    if (wanted.contains("tiers")) {
      tiers(2_000);
    }
    System.exit(0);
  }

  private static void free(int vms, int concurrency) throws Exception {
    double ideal = Math.ceil((double) vms / concurrency) * 2 * TASK_SECONDS;
    try (Lab lab = lab(Math.max(vms, 1_000), 0)) {
      PlainClient plain = new PlainClient(lab.simulator());
      Measured cold = run(lab, plain, vms, concurrency);
      warmUp(() -> run(lab, plain, 1_000, 256));
      Measured drover = run(lab, plain, vms, concurrency);
      warmUp(() -> plain.run(extIds(lab, 1_000), 256));
      Measured floor = Measured.of(() -> plain.run(extIds(lab, vms), concurrency));
      print("%,d VMs, %d at a time, no tiers: ideal %.2f s", vms, concurrency, ideal);
      print("  drover, just started %s", cold.told(vms, ideal));
      print("  drover, compiled     %s", drover.told(vms, ideal));
      print("  plain, compiled      %s", floor.told(vms, ideal));
    }
  }

  /**
   * Again and again until the JVM has little left to compile: on two cores the compiler takes as
   * much as the work.
   */
  private static void warmUp(Measured.Work round) throws Exception {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    for (int i = 0; i < WARM_UPS; i++) {
      long compiled = compiler.getTotalCompilationTime();
      long begin = System.nanoTime();
      round.run();
      double share =
          (compiler.getTotalCompilationTime() - compiled) * 1e6 / (System.nanoTime() - begin);
      if (share < 0.1) {
        return;
      }
    }
  }

  private static void tiers(int vms) throws Exception {
    double bound = 2.0 * vms / WRITES_A_SECOND;
    try (Lab lab = lab(vms, 10)) {
      PlainClient plain = new PlainClient(lab.simulator());
      Measured drover = run(lab, plain, vms, 256);
      print("%,d VMs, 256 at a time, ten times the real tiers: bound %.2f s", vms, bound);
      print("  drover %s", drover.told(vms, bound));
      print("  answered 429: %s", lab.world().stats().path("refused429"));
    }
  }

  /**
   * @param times how often the real tiers; 0: none
   */
  private static Lab lab(int vms, int times) {
    return Lab.with(
        vms,
        List.of(
            "drover.systems.prism.prod.tiers.off=" + (times == 0),
            "drover.systems.prism.prod.tiers.times=" + Math.max(1, times),
            "drover.systems.prism.prod.calls.connections=512",
            "drover.runtime.routes="
                + "classpath:routes/systems/*.camel.yaml,classpath:routes/benchmark/*.camel.yaml",
            "logging.level.root=WARN",
            "logging.level.io.drover=WARN"),
        "--tiers=" + (times == 0 ? "off" : times),
        "--task-time=300ms");
  }

  private static List<String> extIds(Lab lab, int vms) {
    return lab.world().vms().stream().map(SimulatorClient.Vm::extId).limit(vms).toList();
  }

  private static Measured run(Lab lab, PlainClient plain, int vms, int concurrency)
      throws Exception {
    ObjectNode inputs = JSON.createObjectNode().put("concurrency", concurrency);
    ArrayNode all = inputs.putArray("vms");
    for (String extId : extIds(lab, vms)) {
      all.addObject()
          .put("system", "prod")
          .put("vmExtId", extId)
          .put("targetPcExtId", plain.domainManager())
          .put("targetClusterExtId", plain.secondCluster());
    }
    List<Execution> ended = new ArrayList<>();
    Measured measured = Measured.of(() -> ended.add(runOne(lab, inputs)));
    List<Execution> children = lab.bean(Executions.class).children(ended.get(0).id());
    long good = children.stream().filter(e -> e.outcome() == Outcome.SUCCEEDED).count();
    if (good != vms) {
      throw new IllegalStateException(good + " of " + vms + " VMs succeeded");
    }
    return measured;
  }

  private static Execution runOne(Lab lab, JsonNode inputs) {
    Executions executions = lab.bean(Executions.class);
    String id =
        lab.bean(Runbooks.class)
            .start(
                new Runbooks.Start(
                    "copy-recovery-points",
                    inputs.toString(),
                    "benchmark",
                    new Trigger(Trigger.Kind.OPERATOR, "benchmark"),
                    null,
                    null,
                    null))
            .execution()
            .id();
    Awaitility.await()
        .atMost(Duration.ofMinutes(10))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> executions.find(id).orElseThrow().state() == ExecutionState.ENDED);
    return executions.find(id).orElseThrow();
  }

  /** Wall time and this process's CPU time. */
  record Measured(double seconds, double cpuSeconds) {

    interface Work {
      void run() throws Exception;
    }

    static Measured of(Work work) throws Exception {
      long cpu = cpu();
      long begin = System.nanoTime();
      work.run();
      return new Measured((System.nanoTime() - begin) / 1e9, (cpu() - cpu) / 1e9);
    }

    String told(int vms, double ideal) {
      return String.format(
          Locale.ROOT,
          "%.2f s (%.2f x), %.2f ms CPU a VM",
          seconds,
          seconds / ideal,
          cpuSeconds * 1e3 / vms);
    }

    private static long cpu() {
      return ((com.sun.management.OperatingSystemMXBean)
              ManagementFactory.getOperatingSystemMXBean())
          .getProcessCpuTime();
    }
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
