package io.drover.runtime.dr;

import io.drover.execution.LedgerClock;
import io.drover.execution.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What a verification decides in Java, by the names that its route uses. */
public final class VerifyBlocks {
  private final LedgerClock clock;

  VerifyBlocks(LedgerClock clock) {
    this.clock = clock;
  }

  /** Body: copies, newest first. What may be said of them. */
  public Map<String, @Nullable Object> judge(Exchange exchange) {
    Instant now = clock.now();
    Object vm = Groups.map(exchange.getVariable("inputs")).get("vm");
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    Map<String, @Nullable Object> good = null;
    boolean complete = false;
    boolean lasting = false;
    for (Map<String, Object> copy : Groups.maps(exchange.getMessage().getBody())) {
      Map<String, Object> parts = Groups.map(copy.get("vmRecoveryPoints"));
      Object expires = copy.get("expirationTime");
      boolean expired = expires != null && !Instant.parse(expires.toString()).isAfter(now);
      Map<String, @Nullable Object> row = new LinkedHashMap<>(copy);
      row.remove("vmRecoveryPoints");
      row.put("expired", expired);
      row.put("vms", parts.size());
      if (vm != null) {
        row.put("holdsVm", parts.containsKey(vm.toString()));
      }
      rows.add(row);
      boolean whole = Boolean.TRUE.equals(copy.get("complete"));
      complete |= whole;
      lasting |= whole && !expired;
      if (good == null && whole && !expired && (vm == null || parts.containsKey(vm.toString()))) {
        good = row;
      }
    }
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    Object target = Groups.map(exchange.getVariable("inputs")).get("target");
    Outcome outcome = good == null ? Outcome.FAILED_UNCHANGED : Outcome.SUCCEEDED;
    result.put("outcome", outcome.name());
    result.put("reason", reason(rows, good, complete, lasting, String.valueOf(target)));
    result.put("found", rows.size());
    result.put("complete", complete);
    result.put("expiresAt", good == null ? null : good.get("expirationTime"));
    result.put("copies", rows);
    return result;
  }

  private static String reason(
      List<Map<String, @Nullable Object>> rows,
      @Nullable Map<String, @Nullable Object> good,
      boolean complete,
      boolean lasting,
      String target) {
    if (good != null) {
      Object expires = good.get("expirationTime");
      return "Copy "
          + good.get("recoveryPoint")
          + " is at "
          + target
          + ", complete, "
          + (expires == null ? "and never expires" : "until " + expires);
    }
    if (rows.isEmpty()) {
      return "There is no copy at " + target;
    }
    return (complete
            ? lasting ? "No copy that lasts holds this VM" : "Every complete copy has expired"
            : "No copy is complete")
        + " at "
        + target
        + "; found "
        + rows.size();
  }
}
