package io.drover.runtime;

import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.Journal;
import io.drover.execution.LedgerClock;
import io.drover.execution.NewExecution;
import io.drover.execution.OpenLedger;
import io.drover.execution.OutboxMessage;
import io.drover.execution.Outcome;
import io.drover.execution.Runbooks;
import io.drover.execution.StepRecord;
import io.drover.execution.Subject;
import io.drover.execution.Trigger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.StepDefinition;
import org.apache.camel.reifier.ProcessorReifier;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;

/**
 * An engine over an in-memory ledger that outlives it: kill it at any journal write, start another
 * one on the same ledger. A killed engine's callbacks are never called, as if the process had died.
 */
final class EngineLab implements AutoCloseable {
  final JdbcConnectionPool pool;
  final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
  private final Map<String, Processor> beans = new ConcurrentHashMap<>();
  private String routes;
  private final boolean checkpoint;

  EngineLab(String routes) {
    this(routes, "mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", false);
  }

  /**
   * @param database H2's name of the database, e.g. {@code file:/tmp/x/ledger;WRITE_DELAY=0}
   * @param checkpoint whether each commit is forced to the disk, as in production
   */
  EngineLab(String routes, String database, boolean checkpoint) {
    this.routes = routes;
    this.checkpoint = checkpoint;
    pool =
        JdbcConnectionPool.create(
            "jdbc:h2:"
                + database
                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH",
            "sa",
            "");
    Flyway.configure().dataSource(pool).load().migrate();
  }

  /** A processor that routes reach by this name; its calls are counted. */
  EngineLab bean(String name, Processor processor) {
    beans.put(
        name,
        exchange -> {
          calls.computeIfAbsent(name, n -> new AtomicInteger()).incrementAndGet();
          processor.process(exchange);
        });
    return this;
  }

  /** The file's text that the next life finds. */
  EngineLab edited(String text) {
    this.routes = text;
    return this;
  }

  int calls(String name) {
    AtomicInteger count = calls.get(name);
    return count == null ? 0 : count.get();
  }

  Life life() throws Exception {
    return new Life(Integer.MAX_VALUE, false);
  }

  /**
   * @param killAt the number of the journal write at which the engine dies, from 1
   * @param afterWrite whether that write still reaches the ledger
   */
  Life life(int killAt, boolean afterWrite) throws Exception {
    return new Life(killAt, afterWrite);
  }

  @Override
  public void close() {
    pool.dispose();
  }

  /** One process's life. */
  final class Life implements AutoCloseable {
    final Engine engine;
    final RunbookStarts starts;
    final Executions executions;
    final CompletableFuture<Void> died = new CompletableFuture<>();
    final AtomicInteger writes = new AtomicInteger();
    private final CamelContext context = new DefaultCamelContext();
    private final Workers workers = new Workers(8, false);
    private final OpenLedger ledger;

    Life(int killAt, boolean afterWrite) throws Exception {
      ledger = OpenLedger.on(pool, checkpoint);
      executions = ledger.executions();
      LedgerClock clock = ledger.clock();
      LoadedRunbooks runbooks = new LoadedRunbooks();
      engine =
          new Engine(
              new MortalJournal(ledger.journal(), killAt, afterWrite, this::die, writes),
              executions,
              ledger.ownership(),
              clock,
              workers,
              runbooks,
              (point, exchange) -> {},
              execution -> List.of(),
              (execution, outcome, reason) -> List.of());
      starts = new RunbookStarts(engine, engine.journal(), clock, List.of());
      ProcessorReifier.registerReifier(StepDefinition.class, DurableStepReifier::new);
      context.getRegistry().bind(Engine.NAME, engine);
      beans.forEach((name, bean) -> context.getRegistry().bind(name, bean));
      context.addComponent("runbook", new RunbookComponent(engine, starts));
      RouteLoader loader = new RouteLoader(context, runbooks, ledger.routeVersions());
      loader.load(
          new RouteLoader.RouteFile(
              "test.camel.yaml", routes, RouteLoader.hash(routes), name -> "{\"type\":\"object\"}"),
          true);
      loader.loadOlder();
      context.setInflightRepository(new RunbookInflight());
      context.getShutdownStrategy().setTimeout(1);
      context.start();
      engine.begin();
    }

    private void die() {
      engine.stop();
      died.complete(null);
    }

    Execution start(String runbook, String inputs) {
      return starts
          .start(
              new Runbooks.Start(
                  runbook,
                  inputs,
                  "olga",
                  new Trigger(Trigger.Kind.OPERATOR, "test"),
                  null,
                  null,
                  null))
          .execution();
    }

    Execution end(String id) throws Exception {
      return engine.watch(id).get(20, TimeUnit.SECONDS);
    }

    List<StepRecord> steps(String id) {
      return executions.steps(id);
    }

    List<String> labels(String id) {
      return executions.steps(id).stream()
          .map(
              step ->
                  step.key().label()
                      + (step.state() == StepRecord.State.FAILED ? " " + step.errorKind() : ""))
          .toList();
    }

    @Override
    public void close() {
      engine.stop();
      ledger.close();
      context.stop();
      workers.close();
    }
  }

  /** A journal whose nth write is the process's last: the caller never hears of it. */
  private static final class MortalJournal implements Journal {
    private final Journal inner;
    private final int killAt;
    private final boolean afterWrite;
    private final Runnable die;
    private final AtomicInteger writes;

    MortalJournal(
        Journal inner, int killAt, boolean afterWrite, Runnable die, AtomicInteger writes) {
      this.inner = inner;
      this.killAt = killAt;
      this.afterWrite = afterWrite;
      this.die = die;
      this.writes = writes;
    }

    private <T extends @Nullable Object> CompletableFuture<T> mortal(
        java.util.function.Supplier<CompletableFuture<T>> write) {
      int n = writes.incrementAndGet();
      if (n < killAt) {
        return write.get();
      }
      if (n == killAt) {
        if (afterWrite) {
          write.get().handle((ok, error) -> ok).join();
        }
        die.run();
      }
      return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<Created> create(NewExecution execution, OutboxMessage... messages) {
      return execution.parent() == null
          ? inner.create(execution, messages)
          : mortal(() -> inner.create(execution, messages));
    }

    @Override
    public CompletableFuture<Created> create(
        NewExecution execution, String key, String hash, OutboxMessage... messages) {
      return inner.create(execution, key, hash, messages);
    }

    @Override
    public CompletableFuture<@Nullable Void> running(String execution) {
      return mortal(() -> inner.running(execution));
    }

    @Override
    public CompletableFuture<@Nullable Void> waiting(
        String execution, @Nullable Instant wakeAt, String waitingFor) {
      return mortal(() -> inner.waiting(execution, wakeAt, waitingFor));
    }

    @Override
    public CompletableFuture<@Nullable Void> ended(
        String execution,
        Outcome outcome,
        @Nullable String reason,
        @Nullable String result,
        OutboxMessage... messages) {
      return mortal(() -> inner.ended(execution, outcome, reason, result, messages));
    }

    @Override
    public void stepStarted(StepRecord started) {
      inner.stepStarted(started);
    }

    @Override
    public CompletableFuture<@Nullable Void> stepEnded(StepRecord ended) {
      return mortal(() -> inner.stepEnded(ended));
    }

    @Override
    public CompletableFuture<@Nullable Void> effectJournaled(Effect effect) {
      return mortal(() -> inner.effectJournaled(effect));
    }

    @Override
    public CompletableFuture<@Nullable Void> effectChanged(
        String effect, Effect.State state, @Nullable String taskExtId, @Nullable String result) {
      return mortal(() -> inner.effectChanged(effect, state, taskExtId, result));
    }

    @Override
    public CompletableFuture<@Nullable Void> subject(String execution, Subject subject) {
      return mortal(() -> inner.subject(execution, subject));
    }

    @Override
    public CompletableFuture<@Nullable Void> outbox(OutboxMessage message) {
      return mortal(() -> inner.outbox(message));
    }
  }
}
