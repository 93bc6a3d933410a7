package io.drover.execution;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer: takes what is queued, up to 512 writes, and commits it at once. An execution has
 * at most one awaited write on its way, so the kinds of writes may be grouped inside a commit.
 */
public final class JdbcJournal implements Journal, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcJournal.class);
  private static final int BATCH = 512;
  private static final int TEXT = 4000;

  private final DataSource dataSource;
  private final LedgerClock clock;
  private final String runner;
  private final boolean checkpoint;
  private final LinkedBlockingQueue<Write> queue = new LinkedBlockingQueue<>();
  // Step starts wait for the next awaited write: nothing depends on them alone.
  private final ConcurrentLinkedQueue<StepWrite> lazy = new ConcurrentLinkedQueue<>();
  private final Map<String, StepWrite> openSteps = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean closing;
  private volatile @Nullable LostOwnership lost;

  /**
   * @param runner this process's runner; its row must exist before the first write
   * @param checkpoint whether each commit is followed by H2's {@code CHECKPOINT SYNC}: without it a
   *     host that loses power loses acknowledged rows
   */
  public JdbcJournal(DataSource dataSource, LedgerClock clock, String runner, boolean checkpoint) {
    this.dataSource = dataSource;
    this.clock = clock;
    this.runner = runner;
    this.checkpoint = checkpoint;
    this.thread = new Thread(this::write, "ledger-writer");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  @Override
  public CompletableFuture<Created> create(NewExecution execution) {
    return submit(new CreateWrite(execution, null, null));
  }

  @Override
  public CompletableFuture<Created> create(
      NewExecution execution, String idempotencyKey, String requestHash) {
    return submit(new CreateWrite(execution, idempotencyKey, requestHash));
  }

  @Override
  public CompletableFuture<@Nullable Void> running(String execution) {
    Instant now = clock.now();
    return submit(
        new Update(
            Kind.RUNNING,
            true,
            s -> {
              s.setObject(1, Sql.at(now));
              s.setString(2, execution);
              s.setString(3, runner);
            }));
  }

  @Override
  public CompletableFuture<@Nullable Void> waiting(
      String execution, @Nullable Instant wakeAt, String waitingFor) {
    return submit(
        new Update(
            Kind.WAITING,
            true,
            s -> {
              s.setObject(1, Sql.at(wakeAt));
              s.setString(2, Sql.cut(waitingFor, 300));
              s.setString(3, execution);
              s.setString(4, runner);
            }));
  }

  @Override
  public CompletableFuture<@Nullable Void> ended(
      String execution,
      Outcome outcome,
      @Nullable String reason,
      @Nullable String result,
      OutboxMessage... messages) {
    Instant now = clock.now();
    for (OutboxMessage message : messages) {
      // Queued before the end: same commit or an earlier one, never a later one.
      queue.add(outboxWrite(message, now));
    }
    if (outcome.safe()) {
      queue.add(new Update(Kind.UNLOCK, false, s -> s.setString(1, execution)));
    }
    return submit(
        new Update(
            Kind.ENDED,
            true,
            s -> {
              s.setString(1, outcome.name());
              s.setString(2, Sql.cut(reason, TEXT));
              s.setString(3, result);
              s.setObject(4, Sql.at(now));
              s.setString(5, execution);
              s.setString(6, runner);
            }));
  }

  @Override
  public void stepStarted(StepRecord started) {
    StepWrite write = new StepWrite(started);
    openSteps.put(started.key().execution(), write);
    lazy.add(write);
  }

  @Override
  public CompletableFuture<@Nullable Void> stepEnded(StepRecord ended) {
    StepWrite open = openSteps.remove(ended.key().execution());
    if (open != null && open.started.key().equals(ended.key()) && open.end(ended)) {
      return submit(open); // the start was not taken yet: one row, written once
    }
    return submit(
        new Update(
            Kind.STEP_ENDED,
            true,
            s -> {
              s.setString(1, ended.state().name());
              s.setString(2, ended.outcome());
              s.setString(3, Sql.cut(ended.errorKind(), 100));
              s.setString(4, Sql.cut(ended.errorMessage(), TEXT));
              s.setObject(5, Sql.at(ended.endedAt()));
              s.setString(6, ended.key().execution());
              s.setInt(7, ended.seq());
            }));
  }

  @Override
  public CompletableFuture<@Nullable Void> effectJournaled(Effect e) {
    return submit(
        new Update(
            Kind.EFFECT,
            true,
            s -> {
              s.setString(1, e.id());
              s.setString(2, e.execution());
              s.setString(3, e.step());
              s.setInt(4, e.visit());
              s.setInt(5, e.attempt());
              s.setInt(6, e.ordinal());
              s.setString(7, e.system());
              s.setString(8, e.kind());
              s.setString(9, e.target());
              s.setString(10, Sql.cut(e.targetName(), 1000));
              s.setString(11, e.requestId());
              s.setString(12, Sql.cut(e.request(), 5000));
              s.setString(13, e.state().name());
              s.setString(14, e.taskExtId());
              s.setString(15, e.result());
              s.setObject(16, Sql.at(e.journaledAt()));
              s.setObject(17, Sql.at(e.endedAt()));
            }));
  }

  @Override
  public CompletableFuture<@Nullable Void> effectChanged(
      String effect, Effect.State state, @Nullable String taskExtId, @Nullable String result) {
    Instant end =
        state == Effect.State.JOURNALED || state == Effect.State.ACCEPTED ? null : clock.now();
    return submit(
        new Update(
            Kind.EFFECT_CHANGED,
            true,
            s -> {
              s.setString(1, state.name());
              s.setString(2, taskExtId);
              s.setString(3, result);
              s.setObject(4, Sql.at(end));
              s.setString(5, effect);
            }));
  }

  @Override
  public CompletableFuture<@Nullable Void> subject(String execution, Subject subject) {
    return submit(
        new Update(
            Kind.SUBJECT,
            true,
            s -> {
              s.setString(1, subject.system());
              s.setString(2, subject.extId());
              s.setString(3, Sql.cut(subject.name(), 1000));
              s.setString(4, execution);
              s.setString(5, runner);
            }));
  }

  @Override
  public CompletableFuture<@Nullable Void> outbox(OutboxMessage message) {
    return submit(outboxWrite(message, clock.now()));
  }

  private static Update outboxWrite(OutboxMessage message, Instant now) {
    return new Update(
        Kind.OUTBOX,
        false,
        s -> {
          s.setString(1, message.channel());
          s.setString(2, Sql.cut(message.dedupKey(), 255));
          s.setString(3, message.payload());
          s.setString(4, message.execution());
          s.setObject(5, Sql.at(now));
          s.setObject(6, Sql.at(now));
        });
  }

  /** Writes that wait for a commit. */
  public int queued() {
    return queue.size();
  }

  @SuppressWarnings("unchecked")
  private <T extends @Nullable Object> CompletableFuture<T> submit(Write write) {
    LostOwnership why = lost;
    if (why != null || closing) {
      return CompletableFuture.failedFuture(
          why != null
              ? why
              : new LostOwnership("This process is stopping and gave its executions back"));
    }
    queue.add(write);
    return (CompletableFuture<T>) write.future;
  }

  private void write() {
    List<Write> batch = new ArrayList<>(BATCH);
    Connection connection = null;
    Map<Kind, PreparedStatement> statements = new EnumMap<>(Kind.class);
    while (true) {
      try {
        batch.clear();
        Write first = queue.poll(lazy.isEmpty() ? 200 : 20, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          queue.drainTo(batch, BATCH - 1);
        }
        // After the queue: whatever was started before a drained write is in the same commit.
        for (StepWrite start = lazy.poll(); start != null; start = lazy.poll()) {
          if (start.take()) {
            batch.add(0, start);
          }
        }
        if (batch.isEmpty()) {
          if (closing) {
            break;
          }
          continue;
        }
        if (connection == null) {
          connection = dataSource.getConnection();
          connection.setAutoCommit(false);
          statements.clear();
        }
        commit(connection, statements, batch);
      } catch (SQLException e) {
        LOG.error(
            "The ledger cannot be written; the writes are tried one by one on a new connection", e);
        connection = abandon(connection);
        writeOneByOne(batch);
      } catch (LostOwnership e) {
        lost = e;
        connection = abandon(connection);
        batch.forEach(write -> write.future.completeExceptionally(e));
        failQueued(e);
      } catch (InterruptedException e) {
        break;
      } catch (RuntimeException e) {
        LOG.error("The ledger writer met a write that it cannot make", e);
        connection = abandon(connection);
        batch.forEach(write -> write.future.completeExceptionally(e));
      }
    }
    abandon(connection);
    failQueued(new LostOwnership("This process is stopping"));
  }

  private void failQueued(LostOwnership why) {
    for (Write write = queue.poll(); write != null; write = queue.poll()) {
      write.future.completeExceptionally(why);
    }
    lazy.clear();
    openSteps.clear();
  }

  private void commit(
      Connection connection, Map<Kind, PreparedStatement> statements, List<Write> batch)
      throws SQLException {
    checkFence(connection, statements);
    Map<Kind, List<Write>> groups = new EnumMap<>(Kind.class);
    for (Write write : batch) {
      if (write instanceof CreateWrite create && create.key != null) {
        createOnce(connection, create);
      } else {
        groups.computeIfAbsent(write.kind(), k -> new ArrayList<>()).add(write);
      }
    }
    List<Write> untouched = new ArrayList<>();
    for (Map.Entry<Kind, List<Write>> group : groups.entrySet()) {
      PreparedStatement statement = prepared(connection, statements, group.getKey());
      for (Write write : group.getValue()) {
        write.bind(statement);
        statement.addBatch();
      }
      int[] counts = statement.executeBatch();
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] == 0) {
          untouched.add(group.getValue().get(i));
        }
      }
    }
    for (Write write : untouched) {
      write.nothingWritten(connection);
    }
    connection.commit();
    if (checkpoint) {
      try (Statement sync = connection.createStatement()) {
        sync.execute("CHECKPOINT SYNC");
      }
    }
    for (Write write : batch) {
      write.complete();
    }
  }

  private void checkFence(Connection connection, Map<Kind, PreparedStatement> statements)
      throws SQLException {
    PreparedStatement fence = prepared(connection, statements, Kind.FENCE);
    fence.setString(1, runner);
    try (ResultSet row = fence.executeQuery()) {
      if (!row.next() || row.getBoolean(1)) {
        throw new LostOwnership(
            "Runner " + runner + " was fenced off: another process drives its executions now");
      }
    }
  }

  private static PreparedStatement prepared(
      Connection connection, Map<Kind, PreparedStatement> statements, Kind kind)
      throws SQLException {
    PreparedStatement statement = statements.get(kind);
    if (statement == null) {
      statement = connection.prepareStatement(kind.sql);
      statements.put(kind, statement);
    }
    return statement;
  }

  /** One bad write must not take its neighbours with it. */
  private void writeOneByOne(List<Write> batch) {
    for (Write write : batch) {
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(false);
        try {
          commit(connection, new EnumMap<>(Kind.class), List.of(write));
        } catch (SQLException | RuntimeException e) {
          connection.rollback();
          write.future.completeExceptionally(e);
        }
      } catch (SQLException e) {
        write.future.completeExceptionally(e);
      }
    }
  }

  private static @Nullable Connection abandon(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.rollback();
        connection.close();
      } catch (SQLException e) {
        LOG.debug("A broken connection did not close", e);
      }
    }
    return null;
  }

  private void createOnce(Connection connection, CreateWrite write) throws SQLException {
    try (PreparedStatement key =
        connection.prepareStatement(
            "INSERT INTO idempotency (requester, request_key, request_hash, execution) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
      key.setString(1, write.execution.requester());
      key.setString(2, write.key);
      key.setString(3, write.hash);
      key.setString(4, write.execution.id());
      if (key.executeUpdate() == 1) {
        try (PreparedStatement create = connection.prepareStatement(Kind.CREATE.sql)) {
          write.bind(create);
          create.executeUpdate();
        }
        return;
      }
    }
    try (PreparedStatement find =
        connection.prepareStatement(
            "SELECT request_hash, execution FROM idempotency WHERE requester = ? AND request_key = ?")) {
      find.setString(1, write.execution.requester());
      find.setString(2, write.key);
      try (ResultSet row = find.executeQuery()) {
        row.next();
        if (row.getString(1).equals(write.hash)) {
          write.existing = read(connection, "id = ?", row.getString(2));
        } else {
          write.refusal =
              new KeyConflict(
                  "Idempotency-Key: "
                      + write.key
                      + " (expected: a new key; this one was used with another request)");
        }
      }
    }
  }

  private static Execution read(Connection connection, String where, String... values)
      throws SQLException {
    try (PreparedStatement find =
        connection.prepareStatement(
            "SELECT " + Sql.EXECUTION_COLUMNS + " FROM execution WHERE " + where)) {
      for (int i = 0; i < values.length; i++) {
        find.setString(i + 1, values[i]);
      }
      try (ResultSet row = find.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("An execution that was just found is gone");
        }
        return Sql.execution(row, 0);
      }
    }
  }

  /** Writes what is queued, then stops; bounded by 10 s. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The kinds of writes in the order in which one commit makes them. */
  private enum Kind {
    FENCE("SELECT fenced FROM runner WHERE id = ? FOR UPDATE"),
    CREATE(
        "INSERT INTO execution (id, runbook, version, parent, child_key, root, state, requester, trigger_kind, trigger_detail,"
            + " inputs, priority, owner, epoch, created_at, not_after, rerun_of, subject_system, subject_ext_id, subject_name)"
            + " VALUES (?, ?, ?, ?, ?, ?, 'QUEUED', ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"),
    RUNNING(
        "UPDATE execution SET state = 'RUNNING', started_at = COALESCE(started_at, ?), wake_at = NULL, waiting_for = NULL"
            + " WHERE id = ? AND owner = ? AND state IN ('QUEUED', 'WAITING', 'RUNNING')"),
    STEP("INSERT INTO step (" + Sql.STEP_COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    STEP_ENDED(
        "UPDATE step SET state = ?, outcome = ?, error_kind = ?, error_message = ?, ended_at = ? WHERE execution = ? AND seq = ?"),
    EFFECT(
        "INSERT INTO effect ("
            + Sql.EFFECT_COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    EFFECT_CHANGED(
        "UPDATE effect SET state = ?, task_ext_id = COALESCE(?, task_ext_id), result = COALESCE(?, result), ended_at = ?"
            + " WHERE id = ?"),
    SUBJECT(
        "UPDATE execution SET subject_system = ?, subject_ext_id = ?, subject_name = ? WHERE id = ? AND owner = ?"),
    OUTBOX(
        "INSERT INTO outbox (channel, dedup_key, payload, execution, state, next_try, created_at)"
            + " VALUES (?, ?, ?, ?, 'WAITING', ?, ?) ON CONFLICT DO NOTHING"),
    WAITING(
        "UPDATE execution SET state = 'WAITING', wake_at = ?, waiting_for = ? WHERE id = ? AND owner = ? AND state = 'RUNNING'"),
    UNLOCK("DELETE FROM vm_lock WHERE execution = ?"),
    ENDED(
        "UPDATE execution SET state = 'ENDED', outcome = ?, reason = ?, result = ?, ended_at = ?, wake_at = NULL,"
            + " waiting_for = NULL WHERE id = ? AND owner = ? AND state <> 'ENDED'");

    final String sql;

    Kind(String sql) {
      this.sql = sql;
    }
  }

  private abstract static class Write {
    final CompletableFuture<@Nullable Object> future = new CompletableFuture<>();

    abstract Kind kind();

    abstract void bind(PreparedStatement statement) throws SQLException;

    void nothingWritten(Connection connection) throws SQLException {}

    void complete() {
      future.complete(null);
    }
  }

  private interface Binder {
    void bind(PreparedStatement statement) throws SQLException;
  }

  private static final class Update extends Write {
    private final Kind kind;
    private final boolean mustTouch;
    private final Binder binder;
    private boolean untouched;

    Update(Kind kind, boolean mustTouch, Binder binder) {
      this.kind = kind;
      this.mustTouch = mustTouch;
      this.binder = binder;
    }

    @Override
    Kind kind() {
      return kind;
    }

    @Override
    void bind(PreparedStatement statement) throws SQLException {
      binder.bind(statement);
    }

    @Override
    void nothingWritten(Connection connection) {
      untouched = mustTouch;
    }

    @Override
    void complete() {
      if (untouched) {
        future.completeExceptionally(
            new IllegalStateException("The ledger has no row that may change so: " + kind));
      } else {
        super.complete();
      }
    }
  }

  private final class CreateWrite extends Write {
    final NewExecution execution;
    final @Nullable String key;
    final @Nullable String hash;
    final Instant now = clock.now();
    @Nullable Execution existing;
    @Nullable KeyConflict refusal;

    CreateWrite(NewExecution execution, @Nullable String key, @Nullable String hash) {
      this.execution = execution;
      this.key = key;
      this.hash = hash;
    }

    @Override
    Kind kind() {
      return Kind.CREATE;
    }

    @Override
    void bind(PreparedStatement s) throws SQLException {
      s.setString(1, execution.id());
      s.setString(2, execution.runbook());
      s.setString(3, execution.version());
      s.setString(4, execution.parent());
      s.setString(5, execution.key());
      s.setString(6, root());
      s.setString(7, execution.requester());
      s.setString(8, execution.trigger().kind().name());
      s.setString(9, Sql.cut(execution.trigger().detail(), 1000));
      s.setString(10, execution.inputs());
      s.setInt(11, execution.priority());
      s.setString(12, runner);
      s.setObject(13, Sql.at(now));
      s.setObject(14, Sql.at(execution.notAfter()));
      s.setString(15, execution.rerunOf());
      Subject subject = execution.subject();
      s.setString(16, subject == null ? null : subject.system());
      s.setString(17, subject == null ? null : subject.extId());
      s.setString(18, subject == null ? null : Sql.cut(subject.name(), 1000));
    }

    private String root() {
      String root = execution.root();
      return root == null ? execution.id() : root;
    }

    @Override
    void nothingWritten(Connection connection) throws SQLException {
      if (execution.parent() == null || execution.key() == null) {
        throw new SQLException("Execution id " + execution.id() + " exists already");
      }
      existing =
          read(connection, "parent = ? AND child_key = ?", execution.parent(), execution.key());
    }

    @Override
    void complete() {
      if (refusal != null) {
        future.completeExceptionally(refusal);
        return;
      }
      Execution found = existing;
      if (found != null) {
        future.complete(new Created(found, false));
        return;
      }
      future.complete(
          new Created(
              new Execution(
                  execution.id(),
                  execution.runbook(),
                  execution.version(),
                  execution.parent(),
                  execution.key(),
                  root(),
                  ExecutionState.QUEUED,
                  null,
                  null,
                  execution.requester(),
                  execution.trigger(),
                  execution.inputs(),
                  execution.priority(),
                  runner,
                  1,
                  now,
                  null,
                  null,
                  null,
                  null,
                  execution.notAfter(),
                  false,
                  false,
                  0,
                  execution.rerunOf(),
                  execution.subject(),
                  null,
                  null),
              true));
    }
  }

  private static final class StepWrite extends Write {
    final StepRecord started;
    private @Nullable StepRecord ended;
    private boolean taken;

    StepWrite(StepRecord started) {
      this.started = started;
    }

    /** True if this object is to be written as the start alone. */
    synchronized boolean take() {
      if (taken || ended != null) {
        return false;
      }
      taken = true;
      return true;
    }

    /** True if the whole attempt becomes one row. */
    synchronized boolean end(StepRecord record) {
      if (taken) {
        return false;
      }
      ended = record;
      return true;
    }

    @Override
    Kind kind() {
      return Kind.STEP;
    }

    @Override
    synchronized void bind(PreparedStatement s) throws SQLException {
      StepRecord r = ended == null ? started : ended;
      s.setString(1, r.key().execution());
      s.setInt(2, r.seq());
      s.setString(3, r.key().step());
      s.setInt(4, r.key().visit());
      s.setInt(5, r.key().attempt());
      s.setBoolean(6, r.recovery());
      s.setString(7, r.state().name());
      s.setString(8, r.outcome());
      s.setString(9, Sql.cut(r.errorKind(), 100));
      s.setString(10, Sql.cut(r.errorMessage(), TEXT));
      s.setObject(11, Sql.at(r.startedAt()));
      s.setObject(12, Sql.at(r.endedAt()));
    }
  }
}
