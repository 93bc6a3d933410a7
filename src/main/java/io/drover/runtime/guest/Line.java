package io.drover.runtime.guest;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Lets so many through at a time; the others wait in line without a thread. A log-in costs both
 * sides a key exchange, and hundreds at once would all be late instead of few.
 */
final class Line {
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int free;

  Line(int places) {
    this.free = places;
  }

  /** Runs it now or when its turn comes; whoever got through calls {@link #done} once. */
  void enter(Runnable turn) {
    synchronized (this) {
      if (free == 0) {
        waiting.add(turn);
        return;
      }
      free--;
    }
    turn.run();
  }

  void done() {
    Runnable next;
    synchronized (this) {
      next = waiting.poll();
      if (next == null) {
        free++;
        return;
      }
    }
    next.run();
  }
}
