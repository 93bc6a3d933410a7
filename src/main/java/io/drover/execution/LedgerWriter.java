package io.drover.execution;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes the ledger. It commits whatever is queued, up to 512 writes at once,
 * and in each commit checks that this runner was not fenced off: a process that lost the ledger
 * cannot write a single row.
 */
final class LedgerWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerWriter.class);
  private static final int MOST = 512;
  private static final long IDLE_MILLIS = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String FENCE =
      "SELECT id FROM runner WHERE id = ? AND fenced_at IS NULL FOR UPDATE";

  private final DataSource dataSource;
  private final String runner;
  private final boolean checkpoint;
  private final LinkedBlockingQueue<Write<?>> queue = new LinkedBlockingQueue<>();
  private final WriterMeter meter = new WriterMeter(queue::size);
  private final List<Group> groups = new ArrayList<>();
  private final Map<String, RowWrite.Kind> last = new HashMap<>();
  private final Thread thread;
  private @Nullable WriterConnection connection;
  private volatile Consumer<Consumer<Write<?>>> unhurried = taker -> {};
  private volatile boolean closing;
  private volatile @Nullable LostOwnership stopped;

  /**
   * @param runner this process's runner; its row must exist before the first write
   * @param checkpoint whether each commit is followed by H2's {@code CHECKPOINT SYNC}: H2 with
   *     WRITE_DELAY=0 survives a killed process, but not a host that loses power
   */
  LedgerWriter(DataSource dataSource, String runner, boolean checkpoint) {
    this.dataSource = dataSource;
    this.runner = runner;
    this.checkpoint = checkpoint;
    for (RowWrite.Kind kind : RowWrite.Kind.values()) {
      groups.add(new Group(kind, new ArrayList<>()));
    }
    thread = new Thread(this::loop, "ledger-writer");
    thread.setDaemon(true);
    thread.start();
  }

  String runner() {
    return runner;
  }

  WriterMeter meter() {
    return meter;
  }

  /** Asked before each commit, and at least ten times a second, for writes that wait for nobody. */
  void before(Consumer<Consumer<Write<?>>> source) {
    unhurried = source;
  }

  <T> Write<T> submit(Write<T> write) {
    LostOwnership why = stopped;
    if (why == null && closing) {
      why = new LostOwnership("This process is stopping and writes nothing more");
    }
    if (why != null) {
      write.completeExceptionally(why);
      return write;
    }
    queue.add(write);
    why = stopped;
    if (why != null && queue.remove(write)) {
      write.completeExceptionally(why);
    }
    return write;
  }

  /** Writes and waits for the commit. */
  <T> @Nullable T now(Write.Work<T> work) {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException(
          "The writer's thread cannot wait for itself; hand over before the next write");
    }
    try {
      return submit(Write.of(work)).join();
    } catch (CompletionException | CancellationException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private void loop() {
    List<Write<?>> batch = new ArrayList<>(MOST);
    try {
      while (stopped == null && fill(batch)) {
        if (!batch.isEmpty()) {
          write(batch);
          batch.clear();
        }
      }
    } catch (InterruptedException e) {
      LOG.warn("The ledger's writer was interrupted; what was queued is refused");
    } finally {
      if (stopped == null) {
        stopped = new LostOwnership("This process has stopped and writes nothing more");
      }
      refuse(batch, stopped);
      queue.drainTo(batch);
      refuse(batch, stopped);
      disconnect();
    }
  }

  /** False when everything is written and no more may come. */
  private boolean fill(List<Write<?>> batch) throws InterruptedException {
    boolean end = closing;
    Write<?> first = end ? queue.poll() : queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
    unhurried.accept(batch::add);
    if (first != null) {
      batch.add(first);
      queue.drainTo(batch, MOST - 1);
    }
    return !(end && batch.isEmpty());
  }

  private void write(List<Write<?>> batch) throws InterruptedException {
    WriterConnection on;
    try {
      on = connect();
    } catch (SQLException e) {
      queue.drainTo(batch);
      unavailable(batch, e);
      return;
    }
    long begun = System.nanoTime();
    try {
      commit(on, batch);
      meter.committed(batch.size(), System.nanoTime() - begun);
      batch.forEach(Write::settle);
    } catch (LostOwnership lost) {
      stop(on, lost, batch);
    } catch (SQLException | RuntimeException e) {
      if (rolledBack(on)) {
        LOG.debug(
            "A commit of {} writes was refused; they are written one by one", batch.size(), e);
        oneByOne(on, batch);
      } else {
        disconnect();
        unavailable(batch, e);
      }
    }
  }

  private void commit(WriterConnection on, List<? extends Write<?>> batch) throws SQLException {
    checkFence(on);
    for (Write<?> write : batch) {
      if (write instanceof RowWrite row) {
        RowWrite.Kind before = last.put(row.execution, row.kind);
        if (before != null && row.kind.compareTo(before) < 0) {
          // Grouping would turn the order of this execution's writes round.
          flush(on);
          last.put(row.execution, row.kind);
        }
        groups.get(row.kind.ordinal()).rows().add(row);
      } else {
        flush(on);
        write.run(on);
      }
    }
    flush(on);
    on.commit();
    if (checkpoint) {
      on.checkpointSync();
    }
  }

  private void flush(WriterConnection on) throws SQLException {
    last.clear();
    for (Group group : groups) {
      List<RowWrite> rows = group.rows();
      if (rows.size() == 1) {
        rows.get(0).run(on);
      } else if (!rows.isEmpty()) {
        PreparedStatement statement = on.prepared(group.kind().sql);
        for (RowWrite row : rows) {
          row.bind(statement);
          statement.addBatch();
        }
        int[] counts = statement.executeBatch();
        for (int i = 0; i < counts.length; i++) {
          if (counts[i] == 0) {
            rows.get(i).untouched(on);
          }
        }
      }
      rows.clear();
    }
  }

  private void checkFence(WriterConnection on) throws SQLException {
    if (on.first(FENCE, row -> row.getString(1), runner).isEmpty()) {
      throw new LostOwnership(
          "Runner "
              + runner
              + " was fenced off: its executions are driven elsewhere or given back");
    }
  }

  /** One bad write must not take its neighbours with it. */
  private void oneByOne(WriterConnection on, List<Write<?>> batch) {
    for (int i = 0; i < batch.size(); i++) {
      Write<?> write = batch.get(i);
      write.again();
      try {
        commit(on, List.of(write));
        write.settle();
      } catch (LostOwnership lost) {
        stop(on, lost, batch.subList(i, batch.size()));
        return;
      } catch (SQLException | RuntimeException e) {
        if (!rolledBack(on)) {
          disconnect();
          unavailable(batch.subList(i, batch.size()), e);
          return;
        }
        write.completeExceptionally(
            e instanceof RuntimeException
                ? e
                : new IllegalStateException("The ledger refused a write: " + e.getMessage(), e));
      }
    }
  }

  private void stop(WriterConnection on, LostOwnership lost, List<Write<?>> batch) {
    stopped = lost;
    rolledBack(on);
    refuse(batch, lost);
  }

  /** Whether the connection can be used again. */
  private boolean rolledBack(WriterConnection on) {
    groups.forEach(group -> group.rows().clear());
    last.clear();
    try {
      on.rollback();
      on.clearBatches();
      return on.usable();
    } catch (SQLException e) {
      LOG.debug("A rollback failed; the connection is given up", e);
      return false;
    }
  }

  private WriterConnection connect() throws SQLException, InterruptedException {
    WriterConnection open = connection;
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (open == null) {
      try {
        open = new WriterConnection(dataSource.getConnection());
      } catch (SQLException e) {
        if (closing || System.nanoTime() > giveUp) {
          throw e;
        }
        LOG.warn("The ledger's database cannot be reached ({}); tried again", e.getMessage());
        TimeUnit.MILLISECONDS.sleep(500);
      }
    }
    connection = open;
    return open;
  }

  private void disconnect() {
    WriterConnection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        LOG.debug("A broken connection did not close", e);
      }
    }
  }

  private static void unavailable(List<? extends Write<?>> writes, Exception cause) {
    LOG.error("{} writes may not be in the ledger: its database failed", writes.size(), cause);
    LedgerUnavailable why =
        new LedgerUnavailable(
            "The ledger's database failed while it was written; read before repeating", cause);
    writes.forEach(write -> write.completeExceptionally(why));
  }

  private static void refuse(List<Write<?>> writes, @Nullable LostOwnership why) {
    for (Write<?> write : writes) {
      write.completeExceptionally(why == null ? new LostOwnership("The writer stopped") : why);
    }
    writes.clear();
  }

  /** Writes what is queued, then stops; takes at most 10 s. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Rows of one kind that wait for the same commit. */
  private record Group(RowWrite.Kind kind, List<RowWrite> rows) {}
}
