package io.drover.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class LedgerConfigurationTest {
  private static final NewExecution WANTED =
      new NewExecution(
          ExecutionIds.next(1),
          "patch-window",
          "v1",
          null,
          null,
          "alice",
          new Trigger(Trigger.Kind.OPERATOR, "test"),
          "{}",
          0,
          null,
          null,
          null);

  private static ApplicationContextRunner ledgerIn(Path folder) {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                DataSourceAutoConfiguration.class,
                JdbcTemplateAutoConfiguration.class,
                JdbcClientAutoConfiguration.class,
                FlywayAutoConfiguration.class))
        .withUserConfiguration(LedgerConfiguration.class)
        .withPropertyValues("drover.data-directory=" + folder);
  }

  @Test
  void aRestartFindsWhatWasGivenBack(@TempDir Path folder) {
    Path data = folder.resolve("not/there/yet");
    ledgerIn(data)
        .run(
            context -> {
              Journal journal = context.getBean(Journal.class);
              journal.create(WANTED).join();
              journal.running(WANTED.id()).join();
            });
    assertThat(data.resolve("ledger.mv.db")).exists();
    ledgerIn(data)
        .run(
            context -> {
              Executions executions = context.getBean(Executions.class);
              assertThat(context.getBean(Ownership.class).takeOver()).isEmpty();
              assertThat(executions.due(Instant.now(), 10))
                  .singleElement()
                  .satisfies(
                      execution -> {
                        assertThat(execution.id()).isEqualTo(WANTED.id());
                        assertThat(execution.epoch()).isGreaterThan(1);
                        assertThat(execution.startedAt()).isNotNull();
                      });
            });
  }

  @Test
  void aFileThatIsOpenElsewhereIsRefusedWithAWordOnWhatToDo(@TempDir Path folder) throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("open");
      ledgerIn(folder)
          .run(
              context ->
                  assertThat(context.getStartupFailure())
                      .hasStackTraceContaining("is open in another process")
                      .hasStackTraceContaining("drover.data-directory"));
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  /** Another process with the file open. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      new TestLedger(Path.of(args[0]));
      System.out.println("open");
      Thread.currentThread().join();
    }
  }

  @Test
  void aPlannedStopGivesTheRoomOfManyCommitsBack(@TempDir Path folder) {
    long[] before = new long[1];
    ledgerIn(folder)
        .run(
            context -> {
              Journal journal = context.getBean(Journal.class);
              for (int i = 0; i < 300; i++) {
                journal.outbox(new OutboxMessage("slack", "message-" + i, "{}", null)).join();
              }
              before[0] = Files.size(folder.resolve("ledger.mv.db"));
            });
    assertThat(folder.resolve("ledger.mv.db").toFile().length()).isLessThan(before[0] / 4);
  }

  @Test
  void theClockIsTheDatabasesInMicroseconds(@TempDir Path folder) {
    ledgerIn(folder)
        .run(
            context -> {
              LedgerClock clock = context.getBean(LedgerClock.class);
              Instant now = clock.now();
              assertThat(now).isCloseTo(Instant.now(), within());
              assertThat(now).isEqualTo(now.truncatedTo(ChronoUnit.MICROS));
              Instant last = now;
              for (int i = 0; i < 10_000; i++) {
                Instant next = clock.now();
                assertThat(next).isAfterOrEqualTo(last);
                last = next;
              }
              context.getBean(DatabaseClock.class).adjust();
              assertThat(clock.now()).isAfterOrEqualTo(last);
            });
  }

  private static org.assertj.core.data.TemporalUnitOffset within() {
    return new org.assertj.core.data.TemporalUnitWithinOffset(
        Duration.ofSeconds(5).toMillis(), ChronoUnit.MILLIS);
  }
}
