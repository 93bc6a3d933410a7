package io.drover.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.execution.Artifacts;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.Outbox;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Real {@code kill -9} between each two steps of a report, and while its rows are on their way. The
 * spreadsheet, which outlives each process, is the judge.
 */
class ReportCrashTest {
  private static final int KILLS = Integer.getInteger("drover.kills", 8);
  private static final int SEED = Integer.getInteger("drover.seed", 20261123);

  /** Departments of the simulated estate. */
  private static final int DEPARTMENTS = 4;

  private static final List<String> PLACES =
      List.of(
          "step-entered@scan-inventory",
          "step-ending@scan-inventory",
          "step-entered@write-report",
          "step-ending@write-report",
          "step-ending@announce-report",
          "step-ending@append-trend",
          "execution-ending@",
          "",
          "step-entered@announce-report",
          "step-ending@announce-vms-without-owner",
          "step-entered@append-trend",
          "");

  private final Random random = new Random(SEED);

  @Test
  void addsEachRowOnceAndKeepsOneReport() throws Exception {
    try (Lab lab = Lab.with(200, List.of(), "--sizes=varied")) {
      lab.stop();
      List<Path> inputs = new ArrayList<>();
      List<String> killed = new ArrayList<>();
      for (int kill = 0; kill < KILLS; kill++) {
        inputs.add(
            Files.writeString(
                lab.folder().resolve("report-" + kill + ".json"), "{\"system\":\"prod\"}"));
        killed.add(live(lab, inputs, PLACES.get(kill % PLACES.size())));
      }
      judge(lab, inputs.size(), killed);
    }
  }

  /** One life: the reports so far go on, a new one begins, and it is killed. */
  private String live(Lab lab, List<Path> inputs, String place) throws Exception {
    // Half of the deliveries come with a lost answer, too.
    lab.world()
        .fault("answer-lost", "system", "sheets", "path", ".*append", "count", random.nextInt(2));
    String doom = place.isEmpty() ? "" : place + "#1";
    List<Path> latest = inputs.subList(Math.max(0, inputs.size() - 3), inputs.size());
    return new Life(lab, "chargeback", latest, doom).end(doom, random, 1_500);
  }

  private static void judge(Lab lab, int started, List<String> killed) {
    lab.start();
    Executions executions = lab.executions();
    Executions.Filter all =
        new Executions.Filter("chargeback", null, null, null, null, null, null, true, false);
    List<Execution> reports = new ArrayList<>();
    String cursor = null;
    do {
      Executions.Page page = executions.list(all, cursor, 100);
      page.rows().forEach(report -> reports.add(lab.end(report.id())));
      cursor = page.next();
    } while (cursor != null);
    await().atMost(Duration.ofSeconds(60)).until(() -> lab.bean(Outbox.class).waiting() == 0);
    Map<String, Integer> rows = new HashMap<>();
    Set<List<String>> keys = new HashSet<>();
    int twice = 0;
    for (List<String> row : lab.world().sheet()) {
      rows.merge(row.get(0), 1, Integer::sum);
      twice += keys.add(row.subList(0, 2)) ? 0 : 1;
    }
    int missing = 0;
    int others = 0;
    int incomplete = 0;
    for (Execution report : reports) {
      missing += DEPARTMENTS - rows.getOrDefault(report.id(), 0);
      others += report.outcome() == Outcome.SUCCEEDED ? 0 : 1;
      List<String> files =
          lab.bean(Artifacts.class).of(report.id()).stream().map(Artifacts.Artifact::name).toList();
      incomplete += files.size() == 5 && new HashSet<>(files).size() == 5 ? 0 : 1;
    }
    System.out.printf(
        "REPORT CRASH MATRIX: kills %d, reports %d, rows %d, twice %d, missing %d, reports without"
            + " all their files %d, other outcomes %d; killed at %s%n",
        killed.size(), reports.size(), keys.size() - 1, twice, missing, incomplete, others, killed);
    assertThat(reports).hasSize(started);
    assertThat(twice).isZero();
    assertThat(missing).isZero();
    assertThat(incomplete).isZero();
    assertThat(others).isZero();
  }
}
