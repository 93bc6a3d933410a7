package io.drover.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Execution;
import io.drover.testing.ApiClient;
import io.drover.testing.Lab;
import io.drover.wave.WaveGraph;
import io.drover.wave.WaveMember;
import io.drover.wave.WaveNeed;
import io.drover.wave.WavePlan;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * A wave of 500 VMs: how often Move is asked while they are copied, what that takes of the process,
 * and how soon the API answers meanwhile; and the checks of a graph of 10,000 VMs. The simulator
 * runs in a process of its own.
 */
public final class WaveBenchmark {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VMS = 500;
  private static final int COPY_SECONDS = 20;
  private static final int INTERVAL_MILLIS = 500;

  private WaveBenchmark() {}

  /** Arguments: {@code graph}, {@code wave}, or none for both. */
  public static void main(String[] args) throws Exception {
    List<String> wanted = args.length == 0 ? List.of("graph", "wave") : List.of(args);
    if (wanted.contains("graph")) {
      graph();
    }
    if (wanted.contains("wave")) {
      wave();
    }
    System.exit(0);
  }

  private static void graph() {
    int count = 10_000;
    Random random = new Random(7);
    List<WaveMember> all = new ArrayList<>();
    List<WaveNeed> needs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(new WaveMember("vm-" + i, "v" + i, Set.of("w"), Set.of("tier-" + i / 10)));
      for (int j = 0; i > 0 && j < 3; j++) {
        needs.add(new WaveNeed("v" + i, "v" + random.nextInt(i)));
      }
    }
    List<String> ids = all.stream().map(WaveMember::id).toList();
    for (int i = 0; i < 3; i++) {
      long from = System.nanoTime();
      WavePlan plan = new WaveGraph(all, needs, List.of(), Set.of()).plan(ids, "w", Set.of());
      print(
          "%,d VMs, %,d needs: %,d levels, %d findings in %.2f s%s",
          count,
          needs.size(),
          plan.levels().size(),
          plan.findings().size(),
          (System.nanoTime() - from) / 1e9,
          i == 0 ? " (just started)" : "");
    }
  }

  private static void wave() throws Exception {
    try (Lab lab =
        Lab.with(
            1,
            List.of(
                "drover.waves.poll=" + INTERVAL_MILLIS + "ms",
                "logging.level.root=WARN",
                "logging.level.io.drover=WARN"),
            "--source-vms=" + VMS,
            "--move-copy-time=" + COPY_SECONDS + "s",
            "--move-cutover-time=50ms")) {
      String password =
          Files.readAllLines(lab.folder().resolve("data/credentials")).stream()
              .filter(line -> line.startsWith("password="))
              .findFirst()
              .orElseThrow()
              .substring("password=".length());
      ApiClient api = ApiClient.user(lab.url(), "admin", password);
      long begun = System.nanoTime();
      String wave = lab.begin("migration-wave", inputs());
      while (!lab.steps(wave).contains("await-ready")) {
        Thread.sleep(20);
      }
      print("%d VMs: until the copies run %.1f s", VMS, (System.nanoTime() - begun) / 1e9);
      long calls = calls(lab);
      long from = System.nanoTime();
      List<Double> answers = new ArrayList<>();
      int threads = 0;
      long least = Long.MAX_VALUE;
      long most = 0;
      while (!lab.steps(wave).contains("approve")) {
        answers.add(millis(api, "/api/v1/waves/" + wave));
        answers.add(millis(api, "/api/v1/executions/" + wave));
        threads = Math.max(threads, ManagementFactory.getThreadMXBean().getThreadCount());
        System.gc();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        least = Math.min(least, used);
        most = Math.max(most, used);
        Thread.sleep(200);
      }
      double seconds = (System.nanoTime() - from) / 1e9;
      print(
          "  copying %.1f s: %d list calls, one in %.0f ms (interval %d ms); threads %d, heap %d..%d"
              + " MiB; API %s",
          seconds,
          calls(lab) - calls,
          seconds * 1000 / Math.max(1, calls(lab) - calls),
          INTERVAL_MILLIS,
          threads,
          least >> 20,
          most >> 20,
          told(answers));
      lab.answer(wave, "migration-wave", true);
      long cut = System.nanoTime();
      long before = calls(lab);
      List<Double> during = new ArrayList<>();
      while (lab.find(wave).endedAt() == null) {
        during.add(millis(api, "/api/v1/waves/" + wave));
        threads = Math.max(threads, ManagementFactory.getThreadMXBean().getThreadCount());
        Thread.sleep(200);
      }
      Execution ended = lab.end(wave, Duration.ofMinutes(5));
      double took = (System.nanoTime() - cut) / 1e9;
      print(
          "  cutting over, 100 at a time, %.1f s: %d list calls, one in %.0f ms; threads %d; API %s;"
              + " %s %s",
          took,
          calls(lab) - before,
          took * 1000 / Math.max(1, calls(lab) - before),
          threads,
          told(during),
          String.valueOf(ended.outcome()),
          String.valueOf(ended.reason()));
    }
  }

  private static String told(List<Double> answers) {
    Collections.sort(answers);
    return String.format(
        Locale.ROOT,
        "median %.0f ms, 99 %% %.0f ms, slowest %.0f ms of %d",
        answers.get(answers.size() / 2),
        answers.get((int) (answers.size() * 0.99)),
        answers.get(answers.size() - 1),
        answers.size());
  }

  private static double millis(ApiClient api, String path) {
    long from = System.nanoTime();
    ApiClient.Answer answer = api.get(path);
    if (answer.status() != 200) {
      throw new IllegalStateException(path + ": " + answer.status());
    }
    return (System.nanoTime() - from) / 1e6;
  }

  /** List calls of workloads so far. */
  private static long calls(Lab lab) {
    JsonNode calls = lab.world().move().path("calls");
    return calls.path("POST /move/v2/plans/ID/workloads/list").asLong();
  }

  private static ObjectNode inputs() {
    ObjectNode inputs = JSON.createObjectNode();
    inputs.put("name", "all").put("vcenter", "vc").put("move", "move").put("system", "prod");
    inputs.putObject("select").putArray("folders").add("systems-0").add("systems-1");
    inputs.put("cluster", "0005b000-aaaa-bbbb-0000-000000000a01");
    inputs.putArray("networks").addObject().put("source", "VLAN120").put("target", "production-a");
    inputs.putObject("dependencies").put("tag", "depends-on");
    inputs.put("maxVms", VMS).put("concurrency", 100).put("onFailure", "continue");
    return inputs;
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
