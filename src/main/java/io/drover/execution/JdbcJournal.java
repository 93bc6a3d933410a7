package io.drover.execution;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The journal on the ledger's one writer. */
public final class JdbcJournal implements Journal {
  private static final int TEXT = 4_000;

  /** How long the start of a step may wait for its end, so that both become one row. */
  private static final long LINGER_NANOS = 20_000_000;

  private static final String END =
      "UPDATE execution SET state = 'ENDED', outcome = ?, reason = ?, result = ?, result_rest = ?,"
          + " ended_at = ?, owner = NULL, wake_at = NULL, waiting_for = NULL"
          + " WHERE id = ? AND (owner = ? OR owner IS NULL) AND "
          + Sql.mayBecome(ExecutionState.ENDED);
  private static final String OUTBOX =
      "INSERT INTO outbox (channel, dedup_key, payload, execution, state, attempts, next_try,"
          + " created_at) VALUES (?, ?, ?, ?, 'WAITING', 0, ?, ?) ON CONFLICT DO NOTHING";

  private final LedgerWriter writer;
  private final LedgerClock clock;
  private final String runner;
  private final Map<String, StepStart> openSteps = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<StepStart> starts = new ConcurrentLinkedQueue<>();

  JdbcJournal(LedgerWriter writer, LedgerClock clock) {
    this.writer = writer;
    this.clock = clock;
    this.runner = writer.runner();
    writer.before(this::lingered);
  }

  /** What the writer has done, for metrics. */
  public WriterMeter meter() {
    return writer.meter();
  }

  @Override
  public CompletableFuture<Created> create(NewExecution execution, OutboxMessage... messages) {
    return writer.submit(
        new Creation(execution, runner, clock.now(), null, null, List.of(messages)));
  }

  @Override
  public CompletableFuture<Created> create(
      NewExecution execution,
      String idempotencyKey,
      String requestHash,
      OutboxMessage... messages) {
    return writer.submit(
        new Creation(
            execution, runner, clock.now(), idempotencyKey, requestHash, List.of(messages)));
  }

  @Override
  public CompletableFuture<@Nullable Void> running(String execution) {
    Instant now = clock.now();
    return writer.submit(
        new Change(RowWrite.Kind.RUNNING, execution, "RUNNING") {
          @Override
          void bind(PreparedStatement s) throws SQLException {
            s.setObject(1, Sql.at(now));
            s.setString(2, runner);
            s.setString(3, runner);
            s.setString(4, execution);
            s.setString(5, runner);
          }
        });
  }

  @Override
  public CompletableFuture<@Nullable Void> waiting(
      String execution, @Nullable Instant wakeAt, String waitingFor) {
    writeStart(execution);
    return writer.submit(
        new Change(RowWrite.Kind.WAITING, execution, "WAITING") {
          @Override
          void bind(PreparedStatement s) throws SQLException {
            s.setObject(1, Sql.at(wakeAt));
            s.setString(2, Sql.cut(waitingFor, TEXT));
            s.setString(3, execution);
            s.setString(4, runner);
          }
        });
  }

  @Override
  public CompletableFuture<@Nullable Void> ended(
      String execution,
      Outcome outcome,
      @Nullable String reason,
      @Nullable String result,
      OutboxMessage... messages) {
    writeStart(execution);
    Instant now = clock.now();
    return writer.submit(
        new Write<Void>() {
          @Override
          void run(WriterConnection c) throws SQLException {
            int ended =
                c.update(
                    END,
                    outcome.name(),
                    Sql.cut(reason, TEXT),
                    Sql.head(result),
                    Sql.rest(result),
                    Sql.at(now),
                    execution,
                    runner);
            if (ended == 0) {
              refuse(Change.refusal(c, execution, "ENDED"));
              return;
            }
            if (outcome.safe()) {
              c.update("DELETE FROM vm_lock WHERE execution = ?", execution);
            }
            for (OutboxMessage message : messages) {
              insert(c, message, now);
            }
          }
        });
  }

  @Override
  public void stepStarted(StepRecord started) {
    StepStart start = new StepStart(started);
    StepStart before = openSteps.put(started.key().execution(), start);
    starts.add(start);
    if (before != null && before.take()) {
      writer.submit(before);
    }
  }

  @Override
  public CompletableFuture<@Nullable Void> stepEnded(StepRecord ended) {
    StepStart start = openSteps.remove(ended.key().execution());
    if (start != null && start.take()) {
      if (start.record.key().equals(ended.key())) {
        return writer.submit(new StepRow(ended)); // the start was not written yet: one row
      }
      writer.submit(start);
    }
    return writer.submit(new StepEnd(ended));
  }

  @Override
  public CompletableFuture<@Nullable Void> effectJournaled(Effect effect) {
    writeStart(effect.execution());
    return writer.submit(new EffectRow(effect));
  }

  @Override
  public CompletableFuture<@Nullable Void> effectChanged(
      String effect, Effect.State state, @Nullable String taskExtId, @Nullable String result) {
    boolean over = state != Effect.State.JOURNALED && state != Effect.State.ACCEPTED;
    Instant end = over ? clock.now() : null;
    // Grouped with its insert: both go by the execution that the effect's id begins with.
    int dot = effect.indexOf('.');
    return writer.submit(
        new RowWrite(RowWrite.Kind.EFFECT_CHANGED, dot < 0 ? effect : effect.substring(0, dot)) {
          @Override
          void bind(PreparedStatement s) throws SQLException {
            s.setString(1, state.name());
            s.setString(2, Sql.clean(taskExtId));
            s.setString(3, Sql.clean(result));
            s.setObject(4, Sql.at(end));
            s.setString(5, effect);
          }

          @Override
          void untouched(WriterConnection c) {
            refuse(new IllegalStateException("There is no effect " + effect + " in the ledger"));
          }
        });
  }

  @Override
  public CompletableFuture<@Nullable Void> subject(String execution, Subject subject) {
    return writer.submit(
        new Change(RowWrite.Kind.SUBJECT, execution, "given its VM") {
          @Override
          void bind(PreparedStatement s) throws SQLException {
            s.setString(1, subject.system());
            s.setString(2, subject.extId());
            s.setString(3, Sql.cut(subject.name(), TEXT));
            s.setString(4, execution);
            s.setString(5, runner);
          }
        });
  }

  @Override
  public CompletableFuture<@Nullable Void> outbox(OutboxMessage message) {
    Instant now = clock.now();
    return writer.submit(
        Write.of(
            c -> {
              insert(c, message, now);
              return null;
            }));
  }

  static void insert(WriterConnection c, OutboxMessage message, Instant now) throws SQLException {
    c.update(
        OUTBOX,
        message.channel(),
        Sql.clean(message.dedupKey()),
        Sql.clean(message.payload()),
        message.execution(),
        Sql.at(now),
        Sql.at(now));
  }

  /** What follows must find the start of the open step in the ledger. */
  private void writeStart(String execution) {
    StepStart start = openSteps.remove(execution);
    if (start != null && start.take()) {
      writer.submit(start);
    }
  }

  /** Starts whose steps go on for longer: on the writer's thread, before each commit. */
  private void lingered(Consumer<Write<?>> taker) {
    long before = System.nanoTime() - LINGER_NANOS;
    for (StepStart start = starts.peek();
        start != null && start.born - before < 0;
        start = starts.peek()) {
      starts.poll();
      if (start.take()) {
        openSteps.remove(start.execution, start);
        taker.accept(start);
      }
    }
  }

  /** A change of an execution's row that only its owner may make, and only where it is legal. */
  private abstract static class Change extends RowWrite {
    private final String to;

    Change(Kind kind, String execution, String to) {
      super(kind, execution);
      this.to = to;
    }

    @Override
    void untouched(WriterConnection c) throws SQLException {
      refuse(refusal(c, execution, to));
    }

    static IllegalStateChange refusal(WriterConnection c, String execution, String to)
        throws SQLException {
      Optional<String> is =
          c.first(
              "SELECT state, owner FROM execution WHERE id = ?",
              row -> row.getString(1) + ", owner " + row.getString(2),
              execution);
      return new IllegalStateChange(
          "Execution "
              + execution
              + " was not "
              + to
              + ": it is "
              + is.orElse("not in the ledger"));
    }
  }

  /** One attempt as a row. */
  private static class StepRow extends RowWrite {
    final StepRecord record;

    StepRow(StepRecord record) {
      super(Kind.STEP, record.key().execution());
      this.record = record;
    }

    @Override
    void bind(PreparedStatement s) throws SQLException {
      s.setString(1, execution);
      s.setInt(2, record.seq());
      s.setString(3, record.key().step());
      s.setInt(4, record.key().visit());
      s.setInt(5, record.key().attempt());
      s.setBoolean(6, record.recovery());
      s.setString(7, record.state().name());
      s.setString(8, Sql.head(record.outcome()));
      s.setString(9, Sql.rest(record.outcome()));
      s.setString(10, Sql.cut(record.errorKind(), TEXT));
      s.setString(11, Sql.cut(record.errorMessage(), TEXT));
      s.setObject(12, Sql.at(record.startedAt()));
      s.setObject(13, Sql.at(record.endedAt()));
    }

    @Override
    void untouched(WriterConnection c) {
      throw new IllegalStateException("An insert either adds its row or fails");
    }
  }

  /** The start of an attempt, until somebody takes it: the writer alone, or the attempt's end. */
  private static final class StepStart extends StepRow {
    final long born = System.nanoTime();
    private boolean taken;

    StepStart(StepRecord record) {
      super(record);
    }

    synchronized boolean take() {
      boolean first = !taken;
      taken = true;
      return first;
    }
  }

  /** The end of an attempt whose start is in the ledger. */
  private static final class StepEnd extends RowWrite {
    private final StepRecord record;

    StepEnd(StepRecord record) {
      super(Kind.STEP_ENDED, record.key().execution());
      this.record = record;
    }

    @Override
    void bind(PreparedStatement s) throws SQLException {
      s.setString(1, record.state().name());
      s.setString(2, Sql.head(record.outcome()));
      s.setString(3, Sql.rest(record.outcome()));
      s.setString(4, Sql.cut(record.errorKind(), TEXT));
      s.setString(5, Sql.cut(record.errorMessage(), TEXT));
      s.setObject(6, Sql.at(record.endedAt()));
      s.setString(7, execution);
      s.setInt(8, record.seq());
    }

    @Override
    void untouched(WriterConnection c) throws SQLException {
      new StepRow(record).run(c);
    }
  }

  private static final class EffectRow extends RowWrite {
    private final Effect effect;

    EffectRow(Effect effect) {
      super(Kind.EFFECT, effect.execution());
      this.effect = effect;
    }

    @Override
    void bind(PreparedStatement s) throws SQLException {
      s.setString(1, effect.id());
      s.setString(2, effect.execution());
      s.setString(3, effect.step());
      s.setInt(4, effect.visit());
      s.setInt(5, effect.attempt());
      s.setInt(6, effect.ordinal());
      s.setString(7, effect.system());
      s.setString(8, effect.kind());
      s.setString(9, Sql.clean(effect.target()));
      s.setString(10, Sql.cut(effect.targetName(), TEXT));
      s.setString(11, effect.requestId());
      s.setString(12, Sql.clean(effect.request()));
      s.setString(13, effect.state().name());
      s.setString(14, Sql.clean(effect.taskExtId()));
      s.setString(15, Sql.clean(effect.result()));
      s.setObject(16, Sql.at(effect.journaledAt()));
      s.setObject(17, Sql.at(effect.endedAt()));
    }

    @Override
    void untouched(WriterConnection c) {
      throw new IllegalStateException("An insert either adds its row or fails");
    }
  }
}
