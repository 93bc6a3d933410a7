package io.drover.execution;

import java.util.function.IntSupplier;

/** What the ledger's writer has done; for metrics. One thread writes, any thread reads. */
public final class WriterMeter {
  private final IntSupplier queue;
  private volatile long commits;
  private volatile long writes;
  private volatile long nanos;
  private volatile long lastNanos;

  WriterMeter(IntSupplier queue) {
    this.queue = queue;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // the writer's thread is the only one that writes
  void committed(int size, long took) {
    commits++;
    writes += size;
    nanos += took;
    lastNanos = took;
  }

  /** Writes that wait for a commit. */
  public int queued() {
    return queue.getAsInt();
  }

  public long commits() {
    return commits;
  }

  public long writes() {
    return writes;
  }

  /** Time spent in commits, in nanoseconds. */
  public long commitNanos() {
    return nanos;
  }

  /** The newest commit's time, in nanoseconds. */
  public long lastCommitNanos() {
    return lastNanos;
  }
}
