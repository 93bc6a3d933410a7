package io.drover.execution;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One execution at a time per VM, by system and extId. Kept until the outcome is known to be safe.
 */
public interface VmLocks {

  /** True when this execution holds it now; asking again is fine. */
  boolean tryAcquire(Subject vm, String execution);

  /** Hands the lock of an unproven execution to the one that is to put it right. */
  boolean handOver(String fromExecution, String toExecution);

  void release(String execution);

  Optional<Held> holder(String system, String extId);

  List<Held> all();

  /** A held lock. */
  record Held(Subject vm, String execution, Instant since) {}
}
