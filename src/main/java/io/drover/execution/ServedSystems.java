package io.drover.execution;

import java.time.Instant;
import java.util.List;

/**
 * Which Prism Central stood behind each configured name. Effects and ids in the ledger mean that
 * one; against another of the same name they would be made twice, or undone on strangers.
 */
public interface ServedSystems {

  /**
   * Remembers the system the first time, and compares after that.
   *
   * @param domainManager the domain manager's extId, read from the system itself
   * @throws AnotherSystem when the name stood for another one; nothing may be driven then
   */
  void serve(String name, String domainManager);

  /** An operator says that the name stands for a new one from now on. False if it was unknown. */
  boolean forget(String name, String who, String reason);

  /** By name. */
  List<Served> all();

  /** A remembered system. */
  record Served(String name, String domainManager, Instant firstSeen) {}

  /** Behind the name is not the system that the ledger knows. */
  final class AnotherSystem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AnotherSystem(String name, String known, String found) {
      super(
          "System "
              + name
              + " is domain manager "
              + found
              + " (expected: "
              + known
              + ", which this ledger served before). Nothing is driven against it; point the name"
              + " back, give the other one a new name, or have an operator forget the old one");
    }
  }
}
