package io.drover.catalog;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a route file may refer to, and whose names it must leave alone.
 *
 * @param kamelets by name
 * @param beans by name
 * @param runbooks by name: the packaged ones, and those of the other files beside the checked one
 * @param directs names of {@code direct:} routes of other files
 * @param doors those of them that are doors to systems: only Kamelets call them
 * @param configurations ids of route configurations
 * @param shipped what Drover ships under these names
 */
public record Known(
    Map<String, Kamelet> kamelets,
    Map<String, Bean> beans,
    Map<String, Runbook> runbooks,
    Set<String> directs,
    Set<String> doors,
    Set<String> configurations,
    Shipped shipped) {

  /**
   * Names that belong to Drover.
   *
   * @param files names of packaged files
   * @param routes ids of routes
   * @param runbooks names of runbooks
   * @param paths of HTTP triggers
   * @param schedules what Quartz and the ledger know schedules by
   */
  public record Shipped(
      Set<String> files,
      Set<String> routes,
      Set<String> runbooks,
      Set<String> paths,
      Set<String> schedules) {}

  /** What is packaged with Drover. Reads the class path; the result does not change. */
  public static Known packaged() {
    return PackagedRoutes.known();
  }

  /**
   * With what the other files beside the checked one declare: their runbooks may be started. Their
   * sub-routes are their own.
   *
   * @param before files whose names are taken
   * @param after files that must leave the checked one's names alone
   */
  public Known beside(Collection<Declared> before, Collection<Declared> after) {
    Map<String, Runbook> allRunbooks = new LinkedHashMap<>(runbooks);
    Set<String> routes = new LinkedHashSet<>(shipped.routes());
    Set<String> taken = new LinkedHashSet<>(shipped.runbooks());
    Set<String> paths = new LinkedHashSet<>(shipped.paths());
    Set<String> schedules = new LinkedHashSet<>(shipped.schedules());
    for (Declared other : before) {
      routes.addAll(other.routes());
      paths.addAll(other.paths());
      schedules.addAll(other.schedules());
      for (Runbook runbook : other.runbooks()) {
        taken.add(runbook.name());
        allRunbooks.putIfAbsent(runbook.name(), runbook);
      }
    }
    for (Declared other : after) {
      other.runbooks().forEach(runbook -> allRunbooks.putIfAbsent(runbook.name(), runbook));
    }
    return new Known(
        kamelets,
        beans,
        Collections.unmodifiableMap(allRunbooks),
        directs,
        doors,
        configurations,
        new Shipped(
            shipped.files(),
            Collections.unmodifiableSet(routes),
            Collections.unmodifiableSet(taken),
            Collections.unmodifiableSet(paths),
            Collections.unmodifiableSet(schedules)));
  }
}
