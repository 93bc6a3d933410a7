package io.drover.runtime.doctor;

import io.drover.execution.Doctor;
import io.drover.runtime.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** All systems at the same time, each for as long as it may take. */
final class Examination implements Doctor {
  private final List<SystemCheck> checks;
  private final Workers workers;
  private final Duration patience;

  Examination(List<SystemCheck> checks, Workers workers, Duration patience) {
    this.checks = checks.stream().sorted(Comparator.comparing(SystemCheck::system)).toList();
    this.workers = workers;
    this.patience = patience;
  }

  @Override
  public List<Checkup> examine() {
    List<Report> reports = new ArrayList<>();
    List<CompletableFuture<?>> looks = new ArrayList<>();
    for (SystemCheck check : checks) {
      Report report = new Report(check.system());
      reports.add(report);
      looks.add(
          CompletableFuture.runAsync(() -> look(check, report), workers.pool())
              .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
              .exceptionally(
                  late -> {
                    report.fail("answers", "not done within " + patience.toSeconds() + " s");
                    return null;
                  }));
    }
    looks.forEach(CompletableFuture::join);
    return reports.stream().flatMap(report -> report.checks().stream()).toList();
  }

  private void look(SystemCheck check, Report report) {
    workers.blocking(
        () -> {
          try {
            check.look(report);
          } catch (Exception e) {
            report.fail(e);
          }
          return report;
        });
  }
}
