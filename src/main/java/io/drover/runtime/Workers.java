package io.drover.runtime;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.boot.system.JavaVersion;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads that drive executions. Waiting holds none; blocking calls do, so there are a fixed
 * number of platform threads, or a virtual one for each piece of work where the JVM has them (21
 * and later).
 */
public final class Workers implements AutoCloseable {
  private final Executor pool;
  private final ScheduledThreadPoolExecutor timer;

  /**
   * @param threads platform threads where there are no virtual ones; 1..1000
   */
  Workers(int threads, boolean virtual) {
    if (virtual && JavaVersion.getJavaVersion().isEqualOrNewerThan(JavaVersion.TWENTY_ONE)) {
      pool = new VirtualThreadTaskExecutor("runbook-");
    } else {
      ThreadPoolExecutor platform =
          new ThreadPoolExecutor(
              threads,
              threads,
              30,
              TimeUnit.SECONDS,
              new LinkedBlockingQueue<>(),
              new CustomizableThreadFactory("runbook-"));
      platform.allowCoreThreadTimeOut(true);
      pool = platform;
    }
    timer = new ScheduledThreadPoolExecutor(1, new CustomizableThreadFactory("runbook-clock-"));
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Runs work at once. Not a bean of that type itself: Spring Boot and platform-http would take it
   * for the application's own.
   */
  public Executor pool() {
    return pool;
  }

  /** Runs the work on a worker after the delay; cancelling forgets it. */
  public ScheduledFuture<?> after(Duration delay, Runnable work) {
    return timer.schedule(() -> pool.execute(work), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Work that keeps a worker's thread waiting for other workers: meanwhile there is one thread
   * more, so that those who wait cannot keep out those whom they wait for.
   */
  public <T> T blocking(Supplier<T> work) {
    grow(1);
    try {
      return work.get();
    } finally {
      grow(-1);
    }
  }

  private synchronized void grow(int by) {
    if (pool instanceof ThreadPoolExecutor platform) {
      int threads = platform.getMaximumPoolSize() + by;
      if (by > 0) {
        platform.setMaximumPoolSize(threads);
        platform.setCorePoolSize(threads);
      } else {
        platform.setCorePoolSize(threads);
        platform.setMaximumPoolSize(threads);
      }
    }
  }

  /** Runs the work on a worker again and again, the pause counted from end to start. */
  public ScheduledFuture<?> every(Duration pause, Runnable work) {
    return timer.scheduleWithFixedDelay(
        work, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    if (pool instanceof ExecutorService platform) {
      platform.shutdownNow();
    }
  }
}
