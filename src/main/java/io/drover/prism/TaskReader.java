package io.drover.prism;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Reads the tasks of one Prism Central for all who wait for one: up to 40 of them a read, those
 * that are due longest first. Trouble in reading is never a task's failure; it goes on, ever more
 * slowly, until each waiter's own deadline. Holds no thread and forgets who stops asking.
 */
public final class TaskReader {
  /** Ids in one filter; more make URLs that gateways refuse. */
  public static final int MOST = 40;

  private static final Duration SWEEP = Duration.ofSeconds(1);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(15);

  private final Source source;
  private final Timeline timeline;
  private final Settings settings;
  private final Random jitter = new Random();
  private final Map<String, Pace> paces = new ConcurrentHashMap<>();
  private final PriorityQueue<TaskWatch> waiting =
      new PriorityQueue<>(Comparator.comparingLong(TaskWatch::dueAt));
  private int reading;
  private int failures;
  private long lastRead;
  private long quietUntil;
  private long sweepAt;
  private long alarmAt = Long.MAX_VALUE;

  /** How tasks are read. */
  public interface Source {
    /**
     * Reads tasks with one list; asks for the ids when its turn has come.
     *
     * @param ids gives at most {@link #MOST}, or none: then nothing is read
     * @param urgent whether somebody waits in a rollback
     */
    CompletableFuture<List<PrismTask>> read(Supplier<List<String>> ids, boolean urgent);
  }

  /**
   * How closely to look.
   *
   * @param shortest interval between two looks at one task, and the usual one between two reads
   * @param longest interval between two looks at one task
   * @param missing after so long without showing up in answers a task is given up
   * @param reads at most so many at the same time
   */
  public record Settings(Duration shortest, Duration longest, Duration missing, int reads) {
    public static final Settings USUAL =
        new Settings(Duration.ofMillis(10), Duration.ofSeconds(5), Duration.ofSeconds(30), 4);
  }

  public TaskReader(Source source, Timeline timeline, Settings settings) {
    this.source = source;
    this.timeline = timeline;
    this.settings = settings;
    this.lastRead = timeline.nanos() - settings.shortest().toNanos();
    this.quietUntil = timeline.nanos();
    this.sweepAt = quietUntil + SWEEP.toNanos();
  }

  /**
   * Begins to watch a task.
   *
   * @param kind whose typical duration to expect, e.g. {@code create-recovery-point}
   * @param patience after so long a look says that time is over
   * @param urgent whether a rollback waits
   * @param stillWanted throws once the task must not be read for this waiter any more; the look
   *     that is outstanding then fails with it, within about a second
   */
  public TaskWatch watch(
      String extId, String kind, Duration patience, boolean urgent, Runnable stillWanted) {
    Pace pace = paces.computeIfAbsent(kind, k -> new Pace(settings.shortest(), settings.longest()));
    long now = timeline.nanos();
    return new TaskWatch(this, extId, pace, now, now + patience.toNanos(), urgent, stillWanted);
  }

  /** How many wait for a look. */
  public synchronized int waiting() {
    return waiting.size();
  }

  long now() {
    return timeline.nanos();
  }

  void enqueue(TaskWatch watch) {
    synchronized (this) {
      waiting.add(watch);
    }
    pump();
  }

  private void pump() {
    boolean read;
    boolean urgent = false;
    List<Runnable> news = new ArrayList<>();
    synchronized (this) {
      long now = timeline.nanos();
      TaskWatch first = waiting.peek();
      if (first == null) {
        return;
      }
      long from = Math.max(quietUntil, lastRead + settings.shortest().toNanos());
      read = reading < settings.reads() && first.dueAt() <= now && from <= now;
      if (read) {
        reading++;
        lastRead = now;
        urgent = first.urgent();
      }
      if (sweepAt <= now) {
        sweepAt = now + SWEEP.toNanos();
        takeExpired(now, news);
      }
      long next = sweepAt;
      if (!read && reading < settings.reads()) {
        next = Math.min(next, Math.max(first.dueAt(), from));
      }
      wakeAt(Math.max(next, now + 1), now);
    }
    news.forEach(timeline::execute);
    if (read) {
      // Never on this thread: it belongs to a waiter, or to the read before this one.
      boolean first = urgent;
      timeline.execute(() -> readNow(first));
    }
  }

  private void takeExpired(long now, List<Runnable> news) {
    Iterator<TaskWatch> all = waiting.iterator();
    while (all.hasNext()) {
      TaskWatch watch = all.next();
      if (watch.over(now)) {
        all.remove();
        news.add(watch::expire);
        continue;
      }
      RuntimeException unwanted = watch.unwanted();
      if (unwanted != null) {
        all.remove();
        news.add(() -> watch.stop(unwanted));
      }
    }
  }

  private void wakeAt(long at, long now) {
    if (at < alarmAt || alarmAt <= now) {
      alarmAt = at;
      timeline.after(Duration.ofNanos(at - now), () -> alarm(at));
    }
  }

  private void alarm(long at) {
    synchronized (this) {
      if (alarmAt == at) {
        alarmAt = Long.MAX_VALUE;
      }
    }
    pump();
  }

  private void readNow(boolean urgent) {
    Map<String, List<TaskWatch>> asked = new HashMap<>();
    CompletableFuture<List<PrismTask>> answer;
    try {
      answer = source.read(() -> takeDue(asked), urgent);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    answer.whenComplete(
        (tasks, error) -> {
          if (error != null || tasks == null) {
            failed(asked);
          } else {
            told(asked, tasks);
          }
          pump();
        });
  }

  private synchronized List<String> takeDue(Map<String, List<TaskWatch>> asked) {
    // Slightly early is cheaper than another read.
    long soon = timeline.nanos() + settings.shortest().toNanos() / 4;
    while (asked.size() < MOST) {
      TaskWatch watch = waiting.peek();
      if (watch == null || watch.dueAt() > soon) {
        break;
      }
      waiting.poll();
      RuntimeException unwanted = watch.unwanted();
      if (unwanted != null) {
        timeline.execute(() -> watch.stop(unwanted));
        continue;
      }
      asked.computeIfAbsent(watch.extId(), id -> new ArrayList<>()).add(watch);
    }
    return List.copyOf(asked.keySet());
  }

  private void failed(Map<String, List<TaskWatch>> asked) {
    List<TaskWatch> expired = new ArrayList<>();
    synchronized (this) {
      reading--;
      failures++;
      long now = timeline.nanos();
      double backoff =
          Math.min(
              LONGEST_BACKOFF.toNanos(),
              FIRST_BACKOFF.toNanos() * Math.pow(2, Math.min(failures - 1, 20)));
      quietUntil = now + (long) (backoff * (0.75 + 0.5 * jitter.nextDouble()));
      for (List<TaskWatch> watches : asked.values()) {
        for (TaskWatch watch : watches) {
          if (watch.over(now)) {
            expired.add(watch);
          } else {
            waiting.add(watch);
          }
        }
      }
    }
    expired.forEach(watch -> timeline.execute(watch::expire));
  }

  private void told(Map<String, List<TaskWatch>> asked, List<PrismTask> tasks) {
    Map<String, PrismTask> byId = new HashMap<>();
    tasks.forEach(task -> byId.put(task.extId(), task));
    List<Runnable> news = new ArrayList<>();
    synchronized (this) {
      reading--;
      failures = 0;
      long now = timeline.nanos();
      asked.forEach(
          (extId, watches) -> {
            PrismTask task = byId.get(extId);
            for (TaskWatch watch : watches) {
              if (task != null) {
                watch.seen(task, now, spread());
                news.add(() -> watch.tell(task));
              } else if (watch.missed(now, settings.missing().toNanos(), spread())) {
                news.add(watch::lost);
              } else if (watch.over(now)) {
                news.add(watch::expire);
              } else {
                waiting.add(watch);
              }
            }
          });
    }
    news.forEach(timeline::execute);
  }

  private double spread() {
    return 0.9 + 0.2 * jitter.nextDouble();
  }
}
