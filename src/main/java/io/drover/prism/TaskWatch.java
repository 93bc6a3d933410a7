package io.drover.prism;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One waiter for one task. Ask again after each look; whoever stops asking is forgotten. */
public final class TaskWatch {
  private final TaskReader reader;
  private final String extId;
  private final Pace pace;
  private final long began;
  private final long deadline;
  private final boolean urgent;
  private final Runnable stillWanted;
  private CompletableFuture<Look> asked = CompletableFuture.completedFuture(new Look(null, false));
  private long dueAt;
  private long interval;
  private boolean missing;
  private long missingSince;

  /**
   * What a look showed.
   *
   * @param task null only when time is over
   * @param over whether the waiter's patience has ended
   */
  public record Look(@Nullable PrismTask task, boolean over) {}

  TaskWatch(
      TaskReader reader,
      String extId,
      Pace pace,
      long began,
      long deadline,
      boolean urgent,
      Runnable stillWanted) {
    this.reader = reader;
    this.extId = extId;
    this.pace = pace;
    this.began = began;
    this.deadline = deadline;
    this.urgent = urgent;
    this.stillWanted = stillWanted;
    this.dueAt = began + pace.first();
  }

  /**
   * The next look at the task, when its time has come. Fails with a {@link PrismProblem} of kind
   * {@code task-missing} when Prism no longer knows the task.
   *
   * @throws IllegalStateException while an earlier look is outstanding
   */
  public CompletableFuture<Look> next() {
    CompletableFuture<Look> look = new CompletableFuture<>();
    synchronized (this) {
      if (!asked.isDone()) {
        throw new IllegalStateException("Task " + extId + " is being looked at already");
      }
      asked = look;
    }
    reader.enqueue(this);
    return look;
  }

  public String extId() {
    return extId;
  }

  long dueAt() {
    return dueAt;
  }

  boolean urgent() {
    return urgent;
  }

  boolean over(long now) {
    return now - deadline >= 0;
  }

  /** What says that nobody may ask for this task any more; null while it is wanted. */
  @Nullable RuntimeException unwanted() {
    try {
      stillWanted.run();
      return null;
    } catch (RuntimeException stop) {
      return stop;
    }
  }

  void seen(PrismTask task, long now, double spread) {
    missing = false;
    later(now, spread);
    if (task.status() == PrismTask.Status.SUCCEEDED) {
      Duration took = task.took();
      pace.took(took == null ? Duration.ofNanos(now - began) : took);
    }
  }

  /** True once the task has not shown up for too long. */
  boolean missed(long now, long patience, double spread) {
    if (!missing) {
      missing = true;
      missingSince = now; // no value of a machine's nanoseconds can mean "never"
    }
    later(now, spread);
    return now - missingSince >= patience;
  }

  private void later(long now, double spread) {
    interval = interval == 0 ? pace.interval() : pace.next(interval);
    dueAt = now + (long) (interval * spread);
  }

  void tell(PrismTask task) {
    answer().complete(new Look(task, !task.status().terminal() && over(reader.now())));
  }

  void expire() {
    answer().complete(new Look(null, true));
  }

  void stop(RuntimeException why) {
    answer().completeExceptionally(why);
  }

  void lost() {
    answer()
        .completeExceptionally(
            PrismProblem.of(
                PrismProblem.Verdict.UNKNOWN,
                "task-missing",
                "Task " + extId + " is not known to Prism any more"));
  }

  private synchronized CompletableFuture<Look> answer() {
    return asked;
  }
}
