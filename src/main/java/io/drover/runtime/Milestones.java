package io.drover.runtime;

import org.apache.camel.Exchange;

/**
 * The named places between two writes or calls at which a process may die. Nothing listens in
 * production; the crash tests kill the process there.
 */
public interface Milestones {

  /**
   * Called on the thread that passes the place; an implementation that does not return is a process
   * that died there.
   */
  void reached(String point, Exchange exchange);
}
