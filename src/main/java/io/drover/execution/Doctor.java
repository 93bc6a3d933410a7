package io.drover.execution;

import java.util.List;

/** Looks whether Drover could do its work now: at what it needs of itself and of each system. */
public interface Doctor {

  /** Everything, by system; changes nothing anywhere. Takes as long as the slowest system. */
  List<Checkup> examine();

  /**
   * One thing that was looked at.
   *
   * @param system as {@code prism production} or {@code ledger}
   * @param check as {@code reachable, certificate, clock, credentials, rights}
   * @param text what was found, and what to do about it; never a secret
   */
  record Checkup(String system, String check, Result result, String text) {}

  /** How it is. */
  enum Result {
    OK,
    /** It works, and somebody should do something about it. */
    WARNING,
    FAILED
  }
}
