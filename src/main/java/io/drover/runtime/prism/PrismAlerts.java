package io.drover.runtime.prism;

import io.drover.odata.Filter;
import io.drover.odata.Literal;
import io.drover.odata.ODataQuery;
import io.drover.prism.PrismProblem;
import io.drover.prism.PrismRequests;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** Reads which alerts came, and whether their VMs are of some categories. */
final class PrismAlerts {
  /** More within the time that a trigger looks back are a storm that no runbook ends. */
  private static final int MOST = 10_000;

  private final PrismSystems systems;
  private final PrismLists lists;
  private final PrismCalls calls;
  private final PrismInventory inventory;

  PrismAlerts(PrismSystems systems, PrismLists lists, PrismCalls calls) {
    this.systems = systems;
    this.lists = lists;
    this.calls = calls;
    this.inventory = new PrismInventory(lists);
  }

  /**
   * @throws PrismProblem when no such system is configured
   */
  void check(String system) {
    systems.get(system);
  }

  /**
   * Unresolved alerts about VMs since then, by its clock; oldest first. They are sorted here: v4.0
   * of the API cannot.
   */
  List<PrismAlert> since(String system, Instant ours) {
    Instant from = systems.get(system).theirs(ours);
    ODataQuery query = ODataQuery.where(Filter.ge("creationTime", Literal.time(from)));
    PrismList list =
        new PrismList(
            system,
            PrismRequests::alerts,
            List.of(query),
            row -> true,
            PrismRequests.LARGEST_PAGE,
            MOST);
    return lists.all(list, Caller.HOUSE).join().stream()
        .map(PrismAlert::of)
        .filter(Objects::nonNull)
        .filter(alert -> !alert.created().isBefore(from))
        .sorted(Comparator.comparing(PrismAlert::created).thenComparing(PrismAlert::extId))
        .toList();
  }

  /** ExtIds of the wanted values, by key. */
  List<Set<String>> categories(String system, Map<String, Set<String>> wanted) {
    return wanted.entrySet().stream()
        .map(entry -> inventory.categories(system, entry.getKey(), entry.getValue(), Caller.HOUSE))
        .toList();
  }

  /** Whether the VM has one of each; no when it is gone. */
  boolean has(String system, String vm, List<Set<String>> categories) {
    try {
      Map<String, Object> row =
          calls.read(systems.get(system), PrismRequests.vm(vm), Caller.HOUSE).join().object();
      return PrismInventory.hasOneOfEach(row, categories);
    } catch (CompletionException e) {
      PrismProblem problem = PrismProblemsIn.find(e);
      if (problem != null && problem.status() == 404) {
        return false;
      }
      throw e;
    }
  }
}
