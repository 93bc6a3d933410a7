package io.drover.catalog;

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
   */
  public record Shipped(
      Set<String> files, Set<String> routes, Set<String> runbooks, Set<String> paths) {}

  /** What is packaged with Drover. Reads the class path; the result does not change. */
  public static Known packaged() {
    return PackagedRoutes.known();
  }

  /**
   * With what another file beside the checked one declares: its runbooks may be started, its names
   * are taken. Its sub-routes are its own.
   */
  public Known with(Declared other) {
    Map<String, Runbook> allRunbooks = new LinkedHashMap<>(runbooks);
    other.runbooks().forEach(runbook -> allRunbooks.putIfAbsent(runbook.name(), runbook));
    Set<String> taken = new LinkedHashSet<>(shipped.runbooks());
    other.runbooks().forEach(runbook -> taken.add(runbook.name()));
    return new Known(
        kamelets,
        beans,
        Map.copyOf(allRunbooks),
        directs,
        doors,
        configurations,
        new Shipped(
            shipped.files(),
            both(shipped.routes(), other.routes()),
            Set.copyOf(taken),
            both(shipped.paths(), other.paths())));
  }

  private static Set<String> both(Set<String> one, Set<String> other) {
    Set<String> all = new LinkedHashSet<>(one);
    all.addAll(other);
    return Set.copyOf(all);
  }
}
