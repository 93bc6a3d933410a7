package io.drover.execution;

import java.util.List;

/**
 * Who drives executions. One process is one <em>runner</em> with a lease in the ledger. Every
 * journal commit checks, in its own transaction, that this runner was not fenced off; taking over a
 * runner fences it first.
 */
public interface Ownership {

  /** This process's runner id. */
  String runner();

  /**
   * Registers this runner. Embedded: everything open is taken over at once. Shared: only runners
   * whose lease ran out.
   */
  void register();

  /**
   * Prolongs the lease, then takes over the executions of dead runners (epoch + 1). Those now ours
   * and not yet driven.
   */
  List<Execution> takeOver();

  /**
   * Counts a failed resume; at the third the execution ends NEEDS_HUMAN for that reason, the
   * messages go to the outbox in the same commit, and true is returned.
   */
  boolean resumeFailed(String execution, String reason, OutboxMessage... messages);

  /** Gives every open execution back and ends the lease, at a planned stop. */
  void giveBack();
}
