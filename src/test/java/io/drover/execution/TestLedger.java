package io.drover.execution;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.drover.testing.SettableClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A real ledger for a test: a file of H2 in a folder, or a schema of its own in the PostgreSQL that
 * the system property {@code drover.test.postgres} names (the profile {@code postgres} sets it).
 */
final class TestLedger implements AutoCloseable {
  static final Duration LEASE = Duration.ofSeconds(30);

  final SettableClock clock = new SettableClock(Instant.parse("2026-11-01T02:00:00Z"));
  final HikariDataSource dataSource;
  final JdbcClient jdbc;
  private final @Nullable EmbeddedLedger embedded;
  private final List<Node> nodes = new ArrayList<>();

  TestLedger(Path folder) {
    String postgres = System.getProperty("drover.test.postgres", "");
    HikariConfig config = new HikariConfig();
    if (postgres.isBlank()) {
      embedded = new EmbeddedLedger(folder);
      config.setJdbcUrl(embedded.url());
      config.setUsername("sa");
    } else {
      embedded = null;
      String schema = "test_" + UUID.randomUUID().toString().replace("-", "");
      config.setJdbcUrl(postgres);
      config.setSchema(schema);
      try (HikariDataSource plain = new HikariDataSource(config);
          Connection connection = plain.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE SCHEMA " + schema);
      } catch (SQLException e) {
        throw new IllegalStateException("The test's schema cannot be made", e);
      }
    }
    dataSource = new HikariDataSource(config);
    Flyway.configure().dataSource(dataSource).load().migrate();
    jdbc = JdbcClient.create(dataSource);
  }

  /** A process of its own on this ledger, registered. */
  Node node(String name) {
    Node node = new Node(name);
    nodes.add(node);
    return node;
  }

  long count(String what) {
    return jdbc.sql("SELECT COUNT(*) FROM " + what).query(Long.class).single();
  }

  /** As when the network or the database's process breaks: every connection but the asker's. */
  void breakOtherConnections() {
    jdbc.sql(
            embedded == null
                ? "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE pid <> pg_backend_pid() AND datname = current_database()"
                : "SELECT ABORT_SESSION(session_id) FROM information_schema.sessions"
                    + " WHERE session_id <> SESSION_ID()")
        .query((row, n) -> row.getBoolean(1))
        .list();
  }

  @Override
  public void close() {
    nodes.forEach(node -> node.writer.close());
    dataSource.close();
  }

  NewExecution fresh(String runbook) {
    return fresh(runbook, null, null);
  }

  NewExecution child(Execution parent, String key) {
    return fresh("patch-vm", parent.id(), key);
  }

  private NewExecution fresh(String runbook, @Nullable String parent, @Nullable String key) {
    return new NewExecution(
        ExecutionIds.next(clock.now().toEpochMilli()),
        runbook,
        "v1",
        parent,
        key,
        "alice",
        new Trigger(Trigger.Kind.OPERATOR, "test"),
        "{\"a\":1}",
        0,
        null,
        null,
        null);
  }

  StepRecord started(Execution execution, String step, int seq) {
    return new StepRecord(
        new StepKey(execution.id(), step, 1, 1),
        seq,
        false,
        StepRecord.State.STARTED,
        null,
        null,
        null,
        clock.now(),
        null);
  }

  StepRecord ended(Execution execution, String step, int seq) {
    return new StepRecord(
        new StepKey(execution.id(), step, 1, 1),
        seq,
        false,
        StepRecord.State.SUCCEEDED,
        "{\"body\":" + seq + "}",
        null,
        null,
        clock.now(),
        clock.now());
  }

  Effect effect(Execution execution, String step, int ordinal) {
    String id = ExecutionIds.effect(execution.id(), step, 1, ordinal);
    return new Effect(
        id,
        execution.id(),
        step,
        1,
        1,
        ordinal,
        "prod",
        "create-recovery-point",
        "vm-1",
        "web-1",
        ExecutionIds.requestId(id),
        "POST /recovery-points",
        Effect.State.JOURNALED,
        null,
        null,
        clock.now(),
        null);
  }

  /** One runner and its stores. */
  final class Node {
    final LedgerWriter writer;
    final JdbcOwnership ownership;
    final JdbcJournal journal;
    final JdbcExecutions executions;
    final JdbcVmLocks locks;
    final JdbcOccurrences occurrences;
    final JdbcOutbox outbox;
    final JdbcArtifacts artifacts;
    final JdbcHold hold;
    final JdbcAudit audit;
    final JdbcHostKeys hostKeys;
    final JdbcServedSystems served;
    final JdbcRouteVersions versions;
    final JdbcApprovals approvals;

    private Node(String name) {
      writer = new LedgerWriter(dataSource, name, embedded != null);
      ownership = new JdbcOwnership(jdbc, writer, clock, LEASE, false);
      ownership.register();
      journal = new JdbcJournal(writer, clock);
      executions = new JdbcExecutions(jdbc, writer, clock);
      locks = new JdbcVmLocks(jdbc, writer, clock);
      occurrences = new JdbcOccurrences(jdbc, writer);
      outbox = new JdbcOutbox(jdbc, writer, clock);
      artifacts = new JdbcArtifacts(jdbc, writer, clock);
      hold = new JdbcHold(jdbc, writer, clock);
      audit = new JdbcAudit(jdbc, writer, clock);
      hostKeys = new JdbcHostKeys(jdbc, writer, clock);
      served = new JdbcServedSystems(jdbc, writer, clock);
      versions = new JdbcRouteVersions(jdbc, writer, clock);
      approvals = new JdbcApprovals(jdbc, writer, clock);
    }

    Execution queued(String runbook) {
      return journal.create(fresh(runbook)).join().execution();
    }

    Execution running(String runbook) {
      Execution execution = queued(runbook);
      journal.running(execution.id()).join();
      return now(execution);
    }

    Execution now(Execution execution) {
      return executions.find(execution.id()).orElseThrow();
    }
  }
}
