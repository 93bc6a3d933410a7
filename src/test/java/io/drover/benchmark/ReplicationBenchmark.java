package io.drover.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Execution;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The daily replication of 2,000 VMs, each copy seen at the target, beside the least time that the
 * rate tiers allow, or (without tiers) that the tasks themselves take. The simulator runs in a
 * process of its own.
 */
public final class ReplicationBenchmark {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VMS = 2_000;
  private static final double TASK_SECONDS = 0.3;
  private static final double LISTS_A_SECOND = 20;
  private static final double WRITES_A_SECOND = 20;
  private static final int WARM_UPS = 12;

  private ReplicationBenchmark() {}

  /** Arguments: {@code free}, {@code tiers}, {@code tiers-alone}, or none for all of them. */
  public static void main(String[] args) throws Exception {
    List<String> wanted =
        args.length == 0 ? List.of("free", "tiers", "tiers-alone") : List.of(args);
    for (String each : wanted) {
      switch (each) {
        case "free" -> free();
        case "tiers" -> tiers(30);
        default -> tiers(1);
      }
    }
    System.exit(0);
  }

  private static Lab lab(int times) {
    return Lab.withDr(
        VMS,
        List.of(
            "drover.systems.prism.prod.tiers.off=" + (times == 0),
            "drover.systems.prism.prod.tiers.times=" + Math.max(1, times),
            "drover.systems.prism.prod.calls.connections=512",
            "drover.systems.prism.dr.tiers.off=" + (times == 0),
            "drover.systems.prism.dr.tiers.times=" + Math.max(1, times),
            "drover.systems.prism.dr.calls.connections=512",
            "logging.level.root=WARN",
            "logging.level.io.drover=WARN"),
        "--tiers=" + (times == 0 ? "off" : times),
        "--special-vms=off",
        "--task-time=300ms",
        "--replication-time=300ms");
  }

  private static void free() throws Exception {
    try (Lab lab = lab(0)) {
      double cold = run(lab, 1, 256);
      for (int i = 0; i < WARM_UPS; i++) {
        run(lab, 1, 256);
      }
      double ideal = Math.ceil(VMS / 256.0) * 2 * TASK_SECONDS;
      print("%,d VMs, a point each, 256 at a time, no tiers: ideal %.2f s", VMS, ideal);
      print("  drover, just started %.2f s (%.2f x)", cold, cold / ideal);
      double warm = Math.min(run(lab, 1, 256), run(lab, 1, 256));
      print("  drover, compiled     %.2f s (%.2f x)", warm, warm / ideal);
      double grouped = run(lab, 30, 256);
      print("  in groups of 30      %.2f s (ideal %.2f s)", grouped, 2 * TASK_SECONDS);
    }
  }

  private static void tiers(int group) throws Exception {
    int groups = group == 1 ? VMS : groups(group);
    int pages = 2 * VMS / 100; // two passes, until both saw the same VMs
    double bound = pages / LISTS_A_SECOND + 2 * groups / WRITES_A_SECOND;
    try (Lab lab = lab(10)) {
      run(lab, 30, 256); // its connections and classes
      double took = run(lab, group, 256);
      print(
          "%,d VMs in %,d groups, ten times the real tiers: bound %.2f s (%d pages, %,d writes)",
          VMS, groups, bound, pages, 2 * groups);
      print("  drover %.2f s (%.2f x)", took, took / bound);
      print("  answered 429: %s", lab.world().stats().path("refused429"));
    }
  }

  /** Two environments on two clusters each: a third of the VMs is of the second. */
  private static int groups(int size) {
    int test = VMS / 3;
    int production = VMS - test;
    int groups = 0;
    for (int each :
        new int[] {production / 2, production - production / 2, test / 2, test - test / 2}) {
      groups += (each + size - 1) / size;
    }
    return groups;
  }

  /** One run; gives how long it took, in seconds. */
  private static double run(Lab lab, int group, int concurrency) {
    ObjectNode inputs = JSON.createObjectNode();
    inputs.put("system", "prod").put("target", "dr").put("targetCluster", "cluster-a");
    inputs.put("groupSize", group).put("concurrency", concurrency).put("landWithin", "PT10M");
    long begin = System.nanoTime();
    Execution run = lab.end(lab.begin("dr-replication", inputs), Duration.ofMinutes(15));
    double seconds = (System.nanoTime() - begin) / 1e9;
    JsonNode result = lab.json(String.valueOf(run.result()));
    if (run.outcome() != Outcome.SUCCEEDED || result.path("protected").asInt() != VMS) {
      throw new IllegalStateException(run.outcome() + ": " + run.reason());
    }
    return seconds;
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
