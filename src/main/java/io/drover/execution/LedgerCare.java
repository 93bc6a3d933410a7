package io.drover.execution;

import java.time.Instant;

/** Keeps the ledger small and safe. */
public interface LedgerCare {

  /**
   * Copies the embedded ledger while it is in use: everything that was committed when it begins.
   *
   * @throws Operations.NotPossible when the ledger is in a database that is not embedded
   */
  Backup backup();

  /**
   * Deletes executions with all that belongs to them, whole trees at a time. A tree stays while one
   * of it is open, may still hold a VM, or waits for a human.
   *
   * @param before when the tree's root must have ended
   * @param dryRun only count
   */
  Pruned prune(Instant before, boolean dryRun);

  /**
   * A copy.
   *
   * @param file where it is, on the machine that Drover runs on
   */
  record Backup(String file, long bytes, String sha256) {}

  /**
   * What is old enough.
   *
   * @param deleted false when it was only counted
   */
  record Pruned(long executions, long steps, long effects, long artifacts, boolean deleted) {
    Pruned plus(Pruned other) {
      return new Pruned(
          executions + other.executions,
          steps + other.steps,
          effects + other.effects,
          artifacts + other.artifacts,
          deleted);
    }
  }
}
