package io.drover.runtime.prism;

import io.drover.prism.Timeline;
import io.drover.runtime.Workers;
import java.time.Duration;

/** The machine's time, on the threads that drive executions. */
final class WorkersTimeline implements Timeline {
  private final Workers workers;

  WorkersTimeline(Workers workers) {
    this.workers = workers;
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void after(Duration delay, Runnable work) {
    workers.after(delay, work);
  }

  @Override
  public void execute(Runnable work) {
    workers.pool().execute(work);
  }
}
