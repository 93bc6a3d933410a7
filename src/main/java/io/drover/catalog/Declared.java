package io.drover.catalog;

import java.util.List;
import java.util.Set;

/**
 * What a file brings.
 *
 * @param routes ids
 * @param runbooks in the order of the text
 * @param directs names that its routes listen to
 * @param paths of its HTTP triggers
 * @param configurations ids of route configurations
 * @param schedules what Quartz and the ledger know its schedules by
 */
public record Declared(
    Set<String> routes,
    List<Runbook> runbooks,
    Set<String> directs,
    Set<String> paths,
    Set<String> configurations,
    Set<String> schedules) {
  /** Nothing at all. */
  public static final Declared NOTHING =
      new Declared(Set.of(), List.of(), Set.of(), Set.of(), Set.of(), Set.of());
}
