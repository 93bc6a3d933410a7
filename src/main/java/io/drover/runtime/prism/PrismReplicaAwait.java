package io.drover.runtime.prism;

import io.drover.prism.PrismProblem;
import io.drover.prism.PrismReplica;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A copy that is waited for at the system that it was sent to. That it is not there is said only
 * after a look that was answered: while that system is away, nobody knows.
 *
 * @param system where to look
 * @param cluster of it; null: any
 * @param vms extIds of the VMs that must be in it
 * @param expirationTime when it must expire
 * @param landBy a look after this instant that does not find it is the last
 * @param giveUp no look after this instant, answered or not
 */
record PrismReplicaAwait(
    String system,
    String locationAgnosticId,
    @Nullable String cluster,
    List<String> vms,
    Instant expirationTime,
    Instant landBy,
    Instant giveUp) {
  private static final Duration FIRST = Duration.ofMillis(400);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** Looks until it is so, ever more slowly. */
  CompletableFuture<Map<String, Object>> await(
      PrismSystems systems,
      PrismCalls calls,
      PrismLook look,
      Supplier<Instant> now,
      Caller caller) {
    return new Waiting(systems.get(system), calls, look, now, caller).look(FIRST);
  }

  private final class Waiting {
    private final PrismCentral central;
    private final PrismCalls calls;
    private final PrismLook look;
    private final Supplier<Instant> now;
    private final Caller caller;

    Waiting(
        PrismCentral central,
        PrismCalls calls,
        PrismLook look,
        Supplier<Instant> now,
        Caller caller) {
      this.central = central;
      this.calls = calls;
      this.look = look;
      this.now = now;
      this.caller = caller;
    }

    CompletableFuture<Map<String, Object>> look(Duration pause) {
      Instant begun = now.get();
      return calls
          .read(central, PrismReplica.find(locationAgnosticId), caller)
          .handle(
              (answer, error) -> {
                if (error == null) {
                  return judge(PrismReplica.of(answer.page().rows()), begun, pause);
                }
                PrismProblem problem = PrismProblemsIn.find(error);
                boolean away =
                    problem != null && problem.verdict() == PrismProblem.Verdict.TRANSIENT;
                return away && now.get().isBefore(giveUp)
                    ? later(pause)
                    : CompletableFuture.<Map<String, Object>>failedFuture(
                        PrismProblemsIn.unwrap(error));
              })
          .thenCompose(next -> next);
    }

    private CompletableFuture<Map<String, Object>> judge(
        List<PrismReplica> seen, Instant begun, Duration pause) {
      PrismReplica found =
          seen.stream()
              .filter(replica -> cluster == null || cluster.equals(replica.cluster()))
              .findFirst()
              .orElse(null);
      if (found != null && found.complete()) {
        return found.expiresAt(expirationTime)
            ? CompletableFuture.completedFuture(told(found, begun))
            : failed(
                "replica-expiry",
                "expires "
                    + (found.expirationTime() == null ? "never" : "at " + found.expirationTime())
                    + ", not at "
                    + expirationTime
                    + " as was asked for");
      }
      if (begun.isBefore(landBy)) {
        return later(pause);
      }
      return found == null
          ? failed("replica-missing", "is not there; it should have been by " + landBy)
          : failed("replica-incomplete", "is not complete; it should have been by " + landBy);
    }

    private CompletableFuture<Map<String, Object>> failed(String kind, String why) {
      return CompletableFuture.failedFuture(
          PrismProblem.of(
              PrismProblem.Verdict.REFUSED,
              kind,
              "The copy of recovery point " + locationAgnosticId + " at " + system + " " + why));
    }

    private CompletableFuture<Map<String, Object>> later(Duration pause) {
      Duration next = pause.multipliedBy(3).dividedBy(2);
      Duration left = Duration.between(now.get(), landBy);
      boolean justBefore = !left.isNegative() && left.compareTo(pause) < 0;
      return look.pause(justBefore ? left.plusMillis(1) : pause)
          .thenCompose(ok -> look(next.compareTo(LONGEST) > 0 ? LONGEST : next));
    }

    private Map<String, Object> told(PrismReplica found, Instant at) {
      List<String> missing = new ArrayList<>(vms);
      missing.removeAll(found.vmRecoveryPoints().keySet());
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("replica", found.recoveryPoint());
      result.put("locationAgnosticId", locationAgnosticId);
      if (found.cluster() != null) {
        result.put("cluster", found.cluster());
      }
      result.put("expirationTime", String.valueOf(found.expirationTime()));
      result.put("vmRecoveryPoints", found.vmRecoveryPoints());
      result.put("missing", missing);
      result.put("seenAt", at.toString());
      return result;
    }
  }
}
