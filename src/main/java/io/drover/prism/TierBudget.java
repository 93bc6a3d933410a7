package io.drover.prism;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How many calls of one tier of one system may be made, for everybody together. A call begins only
 * while fewer than the limit are unanswered or were answered within the last window; wherever
 * between sending and answering the server counts a call, no window of its own ever holds more than
 * the limit. Callers with urgent work go first, otherwise in order of arrival. No thread waits.
 */
public final class TierBudget {
  /** The server's clock may run this much slower than ours within one window. */
  private static final Duration DRIFT = Duration.ofMillis(5);

  private static final Duration WINDOW = Duration.ofSeconds(1);

  private final Timeline timeline;
  private final int configured;
  private final ArrayDeque<CompletableFuture<Permit>> urgent = new ArrayDeque<>();
  private final ArrayDeque<CompletableFuture<Permit>> normal = new ArrayDeque<>();
  private final ArrayDeque<Long> answered = new ArrayDeque<>();
  private int unanswered;
  private int limit;
  private long window = WINDOW.plus(DRIFT).toNanos();
  private long closedUntil;
  private long alarmAt = Long.MAX_VALUE;

  /**
   * @param perSecond the most calls in any second; 0 means no limit of our own, but a server that
   *     answers 429 is still obeyed
   */
  public TierBudget(int perSecond, Timeline timeline) {
    this.timeline = timeline;
    this.configured = perSecond == 0 ? Integer.MAX_VALUE : perSecond;
    this.limit = configured;
    this.closedUntil = timeline.nanos();
  }

  /**
   * Asks for one call. The permit must be given back exactly once; a future cancelled before it
   * completes takes none.
   */
  public CompletableFuture<Permit> acquire(boolean first) {
    CompletableFuture<Permit> wanted = new CompletableFuture<>();
    synchronized (this) {
      if (urgent.isEmpty() && normal.isEmpty() && free(timeline.nanos())) {
        unanswered++;
        return CompletableFuture.completedFuture(new Permit());
      }
      (first ? urgent : normal).add(wanted);
    }
    grant();
    return wanted;
  }

  private boolean free(long now) {
    while (!answered.isEmpty() && now - answered.getFirst() >= window) {
      answered.removeFirst();
    }
    return now >= closedUntil && unanswered + answered.size() < limit;
  }

  private void grant() {
    List<CompletableFuture<Permit>> granted = new ArrayList<>();
    synchronized (this) {
      long now = timeline.nanos();
      while (free(now)) {
        CompletableFuture<Permit> next = urgent.isEmpty() ? normal.poll() : urgent.poll();
        if (next == null) {
          break;
        }
        if (!next.isDone()) {
          unanswered++;
          granted.add(next);
        }
      }
      wakeLater(now);
    }
    // Never on this thread: it belongs to a call that has just been answered, or to the clock.
    for (CompletableFuture<Permit> next : granted) {
      timeline.execute(() -> hand(next));
    }
  }

  private void hand(CompletableFuture<Permit> wanted) {
    Permit permit = new Permit();
    if (!wanted.complete(permit)) {
      permit.unused();
    }
  }

  private void wakeLater(long now) {
    if (urgent.isEmpty() && normal.isEmpty()) {
      return;
    }
    Long oldest = answered.peekFirst();
    long at = closedUntil;
    if (unanswered + answered.size() >= limit) {
      if (oldest == null) {
        return; // all are under way; the first answer wakes us
      }
      at = Math.max(at, oldest + window);
    }
    if (at > now && (at < alarmAt || alarmAt <= now)) {
      alarmAt = at;
      long when = at;
      timeline.after(Duration.ofNanos(at - now), () -> alarm(when));
    }
  }

  private void alarm(long when) {
    synchronized (this) {
      if (alarmAt == when) {
        alarmAt = Long.MAX_VALUE;
      }
    }
    grant();
  }

  private void answered(
      @Nullable Integer advisedLimit,
      @Nullable Integer remaining,
      @Nullable Duration period,
      boolean tooMany,
      @Nullable Duration retryAfter) {
    synchronized (this) {
      long now = timeline.nanos();
      unanswered--;
      if (configured != Integer.MAX_VALUE || tooMany) {
        answered.add(now);
      }
      if (configured != Integer.MAX_VALUE) {
        learn(now, advisedLimit, remaining, period);
      }
      if (tooMany || retryAfter != null) {
        closeFor(now, retryAfter == null ? Duration.ofNanos(window) : retryAfter);
      }
    }
    grant();
  }

  private void learn(
      long now, @Nullable Integer advised, @Nullable Integer remaining, @Nullable Duration period) {
    if (advised != null) {
      limit = Math.min(configured, advised);
    }
    if (period != null) {
      window = Math.max(WINDOW.plus(DRIFT).toNanos(), period.plus(DRIFT).toNanos());
    }
    boolean others = unanswered + answered.size() < limit;
    if (remaining != null && remaining == 0 && others) {
      closeFor(now, Duration.ofNanos(window)); // somebody else uses the tier too
    }
  }

  private void closeFor(long now, Duration wait) {
    closedUntil = Math.max(closedUntil, now + wait.toNanos());
  }

  /** How many wait for a permit. */
  public synchronized int waiting() {
    return urgent.size() + normal.size();
  }

  /** The right to make one call. */
  public final class Permit {
    private boolean spent;

    private Permit() {}

    /**
     * The call was answered.
     *
     * @param tooMany whether with 429
     */
    public void answered(RateAdvice advice, boolean tooMany) {
      if (spend()) {
        TierBudget.this.answered(
            advice.limit(), advice.remaining(), advice.period(), tooMany, advice.retryAfter());
      }
    }

    /** As {@link #answered}, where this budget is the whole Prism Central's. */
    public void answeredWhole(RateAdvice advice, boolean tooMany) {
      Integer left = advice.wholeRemaining();
      boolean full = tooMany && left != null && left == 0;
      if (spend()) {
        TierBudget.this.answered(
            advice.wholeLimit(), null, null, full, full ? advice.retryAfter() : null);
      }
    }

    /** The call was made and its answer was lost; it may have been counted. */
    public void lost() {
      if (spend()) {
        TierBudget.this.answered(null, null, null, false, null);
      }
    }

    /** No call was made. */
    public void unused() {
      if (spend()) {
        synchronized (TierBudget.this) {
          unanswered--;
        }
        grant();
      }
    }

    private synchronized boolean spend() {
      boolean first = !spent;
      spent = true;
      return first;
    }
  }
}
