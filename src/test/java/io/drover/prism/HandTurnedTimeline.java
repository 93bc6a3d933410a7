package io.drover.prism;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that moves only when a test says so; work runs on the test's thread, in order. */
final class HandTurnedTimeline implements Timeline {
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
  private final ArrayDeque<Runnable> soon = new ArrayDeque<>();
  private long now = -5_000_000_000L; // a machine's nanoseconds may be negative
  private long order;

  private record Due(long at, long order, Runnable work) {}

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public void after(Duration delay, Runnable work) {
    due.add(new Due(now + delay.toNanos(), order++, work));
  }

  @Override
  public void execute(Runnable work) {
    soon.add(work);
  }

  /** Runs what is to run now. */
  void settle() {
    Runnable work;
    while ((work = soon.poll()) != null) {
      work.run();
    }
  }

  /** Lets time pass, stopping at each moment at which something is due. */
  void pass(Duration duration) {
    long end = now + duration.toNanos();
    settle();
    Due next;
    while ((next = due.peek()) != null && next.at() <= end) {
      due.poll();
      now = Math.max(now, next.at());
      next.work().run();
      settle();
    }
    now = end;
  }
}
