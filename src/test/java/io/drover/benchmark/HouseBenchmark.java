package io.drover.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Executions;
import io.drover.testing.ApiClient;
import io.drover.testing.Lab;
import io.drover.testing.SimulatorClient;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** HTTP starts, executions that wait, start-up and idle memory. */
public final class HouseBenchmark {
  /** Executions of one parent: the inputs of all would be larger than inputs may be. */
  private static final int SHARE = 2_000;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> QUIET =
      List.of(
          "drover.runtime.routes="
              + "classpath:routes/systems/*.camel.yaml,classpath:routes/benchmark/*.camel.yaml",
          "logging.level.root=WARN",
          "logging.level.io.drover=WARN");

  private HouseBenchmark() {}

  /** Arguments: {@code http}, {@code waiting}, {@code start}, or none for all of them. */
  public static void main(String[] args) throws Exception {
    List<String> wanted = args.length == 0 ? List.of("http", "waiting", "start") : List.of(args);
    if (wanted.contains("http")) {
      http();
    }
    if (wanted.contains("waiting")) {
      waiting(10_000);
    }
    if (wanted.contains("start")) {
      start(Path.of(System.getProperty("drover.jar", "target/drover.jar")));
    }
    System.exit(0);
  }

  /** 50 starts a second for 20 s, each durable before its answer; beside an answer of nothing. */
  private static void http() throws Exception {
    try (Lab lab = Lab.with(10, QUIET)) {
      String password =
          Files.readAllLines(lab.folder().resolve("data/credentials")).get(1).substring(9);
      ApiClient client = ApiClient.user(lab.url(), "admin", password);
      String vm = lab.world().vms().get(0).extId();
      String body = "{\"inputs\":{\"system\":\"prod\",\"vmExtId\":\"" + vm + "\"}}";
      Runnable start =
          () -> require(client.post("/api/v1/runbooks/one-call/executions", body).status(), 201);
      Runnable floor = () -> require(client.get("/api/v1/me").status(), 200);
      paced(start, 2_000); // until most of it is compiled
      print("HTTP start of a one-call runbook at 50/s: %s", paced(start, 1_000));
      print("  floor, an authenticated GET of nothing:  %s", paced(floor, 1_000));
    }
  }

  private static void require(int status, int wanted) {
    if (status != wanted) {
      throw new IllegalStateException("status " + status);
    }
  }

  private static String paced(Runnable call, int calls) throws Exception {
    long[] nanos = new long[calls];
    ExecutorService clients = Executors.newFixedThreadPool(8);
    long begin = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      int n = i;
      long due = begin + i * 20_000_000L;
      long wait = due - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait); // the pace is the benchmark's subject
      }
      clients.execute(
          () -> {
            long at = System.nanoTime();
            call.run();
            nanos[n] = System.nanoTime() - at;
          });
    }
    clients.shutdown();
    clients.awaitTermination(1, TimeUnit.MINUTES);
    Arrays.sort(nanos);
    return String.format(
        Locale.ROOT,
        "p50 %.2f ms, p99 %.2f ms",
        nanos[calls / 2] / 1e6,
        nanos[calls * 99 / 100] / 1e6);
  }

  private static void waiting(int executions) throws Exception {
    List<String> settings = new ArrayList<>(QUIET);
    settings.add("drover.systems.prism.prod.calls.connections=64");
    try (Lab lab = Lab.with(executions, settings)) {
      lab.world().fault("task-stuck", "count", executions * 2);
      List<SimulatorClient.Vm> vms = lab.world().vms();
      List<String> ids = new ArrayList<>();
      for (int from = 0; from < executions; from += SHARE) {
        ObjectNode inputs = JSON.createObjectNode().put("concurrency", SHARE);
        for (SimulatorClient.Vm vm : vms.subList(from, Math.min(from + SHARE, executions))) {
          inputs
              .withArray("vms")
              .addObject()
              .put("system", "prod")
              .put("vmExtId", vm.extId())
              .put("targetPcExtId", vm.extId())
              .put("targetClusterExtId", vm.extId());
        }
        ids.add(lab.begin("copy-recovery-points", inputs));
      }
      Awaitility.await()
          .atMost(Duration.ofMinutes(10))
          .pollInterval(Duration.ofSeconds(2))
          .until(() -> waiting(lab, ids) == executions);
      long running = waiting(lab, ids);
      for (int i = 0; i < 3; i++) {
        System.gc();
      }
      long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
      ThreadInfo[] threads = ManagementFactory.getThreadMXBean().dumpAllThreads(false, false);
      print(
          "%,d executions waiting on a task (Java %s): %d platform threads, %d MB heap, %d running",
          executions, System.getProperty("java.version"), threads.length, heap, running);
    }
  }

  /** How many hold a task's id: their call was answered, and its task never ends. */
  private static long waiting(Lab lab, List<String> parents) {
    Executions ledger = lab.bean(Executions.class);
    return parents.stream()
        .flatMap(parent -> ledger.children(parent).stream())
        .filter(child -> ledger.effects(child.id()).stream().anyMatch(e -> e.taskExtId() != null))
        .count();
  }

  private static void start(Path jar) throws Exception {
    Path folder = Files.createTempDirectory("drover-start");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    run(folder, java, "-Djarmode=tools", "-jar", jar.toAbsolutePath().toString(), "extract");
    String name = String.valueOf(jar.getFileName());
    Path extracted = folder.resolve(name.replace(".jar", "")).resolve(name);
    String archive = "-XX:ArchiveClassesAtExit=" + folder.resolve("drover.jsa");
    up(folder, false, java, archive, "-jar", extracted.toString());
    for (int i = 0; i < 3; i++) {
      print("start, plain: %s", up(folder, true, java, "-jar", extracted.toString()));
    }
    String shared = "-XX:SharedArchiveFile=" + folder.resolve("drover.jsa");
    for (int i = 0; i < 3; i++) {
      print(
          "start, shared classes: %s",
          up(folder, true, java, shared, "-jar", extracted.toString()));
    }
  }

  private static void run(Path folder, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    require(process.waitFor(), 0);
  }

  /** Until its readiness is told over HTTP; then its memory, after ten idle seconds. */
  private static String up(Path folder, boolean memory, String... command) throws Exception {
    List<String> all = new ArrayList<>(List.of(command));
    int port = 20_000 + (int) (ProcessHandle.current().pid() % 20_000);
    all.add("--server.port=" + port);
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(all)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("start.log").toFile())
            .start();
    ApiClient nobody = ApiClient.nobody("http://127.0.0.1:" + port);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .until(() -> nobody.get("/actuator/health/readiness").status() == 200);
    double seconds = (System.nanoTime() - begin) / 1e9;
    long rss = 0;
    if (memory) {
      TimeUnit.SECONDS.sleep(10); // idle memory is what is left after start-up's own garbage
      for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          rss = Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
        }
      }
    }
    process.destroy();
    process.waitFor();
    return String.format(Locale.ROOT, "%.2f s to ready, %d MB resident when idle", seconds, rss);
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
