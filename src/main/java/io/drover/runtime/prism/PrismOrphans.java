package io.drover.runtime.prism;

import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import io.drover.execution.Orphans;
import io.drover.execution.VmLocks;
import io.drover.odata.Filter;
import io.drover.odata.ODataQuery;
import io.drover.prism.PrismChanges;
import io.drover.prism.PrismRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Compares what stands in the Prism Centrals and in the ledger with the executions. */
final class PrismOrphans implements Orphans {
  private static final int MOST = 1_000;

  private final PrismSystems systems;
  private final PrismLists lists;
  private final Executions executions;
  private final VmLocks locks;

  PrismOrphans(PrismSystems systems, PrismLists lists, Executions executions, VmLocks locks) {
    this.systems = systems;
    this.lists = lists;
    this.executions = executions;
    this.locks = locks;
  }

  @Override
  public Found find() {
    List<Orphan> orphans = new ArrayList<>();
    List<String> unread = new ArrayList<>();
    for (String system : systems.names()) {
      try {
        recoveryPoints(system, orphans);
      } catch (CompletionException | IllegalArgumentException e) {
        Throwable cause = PrismProblemsIn.unwrap(e);
        unread.add(system + " could not be asked: " + cause.getMessage());
      }
    }
    locks(orphans);
    effects(orphans);
    return new Found(orphans, unread);
  }

  /** Points with our name of which the ledger knows nothing, and points that nothing ends. */
  private void recoveryPoints(String system, List<Orphan> orphans) {
    ODataQuery query =
        ODataQuery.where(Filter.startsWith("name", PrismChanges.NAME_PREFIX))
            .select(List.of("extId", "name", "creationTime", "expirationTime"));
    List<Map<String, Object>> rows =
        lists
            .all(
                new PrismList(
                    system,
                    PrismRequests::recoveryPoints,
                    List.of(query),
                    row -> true,
                    PrismRequests.LARGEST_PAGE,
                    1_000_000),
                Caller.HOUSE)
            .join();
    Set<String> known =
        executions.knownEffects(rows.stream().map(row -> effect(row.get("name"))).toList());
    for (Map<String, Object> row : rows) {
      boolean ours = known.contains(effect(row.get("name")));
      boolean endless = row.get("expirationTime") == null;
      if (!ours || endless) {
        orphans.add(
            new Orphan(
                "recovery-point",
                system,
                String.valueOf(row.get("extId")),
                String.valueOf(row.get("name")),
                null,
                (ours ? "" : "This ledger has no effect that made it; another Drover may. ")
                    + (endless
                        ? "It has no expiry and stays until somebody deletes it"
                        : "It ends by itself at " + row.get("expirationTime")),
                PrismLists.instant(row.get("creationTime"))));
      }
    }
  }

  private static String effect(@Nullable Object name) {
    String text = String.valueOf(name);
    return text.startsWith(PrismChanges.NAME_PREFIX)
        ? text.substring(PrismChanges.NAME_PREFIX.length())
        : text;
  }

  private void locks(List<Orphan> orphans) {
    for (VmLocks.Held lock : locks.all()) {
      Execution holder = executions.find(lock.execution()).orElse(null);
      boolean accounted =
          holder != null
              && (holder.state() != ExecutionState.ENDED
                  || (holder.outcome() != null
                      && !holder.outcome().safe()
                      && holder.resolution() == null));
      if (!accounted) {
        orphans.add(
            new Orphan(
                "lock",
                lock.vm().system(),
                lock.vm().extId(),
                lock.vm().name(),
                lock.execution(),
                holder == null
                    ? "Its execution is not in the ledger"
                    : "Its execution ended " + holder.outcome(),
                lock.since()));
      }
    }
  }

  private void effects(List<Orphan> orphans) {
    for (Effect effect : executions.unsettledEffects(MOST)) {
      orphans.add(
          new Orphan(
              "effect",
              effect.system(),
              effect.target(),
              effect.targetName(),
              effect.execution(),
              effect.kind()
                  + " is "
                  + effect.state()
                  + (effect.taskExtId() == null ? "" : ", task " + effect.taskExtId())
                  + "; its execution ended without knowing what became of it",
              effect.journaledAt()));
    }
  }
}
