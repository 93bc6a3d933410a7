package io.drover.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What the journal acknowledged is there after a {@code kill -9} of the process that wrote it. */
@DisabledIfSystemProperty(
    named = "drover.test.postgres",
    matches = ".+",
    disabledReason = "Kills the process that holds the embedded file")
class KilledWriterTest {
  private static final int KILLS = 4;
  private static final int WRITERS = 32;

  @Test
  void losesNoAcknowledgedRow(@TempDir Path folder) throws Exception {
    Set<String> acknowledged = new HashSet<>();
    for (int kill = 0; kill < KILLS; kill++) {
      acknowledged.addAll(writeUntilKilled(folder, 2_000 + 700 * kill));
    }
    Set<String> there;
    try (TestLedger ledger = new TestLedger(folder)) {
      there =
          new HashSet<>(
              ledger
                  .jdbc
                  .sql("SELECT execution || '/' || seq FROM step")
                  .query(String.class)
                  .list());
    }
    long lost = acknowledged.stream().filter(row -> !there.contains(row)).count();
    System.out.printf(
        "LEDGER KILLS %d acknowledged %d lost %d%n", KILLS, acknowledged.size(), lost);
    assertThat(acknowledged).hasSizeGreaterThan(KILLS * 2_000);
    assertThat(lost).isZero();
  }

  /** The rows that the child said were committed before it was killed. */
  private static List<String> writeUntilKilled(Path folder, int rows) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Writers.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> acknowledged = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
      String line = out.readLine();
      while (line != null) {
        if (line.startsWith("ok ") && line.endsWith(".")) {
          acknowledged.add(line.substring(3, line.length() - 1));
        }
        if (acknowledged.size() == rows) {
          // By its handle: Process.destroyForcibly closes the pipe, and what was said is lost.
          child.toHandle().destroyForcibly();
        }
        line = out.readLine();
      }
    } finally {
      child.destroyForcibly();
    }
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return acknowledged;
  }

  /** The child: each writer writes its next row when the last one was acknowledged. */
  static final class Writers {
    private Writers() {}

    public static void main(String[] args) {
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
      TestLedger ledger = new TestLedger(Path.of(args[0]));
      TestLedger.Node node = ledger.node("process-" + ProcessHandle.current().pid());
      AtomicLong turn = new AtomicLong();
      for (int i = 0; i < WRITERS; i++) {
        Execution execution = node.running("patch-vm");
        Thread writer =
            new Thread(
                () -> {
                  for (int seq = 0; turn.incrementAndGet() < 1_000_000; seq++) {
                    node.journal.stepStarted(ledger.started(execution, "step", seq));
                    node.journal.stepEnded(ledger.ended(execution, "step", seq)).join();
                    out.println("ok " + execution.id() + "/" + seq + ".");
                  }
                });
        writer.start();
      }
    }
  }
}
