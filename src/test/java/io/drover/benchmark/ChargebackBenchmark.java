package io.drover.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import io.drover.crash.Life;
import io.drover.execution.Execution;
import io.drover.execution.Outcome;
import io.drover.execution.StepRecord;
import io.drover.testing.Lab;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The weekly report over a large inventory, beside a plain client that sums the same. The simulator
 * runs in a process of its own, so the CPU that is printed is Drover's (or the plain client's)
 * alone.
 */
public final class ChargebackBenchmark {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROUNDS = 15;
  private static final double LISTS_A_SECOND = 20;

  private ChargebackBenchmark() {}

  /** Arguments: {@code 10000}, {@code 100000}, {@code tiers}, or none for all of them. */
  public static void main(String[] args) throws Exception {
    List<String> wanted = args.length == 0 ? List.of("10000", "100000", "tiers") : List.of(args);
    for (String each : wanted) {
      if (each.equals("tiers")) {
        tiers(10_000);
      } else {
        free(Integer.parseInt(each));
      }
    }
    System.exit(0);
  }

  private static Lab lab(int vms, int times) {
    return Lab.with(
        vms,
        List.of(
            "drover.systems.prism.prod.tiers.off=" + (times == 0),
            "drover.systems.prism.prod.tiers.times=" + Math.max(1, times),
            "drover.runtime.routes="
                + "classpath:routes/policies/*.camel.yaml,classpath:routes/systems/*.camel.yaml,"
                + "classpath:routes/*.camel.yaml,classpath:routes/benchmark/*.camel.yaml",
            "logging.level.root=WARN",
            "logging.level.io.drover=WARN"),
        "--sizes=varied",
        "--special-vms=off",
        "--tiers=" + (times == 0 ? "off" : times));
  }

  private static void free(int vms) throws Exception {
    try (Lab lab = lab(vms, 0)) {
      PlainInventory plain = new PlainInventory(lab.simulator());
      print("%,d VMs, no tiers", vms);
      print("  drover, the whole job with its start %s", started(lab).told(vms));
      warmUp(() -> scan(lab, vms, 1));
      warmUp(() -> scan(lab, "sum-inventory", vms, 1));
      warmUp(() -> plain(plain, vms));
      // In turn, so that both meet the same moods of the machine; the median counts.
      Measured[] drover = new Measured[ROUNDS];
      Measured[] floor = new Measured[ROUNDS];
      Measured[] job = new Measured[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        floor[round] = Measured.of(() -> plain(plain, vms));
        double[] step = new double[1];
        job[round] = Measured.of(() -> scan(lab, vms, 1));
        double cpu = Measured.of(() -> step[0] = scan(lab, "sum-inventory", vms, 1)).cpuSeconds();
        drover[round] = new Measured(step[0], cpu);
      }
      Measured base = median(floor);
      print("  plain client                         %s", base.told(vms));
      print(
          "  drover, plain scan                   %s (%.2f x)",
          median(drover).told(vms), median(drover).seconds() / base.seconds());
      print("  drover, plain scan, report and all   %s", median(job).told(vms));
      print(
          "  drover, verified, report and all     %s",
          Measured.of(() -> scan(lab, vms, 5)).told(vms));
      print("  peak heap, plain client              %.1f MiB", heap(() -> plain(plain, vms)));
      print("  peak heap, drover, verified          %.1f MiB", heap(() -> scan(lab, vms, 5)));
    }
  }

  private static void tiers(int vms) throws Exception {
    double bound = Math.ceil(vms / 100.0) / LISTS_A_SECOND;
    try (Lab lab = lab(vms, 10)) {
      scan(lab, vms, 1); // its connections and classes
      print("%,d VMs, ten times the real tiers: bound of one pass %.2f s", vms, bound);
      double plain = scan(lab, vms, 1);
      print("  drover, plain scan    %.2f s (%.2f x)", plain, plain / bound);
      double verified = scan(lab, vms, 5);
      print("  drover, verified scan %.2f s (%.2f x)", verified, verified / bound);
      print("  answered 429: %s", lab.world().stats().path("refused429"));
    }
  }

  /** From the start of a process to the end of its first report. */
  private static Measured started(Lab lab) throws Exception {
    Path inputs = Files.writeString(lab.folder().resolve("first.json"), "{\"system\":\"prod\"}");
    lab.stop();
    long begin = System.nanoTime();
    Life life = new Life(lab, "chargeback", List.of(inputs), "execution-ending@#1");
    if (!life.await("AT execution-ending@#1", Duration.ofMinutes(5))) {
      throw new IllegalStateException("The first report did not end");
    }
    Measured measured = new Measured((System.nanoTime() - begin) / 1e9, Double.NaN);
    life.kill();
    lab.start();
    return measured;
  }

  private static void plain(PlainInventory plain, int vms) throws Exception {
    long found = plain.run();
    if (found != vms) {
      throw new IllegalStateException(found + " of " + vms + " VMs");
    }
  }

  /** One report; gives how long its scan took, in seconds. */
  private static double scan(Lab lab, int vms, int passes) throws Exception {
    return scan(lab, "chargeback", vms, passes);
  }

  private static double scan(Lab lab, String runbook, int vms, int passes) throws Exception {
    Execution report =
        lab.end(
            lab.begin(runbook, JSON.createObjectNode().put("system", "prod").put("passes", passes)),
            Duration.ofMinutes(10));
    long found = lab.json(String.valueOf(report.result())).path("vms").asLong();
    if (report.outcome() != Outcome.SUCCEEDED || found != vms) {
      throw new IllegalStateException(found + " VMs of " + vms + ": " + report.reason());
    }
    StepRecord step = lab.executions().steps(report.id()).get(0);
    return Duration.between(step.startedAt(), step.endedAt()).toNanos() / 1e9;
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void warmUp(Work round) throws Exception {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    for (int i = 0; i < 30; i++) {
      long compiled = compiler.getTotalCompilationTime();
      long begin = System.nanoTime();
      round.run();
      double share =
          (compiler.getTotalCompilationTime() - compiled) * 1e6 / (System.nanoTime() - begin);
      if (share < 0.1 && i >= 10) {
        return;
      }
    }
  }

  /** What stayed alive at most while it ran, above what was alive before, in MiB. */
  private static double heap(Work work) throws Exception {
    long before = alive();
    AtomicLong most = new AtomicLong();
    AtomicBoolean over = new AtomicBoolean();
    Thread watch =
        new Thread(
            () -> {
              while (!over.get()) {
                most.accumulateAndGet(alive(), Math::max);
                LockSupport.parkNanos(100_000_000);
              }
            });
    watch.start();
    work.run();
    over.set(true);
    watch.join();
    return (most.get() - before) / 1048576.0;
  }

  private static long alive() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static Measured median(Measured[] all) {
    Measured[] sorted = all.clone();
    Arrays.sort(sorted, (a, b) -> Double.compare(a.seconds(), b.seconds()));
    return sorted[sorted.length / 2];
  }

  /** Wall time and this process's CPU time. */
  private record Measured(double seconds, double cpuSeconds) {
    static Measured of(Work work) throws Exception {
      long cpu = cpu();
      long begin = System.nanoTime();
      work.run();
      return new Measured((System.nanoTime() - begin) / 1e9, (cpu() - cpu) / 1e9);
    }

    String told(int vms) {
      return String.format(Locale.ROOT, "%.3f s", seconds)
          + (Double.isNaN(cpuSeconds)
              ? ""
              : String.format(Locale.ROOT, ", %.1f µs CPU a VM", cpuSeconds * 1e6 / vms));
    }

    private static long cpu() {
      return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
          .getProcessCpuTime();
    }
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
