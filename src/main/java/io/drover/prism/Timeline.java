package io.drover.prism;

import java.time.Duration;

/** Time that passes: the machine's in production, turned by hand in tests. */
public interface Timeline {

  /** Nanoseconds since some moment; never goes back. */
  long nanos();

  /** Runs the work once, about then, on a thread that may block. */
  void after(Duration delay, Runnable work);

  /** Runs the work soon, on a thread that may block. */
  void execute(Runnable work);
}
