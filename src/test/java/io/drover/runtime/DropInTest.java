package io.drover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.drover.catalog.Finding;
import io.drover.catalog.LiveRoutes;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import io.drover.testing.SampleRouteFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A file that comes, changes or goes in the folder does so in Drover, and never half. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DropInTest {
  private static final int SEED = Integer.getInteger("drover.seed", 20261124);
  private static final Duration STORM = Duration.ofSeconds(20);
  private static final int MOST_LATE_CLASSES = 300;

  private Path folder;
  private Lab lab;
  private LiveRoutes routes;

  @BeforeAll
  void begin() throws IOException {
    folder = Files.createTempDirectory("drover-routes").resolve("routes.d");
    Files.createDirectories(folder);
    put("broken-at-start.camel.yaml", "- route: {");
    put("early.camel.yaml", runbook("early", "one"));
    lab = Lab.with(2, List.of("drover.routes.directory=" + folder));
    routes = lab.bean(LiveRoutes.class);
  }

  @AfterAll
  void end() {
    lab.close();
  }

  private static String runbook(String name, String answer) {
    return SampleRouteFile.text(name, answer, 1_000 + Math.floorMod(answer.hashCode(), 9_000));
  }

  private void put(String name, String text) throws IOException {
    Path part = Files.createTempFile(folder.getParent(), "editor", ".part");
    Files.writeString(part, text);
    Files.move(
        part,
        folder.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private LiveRoutes.State live(String name, String version) {
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                routes
                    .find(name)
                    .filter(state -> !Objects.equals(state.version(), version))
                    .isPresent());
    return routes.find(name).orElseThrow();
  }

  private Execution run(String runbook) {
    return lab.run(runbook, JsonNodeFactory.instance.objectNode());
  }

  @Test
  void whatIsBrokenAtTheStartStopsNothingElse() {
    LiveRoutes.State broken = routes.find("broken-at-start.camel.yaml").orElseThrow();
    assertThat(broken.version()).isNull();
    assertThat(broken.refused()).extracting(Finding::rule).containsExactly("readable");
    assertThat(run("early").reason()).isEqualTo("one");
  }

  @Test
  void aFileIsLiveWithinSecondsAndSoIsItsChange() throws IOException {
    put("mine.camel.yaml", runbook("mine", "first"));
    LiveRoutes.State first = live("mine.camel.yaml", "");
    assertThat(first.refused()).isEmpty();
    assertThat(first.runbooks()).containsExactly("mine");
    assertThat(first.triggers()).containsExactly("mine-by-http");
    Execution one = run("mine");
    assertThat(one.outcome()).as(lab.story(one.id())).isEqualTo(Outcome.SUCCEEDED);
    assertThat(one.reason()).isEqualTo("first");

    put("mine.camel.yaml", runbook("mine", "second"));
    LiveRoutes.State second = live("mine.camel.yaml", String.valueOf(first.version()));
    assertThat(run("mine").reason()).isEqualTo("second");

    put("mine.camel.yaml", runbook("mine", "third").replace("kamelet", "kamlet") + "  - x: y\n");
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> !routes.find("mine.camel.yaml").orElseThrow().refused().isEmpty());
    assertThat(routes.find("mine.camel.yaml").orElseThrow().version()).isEqualTo(second.version());
    assertThat(run("mine").reason()).isEqualTo("second");

    routes.goBack("mine.camel.yaml", String.valueOf(first.version()));
    live("mine.camel.yaml", String.valueOf(second.version()));
    assertThat(run("mine").reason()).isEqualTo("first");
    assertThat(routes.history("mine.camel.yaml")).hasSize(2);

    Files.delete(folder.resolve("mine.camel.yaml"));
    await().atMost(Duration.ofSeconds(10)).until(() -> routes.find("mine.camel.yaml").isEmpty());
    assertThat(lab.bean(io.drover.execution.Runbooks.class).find("mine")).isEmpty();
  }

  /** Each file alone is fine. */
  @Test
  void runbooksThatStartEachOtherComeToAnEnd() {
    settled(
        Map.of(
            "there.camel.yaml", circle("there", "back"),
            "back.camel.yaml", circle("back", "there")));
    Execution at = run("there");
    Executions executions = lab.bean(Executions.class);
    int depth = 1;
    List<Execution> below = executions.children(at.id());
    while (!below.isEmpty() && depth < 100) {
      depth++;
      below = executions.children(below.get(0).id());
    }
    assertThat(depth).isEqualTo(11);
    settled(Map.of());
  }

  private static String circle(String name, String next) {
    return """
        - route:
            id: NAME
            description: Start NEXT.
            from:
              uri: "runbook:NAME?mutating=false"
              steps:
                - step:
                    id: go-on
                    steps:
                      - to: "runbook:NEXT?key=next"
                - setBody: { constant: "" }
        """
        .replace("NAME", name)
        .replace("NEXT", next);
  }

  @Test
  void nothingStaysOfVersionsThatAreGone() throws Exception {
    CamelContext camel = lab.bean(CamelContext.class);
    RouteLoader loader = camel.getCamelContextExtension().getContextPlugin(RouteLoader.class);
    settled(Map.of());
    loader.sweep(Duration.ZERO);
    int before = camel.getRoutes().size();
    int endpoints = camel.getEndpoints().size();
    // Each with a Kamelet's route of its own: Camel makes one per set of parameters.
    for (int i = 0; i <= 100; i++) {
      settled(Map.of("again.camel.yaml", runbook("again", "n" + i)));
    }
    loader.sweep(Duration.ZERO);
    assertThat(run("again").reason()).isEqualTo("n100");
    settled(Map.of());
    loader.sweep(Duration.ZERO);
    System.out.printf(
        "VERSIONS MATRIX: 101 versions of a file, left routes %d, left endpoints %d%n",
        camel.getRoutes().size() - before, camel.getEndpoints().size() - endpoints);
    assertThat(camel.getRoutes()).hasSize(before);
    assertThat(camel.getEndpoints()).hasSizeLessThanOrEqualTo(endpoints);
  }

  /** An upgrade while an execution is open: its version is loaded too, and starts nothing. */
  @Test
  void anOlderVersionDoesNotTakeAwayTheTriggersOfTheLiveOne() throws Exception {
    CamelContext camel = lab.bean(CamelContext.class);
    RouteLoader loader = camel.getCamelContextExtension().getContextPlugin(RouteLoader.class);
    String older = runbook("early", "zero");
    RouteLoader.RouteFile file =
        new RouteLoader.RouteFile(
            "early.camel.yaml", older, RouteLoader.hash(older), runbook -> "{\"type\":\"object\"}");
    loader.load(file, false);
    assertThat(camel.getRoute("early@" + file.hash())).isNotNull();
    assertThat(camel.getRoute("early-by-http")).isNotNull();
    assertThat(camel.getRoute("early-by-http@" + file.hash())).isNull();
    assertThat(run("early").reason()).isEqualTo("one");
    loader.sweep(Duration.ZERO);
    assertThat(camel.getRoute("early@" + file.hash())).isNull();
  }

  /** These texts beside the one that is there from the start, without the folder's waiting. */
  private void settled(Map<String, String> texts) {
    Map<String, byte[]> all = new HashMap<>();
    all.put("early.camel.yaml", runbook("early", "one").getBytes(StandardCharsets.UTF_8));
    texts.forEach((name, text) -> all.put(name, text.getBytes(StandardCharsets.UTF_8)));
    Objects.requireNonNull(((RouteFolder) routes).routes()).apply(all);
  }

  @Test
  void aRunbookOfOneFileMayStartThatOfAnotherAndMoveThere() throws IOException {
    String caller =
        """
        - route:
            id: caller
            description: Start another.
            from:
              uri: "runbook:caller?mutating=false"
              steps:
                - setVariable: { name: system, constant: prod }
                - setVariable: { name: vmName, constant: web-1 }
                - step:
                    id: call
                    steps:
                      - setBody: { constant: {} }
                      - to: "runbook:callee?key=one"
                - setVariable: { name: outcomeReason, simple: "${body[reason]}" }
        """;
    put("caller.camel.yaml", caller.replace("constant: {}", "simple: \"${null}\""));
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> routes.find("caller.camel.yaml").isPresent());
    assertThat(routes.find("caller.camel.yaml").orElseThrow().refused())
        .extracting(Finding::rule)
        .containsExactly("names");
    put("callee.camel.yaml", runbook("callee", "called"));
    live("callee.camel.yaml", "");
    live("caller.camel.yaml", "");
    assertThat(run("caller").reason()).isEqualTo("called");
    Files.delete(folder.resolve("callee.camel.yaml"));
    Files.delete(folder.resolve("caller.camel.yaml"));
    await().atMost(Duration.ofSeconds(10)).until(() -> routes.find("callee.camel.yaml").isEmpty());
  }

  /** As a mounted ConfigMap does it: the texts are behind a link that is swapped. */
  @Test
  void aSwappedLinkChangesAllFilesBehindIt() throws IOException {
    Path one = Files.createDirectory(folder.resolve("..one"));
    Files.writeString(one.resolve("mounted.camel.yaml"), runbook("mounted", "first"));
    Path data = folder.resolve("..data");
    Files.createSymbolicLink(data, Path.of("..one"));
    Files.createSymbolicLink(
        folder.resolve("mounted.camel.yaml"), Path.of("..data", "mounted.camel.yaml"));
    String first = String.valueOf(live("mounted.camel.yaml", "").version());
    assertThat(run("mounted").reason()).isEqualTo("first");
    Path two = Files.createDirectory(folder.resolve("..two"));
    Files.writeString(two.resolve("mounted.camel.yaml"), runbook("mounted", "second"));
    Path swapped = folder.resolve("..data_tmp");
    Files.createSymbolicLink(swapped, Path.of("..two"));
    Files.move(swapped, data, StandardCopyOption.ATOMIC_MOVE);
    live("mounted.camel.yaml", first);
    assertThat(run("mounted").reason()).isEqualTo("second");
    Files.delete(folder.resolve("mounted.camel.yaml"));
  }

  @Test
  void aLinkOutOfTheFolderIsNotFollowed() throws IOException {
    Path outside = folder.resolveSibling("secret.camel.yaml");
    Files.writeString(outside, runbook("secret", "hidden"));
    Files.createSymbolicLink(folder.resolve("linked.camel.yaml"), outside);
    put("after-it.camel.yaml", runbook("after-it", "seen"));
    live("after-it.camel.yaml", "");
    assertThat(routes.find("linked.camel.yaml")).isEmpty();
    Files.delete(folder.resolve("linked.camel.yaml"));
  }

  /** Whoever writes is as rude as can be: in parts, broken, deleting, renaming, in every order. */
  @Test
  void aStormOfWritesNeverShowsHalfAFile() throws Exception {
    put("steady.camel.yaml", runbook("steady", "ok"));
    live("steady.camel.yaml", "");
    CamelContext camel = lab.bean(CamelContext.class);
    RouteLoader loader = camel.getCamelContextExtension().getContextPlugin(RouteLoader.class);
    Random random = new Random(SEED);
    warmUp(random);
    loader.sweep(Duration.ZERO);
    final int routesBefore = camel.getRoutes().size();
    final int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    final int classes = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
    long begun = System.nanoTime();
    int writes = 0;
    int runs = 0;
    while (System.nanoTime() - begun < STORM.toNanos()) {
      blow(random, writes++);
      if (writes % 50 == 0) {
        assertThat(run("steady").reason()).isEqualTo("ok");
        runs++;
      }
      // The pace is what is asked for, not what is waited for.
      LockSupport.parkNanos(begun + writes * 10_000_000L - System.nanoTime());
    }
    Map<String, String> last = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      String name = "storm-" + i;
      put(name + ".camel.yaml", runbook(name, "calm" + i));
      last.put(name, "calm" + i);
    }
    int seen = 0;
    int half = 0;
    for (String name : last.keySet()) {
      String wanted = RouteLoader.hash(runbook(name, last.getOrDefault(name, "")));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  routes
                      .find(name + ".camel.yaml")
                      .filter(state -> wanted.equals(state.version()))
                      .isPresent());
      assertThat(run(name).reason()).isEqualTo(last.get(name));
      // Every text that was ever live was one that somebody meant to write.
      for (LiveRoutes.Version version : routes.history(name + ".camel.yaml")) {
        String text = routes.text(name + ".camel.yaml", version.version()).orElseThrow();
        seen++;
        half += text.endsWith("# whole\n") ? 0 : 1;
      }
    }
    for (String name : last.keySet()) {
      Files.delete(folder.resolve(name + ".camel.yaml"));
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> last.keySet().stream().noneMatch(n -> live(n + ".camel.yaml")));
    loader.sweep(Duration.ZERO);
    int leftClasses = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount() - classes;
    System.out.printf(
        "STORM MATRIX: writes %d in %d s, executions meanwhile %d, texts that came live"
            + " %d, half ones of them %d, left routes %d, left threads %d, left classes %d%n",
        writes,
        STORM.toSeconds(),
        runs,
        seen,
        half,
        camel.getRoutes().size() - routesBefore,
        ManagementFactory.getThreadMXBean().getThreadCount() - threads,
        leftClasses);
    assertThat(half).isZero();
    assertThat(camel.getRoutes().size()).isLessThanOrEqualTo(routesBefore);
    assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(threads + 20);
    // A class for each text that was tried would be a thousand; what code loads late is less.
    assertThat(leftClasses).isLessThan(MOST_LATE_CLASSES);
  }

  /** A short storm, so that what is loaded once is there before anything is counted. */
  private void warmUp(Random random) throws IOException {
    for (int i = 0; i < 200; i++) {
      blow(random, -i);
      LockSupport.parkNanos(10_000_000L);
    }
    for (int i = 0; i < 20; i++) {
      put("storm-" + i + ".camel.yaml", runbook("storm-" + i, "warm" + i));
    }
    for (int i = 0; i < 20; i++) {
      String name = "storm-" + i;
      await().atMost(Duration.ofSeconds(20)).until(() -> live(name + ".camel.yaml"));
      run(name);
    }
    for (int i = 0; i < 20; i++) {
      Files.delete(folder.resolve("storm-" + i + ".camel.yaml"));
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> routes.all().stream().noneMatch(state -> state.name().startsWith("storm-")));
  }

  private boolean live(String name) {
    return routes.find(name).map(LiveRoutes.State::version).isPresent();
  }

  private void blow(Random random, int write) throws IOException {
    int which = random.nextInt(20);
    String name = "storm-" + which;
    Path file = folder.resolve(name + ".camel.yaml");
    String text = runbook(name, "w" + write);
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> put(name + ".camel.yaml", text);
      case 3 -> Files.writeString(file, text.substring(0, text.length() / 2));
      case 4 -> Files.writeString(file, text.replace("uri:", "url:"));
      case 5 -> Files.deleteIfExists(file);
      case 6 -> {
        Files.writeString(folder.resolve("." + name + ".camel.yaml.swp"), text);
        Files.move(
            folder.resolve("." + name + ".camel.yaml.swp"),
            file,
            StandardCopyOption.REPLACE_EXISTING);
      }
      default -> {
        if (Files.exists(file)) {
          Path moved = folder.resolve("moved-" + which + ".camel.yaml");
          Files.move(file, moved, StandardCopyOption.REPLACE_EXISTING);
          Files.deleteIfExists(moved);
        }
      }
    }
  }
}
