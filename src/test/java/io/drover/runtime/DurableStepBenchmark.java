package io.drover.runtime;

import io.drover.execution.Execution;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * What a durable step costs: committed and synced to the embedded ledger, alone and with 256
 * executions in flight, beside the same route with Camel's own step as the floor.
 */
public final class DurableStepBenchmark {
  private static final int STEPS = 50;
  private static final int IN_FLIGHT = 256;

  private DurableStepBenchmark() {}

  /** Arguments: executions in flight (default 256), executions in all (default 2,048). */
  public static void main(String[] args) throws Exception {
    int inFlight = args.length > 0 ? Integer.parseInt(args[0]) : IN_FLIGHT;
    int total = args.length > 1 ? Integer.parseInt(args[1]) : 8 * inFlight;
    Path folder = Files.createTempDirectory("drover-benchmark");
    String database = "file:" + folder.resolve("ledger").toAbsolutePath() + ";WRITE_DELAY=0";
    Map<String, Long> stamps = new ConcurrentHashMap<>();
    List<Long> alone = new ArrayList<>();
    try (EngineLab lab = new EngineLab(route(), database, true)) {
      lab.bean(
          "stamp",
          exchange -> {
            String id = exchange.getVariable("execution", String.class);
            long now = System.nanoTime();
            Long before = stamps.put(id, now);
            if (before != null) {
              synchronized (alone) {
                alone.add(now - before);
              }
            }
          });
      try (EngineLab.Life life = lab.life()) {
        run(life, 200, 8); // warm up
        alone.clear();
        stamps.clear();
        run(life, 20, 1);
        long[] sorted = alone.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
            "STEP alone: p50 %.2f ms, p99 %.2f ms, max %.2f ms (%d steps)%n",
            millis(sorted, 0.5), millis(sorted, 0.99), millis(sorted, 1), sorted.length);
        long size = Files.size(folder.resolve("ledger.mv.db"));
        long cpu = cpu();
        long start = System.nanoTime();
        run(life, total, inFlight);
        double seconds = (System.nanoTime() - start) / 1e9;
        long steps = (long) total * STEPS;
        System.out.printf(
            "STEP with %d in flight: %.0f steps/s, %.0f µs CPU a step, ledger grew %.0f KB per 1,000 steps%n",
            inFlight,
            steps / seconds,
            (cpu() - cpu) / 1e3 / steps,
            (Files.size(folder.resolve("ledger.mv.db")) - size) / 1024.0 / (steps / 1000.0));
        System.out.printf("FLOOR Camel's own step: %.0f steps/s on one thread%n", floor());
      }
    }
  }

  private static String route() {
    StringBuilder yaml =
        new StringBuilder(
            "- route:\n    id: steps\n    description: Steps.\n    from:\n      uri: runbook:steps\n      steps:\n");
    for (int i = 0; i < STEPS; i++) {
      yaml.append("        - step: { id: s")
          .append(i)
          .append(", steps: [ { process: { ref: stamp } }, { setBody: { constant: done } } ] }\n");
    }
    return yaml.toString();
  }

  private static void run(EngineLab.Life life, int total, int inFlight) throws Exception {
    List<CompletableFuture<Execution>> open = new ArrayList<>();
    java.util.concurrent.Semaphore slots = new java.util.concurrent.Semaphore(inFlight);
    for (int i = 0; i < total; i++) {
      slots.acquire();
      CompletableFuture<Execution> end = life.engine.watch(life.start("steps", "{}").id());
      end.whenComplete((ended, error) -> slots.release());
      open.add(end);
    }
    CompletableFuture.allOf(open.toArray(new CompletableFuture<?>[0])).get(10, TimeUnit.MINUTES);
  }

  private static double floor() throws Exception {
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      context.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              var route = from("direct:floor");
              for (int i = 0; i < STEPS; i++) {
                route.step("f" + i).setBody(constant("done")).end();
              }
            }
          });
      context.start();
      var template = context.createProducerTemplate();
      long start = 0;
      int rounds = 4_000;
      for (int i = -1_000; i < rounds; i++) {
        if (i == 0) {
          start = System.nanoTime();
        }
        template.sendBody("direct:floor", "x");
      }
      return (double) rounds * STEPS / ((System.nanoTime() - start) / 1e9);
    }
  }

  private static double millis(long[] sorted, double quantile) {
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1, quantile * sorted.length)] / 1e6;
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
