package io.drover.runtime.dr;

import io.drover.dr.Protection;
import io.drover.dr.Protections;
import io.drover.execution.LedgerClock;
import io.drover.runtime.StepContext;
import io.drover.runtime.StepFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What one group of a replication decides in Java, by the names that its route uses. */
public final class ProtectGroupBlocks {
  private final Protections protections;
  private final LedgerClock clock;

  ProtectGroupBlocks(Protections protections, LedgerClock clock) {
    this.protections = protections;
    this.clock = clock;
  }

  /** Body: the replication's result. When the copy must be seen, and what it must be like. */
  public Map<String, @Nullable Object> expected(Exchange exchange) {
    Map<String, Object> inputs = Groups.map(exchange.getVariable("inputs"));
    Instant now = clock.now();
    Duration within = Duration.parse(String.valueOf(inputs.get("landWithin")));
    Map<String, @Nullable Object> expected = new LinkedHashMap<>();
    expected.put("landBy", now.plus(within).toString());
    expected.put("giveUp", now.plus(within).plus(Duration.ofDays(3)).toString());
    return expected;
  }

  /** Body: the copy as it was seen. Records it; what is missing of it afterwards. */
  public Map<String, @Nullable Object> record(Exchange exchange) {
    Map<String, Object> inputs = Groups.map(exchange.getVariable("inputs"));
    Map<String, Object> point = Groups.map(exchange.getVariable("recoveryPoint"));
    Map<String, Object> copy = Groups.map(exchange.getVariable("copy"));
    String run = String.valueOf(inputs.get("run"));
    String system = String.valueOf(inputs.get("system"));
    String target = String.valueOf(inputs.get("target"));
    Map<String, String> seen = new LinkedHashMap<>();
    Map<String, String> missing = new LinkedHashMap<>();
    Map<String, Object> parts = Groups.map(copy.get("vmRecoveryPoints"));
    List<String> names = new ArrayList<>();
    for (Map<String, Object> vm : Groups.maps(inputs.get("vms"))) {
      String id = String.valueOf(vm.get("extId"));
      Object part = parts.get(id);
      if (part == null) {
        missing.put(id, "The copy " + copy.get("replica") + " does not hold this VM");
        names.add(vm.get("name") + " (" + id + ")");
      } else {
        seen.put(id, part.toString());
      }
    }
    protections.verified(
        new Protections.Seen(
            StepContext.of(exchange).key().execution(),
            run,
            system,
            target,
            Instant.parse(String.valueOf(point.get("creationTime"))),
            String.valueOf(copy.get("replica")),
            String.valueOf(copy.get("locationAgnosticId")),
            copy.get("cluster") == null ? null : copy.get("cluster").toString(),
            Instant.parse(String.valueOf(copy.get("expirationTime"))),
            Instant.parse(String.valueOf(copy.get("seenAt"))),
            seen));
    protections.failed(run, system, target, Protection.State.FAILED, missing);
    Map<String, @Nullable Object> result = new LinkedHashMap<>(copy);
    result.remove("vmRecoveryPoints");
    result.put("recoveryPoint", point.get("recoveryPoint"));
    result.put("missing", names);
    return result;
  }

  /** How a group ends whose step failed. */
  public String failedOutcome(Exchange exchange) {
    StepFailedException failure =
        exchange.getProperty(Exchange.EXCEPTION_CAUGHT, StepFailedException.class);
    boolean nothingMade =
        failure != null
            && failure.getStep().equals("create-recovery-point")
            && (failure.getKind().equals("task-failed") || failure.getKind().startsWith("http-4"));
    return nothingMade ? "FAILED_UNCHANGED" : "FAILED_CHANGED";
  }

  /** Why, in words; its first word tells late from failed. */
  public String failure(Exchange exchange) {
    Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    if (failure instanceof StepFailedException step) {
      return (Groups.isLate(step.getKind()) ? Groups.LATE : "Failed: ") + step.getMessage();
    }
    return "Failed: " + (failure == null ? "unknown" : failure.getMessage());
  }
}
