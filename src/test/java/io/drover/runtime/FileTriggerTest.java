package io.drover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.drover.catalog.LiveRoutes;
import io.drover.testing.Lab;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each file starts its runbook once, whole or not at all, whatever dies meanwhile. */
class FileTriggerTest {
  private static final int GOOD = 60;
  private static final Duration SETTLE = Duration.ofMillis(300);

  private static Map<Integer, Integer> started(Lab lab) {
    Map<Integer, Integer> times = new HashMap<>();
    lab.started("check-vm", "order").forEach((order, n) -> times.put(Integer.valueOf(order), n));
    return times;
  }

  private static String order(String vm, int n) {
    return "{\"system\":\"prod\",\"vm\":\"" + vm + "\",\"order\":" + n + "}";
  }

  private static List<String> in(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  private static void live(Lab lab) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(lab.bean(LiveRoutes.class).find("file.camel.yaml"))
                    .hasValueSatisfying(
                        state ->
                            assertThat(state.version())
                                .as(() -> state.refused().toString())
                                .isNotNull()));
  }

  @Test
  void eachFileStartsItsRunbookOnce(@TempDir Path folder, @TempDir Path elsewhere)
      throws Exception {
    Path orders = folder.resolve("files.d").resolve("orders");
    try (Lab lab =
        Lab.with(
            1,
            List.of(
                "drover.files.directory=" + folder.resolve("files.d"),
                "drover.files.settle=" + SETTLE.toMillis() + "ms"))) {
      String vm = lab.world().vms().get(0).extId();
      Files.createDirectories(lab.routes());
      for (String file : List.of("check-vm.schema.json", "file.camel.yaml")) {
        Files.copy(Path.of("docs", "examples", file), lab.routes().resolve(file));
      }
      live(lab);
      assertThat(orders).isDirectory();

      // Files whose writer takes longer than Drover needs to look twice.
      try (Slow slow = new Slow(orders.resolve("slow.json"), order(vm, 1_000))) {
        for (int i = 0; i < GOOD / 2; i++) {
          Files.writeString(orders.resolve("order-" + i + ".json"), order(vm, i));
        }
        slow.write(8, SETTLE.dividedBy(2));
        assertThat(started(lab)).doesNotContainKey(1_000);
        slow.end();
      }

      // Wrong ones, one that is no JSON, one that is too large, one that is no such file.
      Map<String, String> wrong = new HashMap<>();
      wrong.put("nonsense.json", "{\"nonsense\":1}");
      wrong.put("text.json", "system: prod");
      wrong.put("empty-list.json", "[]");
      wrong.put("large.json", order(vm, 2_000).replace("}", " ".repeat(1 << 20) + "}"));
      for (Map.Entry<String, String> file : wrong.entrySet()) {
        Files.writeString(orders.resolve(file.getKey()), file.getValue());
      }
      Files.writeString(orders.resolve("readme.txt"), order(vm, 3_000));
      Path secret = Files.writeString(elsewhere.resolve("secret.json"), order(vm, 4_000));
      Files.createSymbolicLink(orders.resolve("link.json"), secret);

      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(in(orders)).containsExactly("link.json", "readme.txt"));
      assertThat(in(orders.resolve(".refused")))
          .containsExactlyInAnyOrderElementsOf(wrong.keySet());
      assertThat(in(orders.resolve(".done"))).hasSize(GOOD / 2 + 1).contains("slow.json");
      assertThat(started(lab)).hasSize(GOOD / 2 + 1);
      Files.delete(orders.resolve("readme.txt"));

      // The same once more, and one of that name with other content.
      Files.writeString(orders.resolve("order-0.json"), order(vm, 0));
      Files.writeString(orders.resolve("order-1.json"), order(vm, 5_000));
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(in(orders)).containsExactly("link.json"));

      // Drover goes after a start and before the move, and in the middle of many files.
      Files.move(orders.resolve(".done"), elsewhere.resolve("done"));
      Files.writeString(orders.resolve(".done"), "in the way");
      for (int i = GOOD / 2; i < GOOD; i++) {
        Files.writeString(orders.resolve("order-" + i + ".json"), order(vm, i));
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> started(lab).containsKey(GOOD / 2));
      lab.stop();
      int unmoved = in(orders).size() - 1;
      Files.delete(orders.resolve(".done"));
      lab.start();
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(in(orders)).containsExactly("link.json"));

      Map<Integer, Integer> times = started(lab);
      long twice = times.values().stream().filter(n -> n > 1).count();
      System.out.printf(
          "FILE MATRIX: files dropped %d, half-written 1, wrong %d, repeated 1, same name and other"
              + " content 1, links 1, started and not moved at a restart %d: started once %d, twice"
              + " %d%n",
          GOOD + 1 + wrong.size() + 4, wrong.size(), unmoved, times.size() - (int) twice, twice);
      assertThat(twice).isZero();
      assertThat(unmoved).isPositive();
      assertThat(times.keySet())
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(IntStream.range(0, GOOD).boxed(), Stream.of(1_000, 5_000)).toList());
    }
  }

  @Test
  void noLinkLeadsOutOfTheFolder(@TempDir Path folder, @TempDir Path elsewhere) throws Exception {
    Path files = Files.createDirectories(folder.resolve("files.d"));
    Files.writeString(elsewhere.resolve("theirs.json"), order("none", 1));
    Files.createSymbolicLink(files.resolve("orders"), elsewhere);
    try (Lab lab =
        Lab.with(
            1,
            List.of(
                "drover.files.directory=" + files,
                "drover.files.settle=" + SETTLE.toMillis() + "ms"))) {
      Files.createDirectories(lab.routes());
      for (String file : List.of("check-vm.schema.json", "file.camel.yaml")) {
        Files.copy(Path.of("docs", "examples", file), lab.routes().resolve(file));
      }
      live(lab);
      // Long enough to have been taken, were the folder a folder.
      await()
          .during(SETTLE.multipliedBy(6))
          .atMost(Duration.ofSeconds(30))
          .until(() -> in(elsewhere).equals(List.of("theirs.json")));
      assertThat(elsewhere.resolve(".done")).doesNotExist();
      assertThat(elsewhere.resolve(".refused")).doesNotExist();

      Files.delete(files.resolve("orders"));
      Files.createDirectory(files.resolve("orders"));
      Files.createSymbolicLink(files.resolve("orders").resolve(".done"), elsewhere);
      String vm = lab.world().vms().get(0).extId();
      Files.writeString(files.resolve("orders").resolve("ours.json"), order(vm, 7));
      await().atMost(Duration.ofSeconds(60)).until(() -> started(lab).containsKey(7));
      await()
          .during(SETTLE.multipliedBy(6))
          .atMost(Duration.ofSeconds(30))
          .until(() -> in(elsewhere).equals(List.of("theirs.json")));
      assertThat(started(lab)).containsOnly(Map.entry(7, 1));

      CamelContext camel = lab.bean(CamelContext.class);
      assertThatThrownBy(() -> camel.getEndpoint("file:" + elsewhere))
          .hasRootCauseMessage("file:" + elsewhere + " (expected: a folder in " + files + ")");
      assertThatThrownBy(() -> camel.getEndpoint("file:" + files + "/orders?delay=1"))
          .hasRootCauseMessage("delay: 1 (expected: 100..60000)");
    }
  }

  /** Somebody who writes a file in pieces, in place. */
  private static final class Slow implements AutoCloseable {
    private final OutputStream out;
    private final byte[] rest;
    private int written;

    Slow(Path file, String text) throws IOException {
      out = Files.newOutputStream(file);
      rest = text.getBytes(StandardCharsets.UTF_8);
    }

    void write(int pieces, Duration pause) {
      int[] left = {pieces};
      await()
          .pollInterval(pause)
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                out.write(rest, written++, 1);
                return --left[0] == 0;
              });
    }

    void end() throws IOException {
      out.write(rest, written, rest.length - written);
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
