package io.drover.crash;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.drover.testing.Lab;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process from its start to its death. */
public final class Life {
  private final Process process;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(10_000);

  /**
   * @param inputs files, each of the inputs of one execution that it starts, once in all its lives
   * @param doom where it dies; empty: it is killed from outside
   */
  public Life(Lab lab, String runbook, Collection<Path> inputs, String doom) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(DoomedDrover.class.getName());
    lab.settings().forEach(setting -> command.add("--" + setting));
    command.add("--drover.doom=" + doom);
    command.add("--drover.doomed-runbook=" + runbook);
    command.add(
        "--drover.inputs="
            + String.join(",", inputs.stream().map(Path::toString).sorted().toList()));
    process =
        new ProcessBuilder(command)
            .redirectError(lab.folder().resolve("doomed.err").toFile())
            .start();
    Path log = lab.folder().resolve("doomed.log");
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader in =
                  new BufferedReader(
                      new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                String line;
                while ((line = in.readLine()) != null) {
                  lines.offer(line);
                  Files.writeString(log, line + "\n", CREATE, APPEND);
                }
              } catch (IOException e) {
                lines.offer("The pipe broke: " + e.getMessage()); // it was killed
              }
            });
    reader.setDaemon(true);
    reader.start();
  }

  /** Whether the line came in time. */
  public boolean await(String wanted, Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        return false;
      }
      if (line.equals(wanted)) {
        return true;
      }
    }
  }

  /**
   * Waits until it comes to the place where it is to die, or for a random time where there is none,
   * and kills it.
   *
   * @param doom as {@code point@step#n}; empty: none
   * @return where it died, in words
   */
  String end(String doom, Random random, int longestMillis) throws InterruptedException {
    if (doom.isEmpty()) {
      await("UP", Duration.ofSeconds(90));
      int millis = 100 + random.nextInt(longestMillis);
      await("NOTHING", Duration.ofMillis(millis));
      kill();
      return "random after " + millis + " ms";
    }
    // A place may have been passed by all that could still come to it; then it dies anyway.
    boolean there = await("AT " + doom, Duration.ofSeconds(60));
    kill();
    return doom + (there ? "" : " (not reached)");
  }

  /** The one signal that nothing can catch: SIGKILL. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }
}
