package io.drover.crash;

import io.drover.approval.Approvals;
import io.drover.execution.Execution;
import io.drover.execution.Runbooks;
import io.drover.execution.Trigger;
import io.drover.testing.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Processes of Drover that are killed one after the other, and one at last that is not. */
final class Lives {
  private static final int AT_ONCE = 3;

  private final Lab lab;
  private final String runbook;
  private final Random random;
  private final List<Path> files = new ArrayList<>();
  private final List<String> killed = new ArrayList<>();

  Lives(Lab lab, String runbook, Random random) {
    this.lab = lab;
    this.runbook = runbook;
    this.random = random;
  }

  List<String> killed() {
    return killed;
  }

  /**
   * One life: the latest runs go on, a new one begins, and it is killed.
   *
   * @param place where it dies; empty: at any time
   */
  void live(String inputs, String place) throws Exception {
    files.add(
        Files.writeString(lab.folder().resolve(runbook + "-" + files.size() + ".json"), inputs));
    String doom = place.isEmpty() ? "" : place + "#" + (1 + random.nextInt(3));
    List<Path> latest = files.subList(Math.max(0, files.size() - AT_ONCE), files.size());
    killed.add(new Life(lab, runbook, latest, doom).end(doom, random, 1_500));
  }

  /** Lets a Drover that nobody kills end them all. */
  List<Execution> finish() throws IOException {
    lab.start();
    try (AutoApprover approver = new AutoApprover(lab.bean(Approvals.class))) {
      List<Execution> ended = new ArrayList<>();
      for (Path file : files) {
        String id =
            lab.bean(Runbooks.class)
                .start(
                    new Runbooks.Start(
                        runbook,
                        Files.readString(file),
                        "olga",
                        new Trigger(Trigger.Kind.OPERATOR, "crash test"),
                        String.valueOf(file.getFileName()),
                        null,
                        null))
                .execution()
                .id();
        ended.add(lab.end(id, Duration.ofMinutes(3)));
      }
      return ended;
    }
  }
}
