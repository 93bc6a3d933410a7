package io.drover.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.catalog.Catalog;
import io.drover.catalog.Finding;
import io.drover.catalog.Known;
import io.drover.testing.ApiClient;
import io.drover.testing.SampleRouteFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Checking route files on the command line, taking over folders of them, refusing hostile ones. */
public final class RouteFilesBenchmark {
  private static final int FILES = 500;
  private static final int ROUNDS = 11;
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private RouteFilesBenchmark() {}

  /** Arguments: {@code validate}, {@code folder}, {@code refuse}, or none for all of them. */
  public static void main(String[] args) throws Exception {
    if (args.length == 2 && args[0].equals("one")) {
      one(Path.of(args[1]));
      return;
    }
    List<String> wanted =
        args.length == 0 ? List.of("validate", "folder", "refuse") : List.of(args);
    Path jar = Path.of(System.getProperty("drover.jar", "target/drover.jar")).toAbsolutePath();
    if (wanted.contains("validate")) {
      validate(jar);
    }
    if (wanted.contains("folder")) {
      folder(jar, 0);
      folder(jar, FILES);
    }
    if (wanted.contains("refuse")) {
      refuse();
    }
    System.exit(0);
  }

  /** Whole processes, each kind in turn, so that whatever else the machine does hits all. */
  private static void validate(Path jar) throws Exception {
    String drover = Path.of("bin", "drover").toAbsolutePath().toString();
    String routes = Path.of("src", "main", "resources", "routes").toAbsolutePath().toString();
    Map<String, List<String>> commands = new LinkedHashMap<>();
    commands.put("drover validate, all shipped routes", List.of(drover, "validate", routes));
    commands.put("  floor, drover --version", List.of(drover, "--version"));
    commands.put("  floor, java -version", List.of(JAVA, "-version"));
    Map<String, double[]> seconds = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (Map.Entry<String, List<String>> command : commands.entrySet()) {
        double[] all = seconds.computeIfAbsent(command.getKey(), name -> new double[ROUNDS]);
        all[round] = process(jar, command.getValue());
      }
    }
    seconds.forEach(
        (name, all) -> {
          Arrays.sort(all);
          print("%s: median %.2f s, slowest %.2f s", name, all[ROUNDS / 2], all[ROUNDS - 1]);
        });
  }

  private static double process(Path jar, List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("DROVER_JAR", jar.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    long begin = System.nanoTime();
    Process process = builder.start();
    byte[] said = process.getInputStream().readAllBytes();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(new String(said, StandardCharsets.UTF_8));
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  /** Ten kinds of Kamelet routes for all of them. */
  private static String text(int number, String answer) {
    return SampleRouteFile.text("file-" + number, answer, 1_000 + number % 10);
  }

  /** A new process with so many files in its folder; then one of them changes, again and again. */
  private static void folder(Path jar, int files) throws Exception {
    Path folder = Files.createTempDirectory("drover-files");
    Path routes = Files.createDirectory(folder.resolve("routes.d"));
    for (int i = 0; i < files; i++) {
      Files.writeString(routes.resolve("file-" + i + ".camel.yaml"), text(i, "first"));
      Files.writeString(
          routes.resolve("file-" + i + ".schema.json"),
          "{\"type\":\"object\",\"properties\":{\"system\":{\"type\":\"string\"}}}");
    }
    int port = 20_000 + (int) (ProcessHandle.current().pid() % 20_000);
    // What is younger than the settle time would wait for the next looks.
    TimeUnit.SECONDS.sleep(1);
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(JAVA, "-jar", jar.toString(), "--server.port=" + port)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("start.log").toFile())
            .start();
    try {
      String url = "http://127.0.0.1:" + port;
      ApiClient nobody = ApiClient.nobody(url);
      until(() -> nobody.get("/actuator/health/readiness").status() == 200);
      double ready = (System.nanoTime() - begin) / 1e9;
      String password = Files.readAllLines(folder.resolve("data/credentials")).get(1).substring(9);
      ApiClient client = ApiClient.user(url, "admin", password);
      until(() -> live(client.get("/api/v1/routes").json()) == files);
      double live = (System.nanoTime() - begin) / 1e9;
      double cpu =
          process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
      print(
          "start with %d route files: ready after %.2f s, all live after %.2f s, %.1f s CPU",
          files, ready, live, cpu);
      if (files > 0) {
        change(client, routes);
      }
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  private static void change(ApiClient client, Path routes) throws Exception {
    double[] seconds = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      String version = version(client);
      Path part = routes.resolve(".changed");
      Files.writeString(part, text(7, "change " + round));
      long begin = System.nanoTime();
      Files.move(part, routes.resolve("file-7.camel.yaml"), StandardCopyOption.REPLACE_EXISTING);
      until(() -> !version(client).equals(version));
      seconds[round] = (System.nanoTime() - begin) / 1e9;
    }
    Arrays.sort(seconds);
    print(
        "one changed file of %d: live after %.2f s (median), slowest %.2f s; settle time 0.60 s,"
            + " a look each 0.25 s",
        FILES, seconds[ROUNDS / 2], seconds[ROUNDS - 1]);
  }

  private static String version(ApiClient client) {
    return client.get("/api/v1/routes/file-7.camel.yaml").json().path("version").asText();
  }

  private static long live(JsonNode files) {
    long live = 0;
    for (JsonNode file : files) {
      live += file.path("state").asText().equals("LIVE") ? 1 : 0;
    }
    return live;
  }

  private static void until(java.util.concurrent.Callable<Boolean> so) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .until(so);
  }

  /** Each in a process of its own with 64 MiB of heap, as the first file that it ever looks at. */
  private static void refuse() throws Exception {
    StringBuilder bomb = new StringBuilder("- &a0 [lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("- &a").append(i).append(" [");
      bomb.append(("*a" + (i - 1) + ", ").repeat(8)).append("x]\n");
    }
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("  floor, a good file", text(1, "good"));
    texts.put("alias bomb", bomb.toString());
    texts.put("50 MB", "- step: { id: a }\n".repeat(50 * 1024 * 1024 / 18));
    texts.put("100,000 lists inside each other", "- " + "[".repeat(100_000));
    texts.put("60,000 blocks inside each other", "- ".repeat(60_000) + "x");
    Path folder = Files.createTempDirectory("drover-hostile");
    for (Map.Entry<String, String> each : texts.entrySet()) {
      Path file = folder.resolve("mine.camel.yaml");
      Files.writeString(file, each.getValue());
      List<String> command = new ArrayList<>(List.of(JAVA, "-Xmx64m", "-XX:+UseSerialGC"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.addAll(List.of(RouteFilesBenchmark.class.getName(), "one", file.toString()));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(each.getKey() + ": " + said);
      }
      print("%s: %s", each.getKey(), said.strip());
    }
  }

  private static void one(Path file) throws IOException {
    Known known = Known.packaged();
    Catalog catalog = new Catalog();
    long begin = System.nanoTime();
    List<Finding> findings = catalog.check("mine.camel.yaml", catalog.read(file), known);
    double seconds = (System.nanoTime() - begin) / 1e9;
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      peak += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
    }
    print(
        "%.3f s, heap at most %d MiB, what is packaged included; %s",
        seconds, peak >> 20, findings.isEmpty() ? "taken" : findings.get(0));
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
