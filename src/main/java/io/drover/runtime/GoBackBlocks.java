package io.drover.runtime;

import io.drover.execution.Effect;
import io.drover.execution.Executions;
import io.drover.execution.LedgerClock;
import io.drover.patch.Eligibility;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What going back to an earlier recovery point decides in Java, by the names that its route uses.
 */
public final class GoBackBlocks {
  private final LedgerClock clock;
  private final Executions executions;

  GoBackBlocks(LedgerClock clock, Executions executions) {
    this.clock = clock;
    this.executions = executions;
  }

  /** Body: the VM as Prism Central shows it. Leaves what of it is approved. */
  public Map<String, @Nullable Object> vm(Exchange exchange) {
    Map<String, Object> vm = map(exchange.getMessage().getBody());
    Object extId = map(exchange.getVariable("inputs")).get("extId");
    Map<String, @Nullable Object> kept = new LinkedHashMap<>();
    kept.put("system", exchange.getVariable("system"));
    kept.put("extId", extId);
    kept.put("name", vm.get("name"));
    kept.put("address", Eligibility.of(Map.of(), vm).get("address"));
    if (kept.get("address") == null) {
      throw refused("no-address", "VM " + vm.get("name") + " shows no IP address to prove it by");
    }
    return kept;
  }

  /**
   * Body: the recovery point as Prism Central shows it; the variable {@code vmNow} as {@link #vm}
   * left it. Leaves what the approvers see.
   *
   * @throws CallFailure when it is not one of this VM, not complete or over
   */
  public Map<String, @Nullable Object> facts(Exchange exchange) {
    Map<String, Object> vm = map(exchange.getVariable("vmNow"));
    Map<String, Object> row = map(exchange.getMessage().getBody());
    Instant now = clock.now();
    Instant created = instant(row, "creationTime");
    Instant expires = row.get("expirationTime") == null ? null : instant(row, "expirationTime");
    String name = row.get("name") + " (" + row.get("extId") + ")";
    if (!"COMPLETE".equals(row.get("status"))) {
      throw refused("not-complete", "Recovery point " + name + " is " + row.get("status"));
    }
    if (expires != null && !expires.isAfter(now)) {
      throw refused("expired", "Recovery point " + name + " expired at " + expires);
    }
    Map<String, @Nullable Object> point = new LinkedHashMap<>();
    point.put("recoveryPoint", row.get("extId"));
    point.put("vmRecoveryPoint", ofVm(row, vm.get("extId"), name));
    point.put("name", row.get("name"));
    point.put("creationTime", created.toString());
    point.put("expirationTime", expires == null ? null : expires.toString());
    Map<String, Object> inputs = map(exchange.getVariable("inputs"));
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put(
        "what",
        "Put VM "
            + vm.get("name")
            + " back to its recovery point of "
            + created
            + " and patch it again. Everything written on it since then is lost.");
    facts.put("vm", vm);
    facts.put("recoveryPoint", point);
    facts.put("command", map(inputs.get("patch")).get("command"));
    Map<String, Object> ages = new LinkedHashMap<>();
    ages.put("readAt", now.toString());
    ages.put("recoveryPointAge", age(Duration.between(created, now)));
    facts.put("asOf", ages);
    return facts;
  }

  private static Object ofVm(Map<String, Object> row, @Nullable Object vmExtId, String name) {
    if (row.get("vmRecoveryPoints") instanceof List<?> nested) {
      for (Object each : nested) {
        Map<String, Object> vm = map(each);
        Object extId = vm.get("extId");
        if (extId != null && String.valueOf(vmExtId).equals(vm.get("vmExtId"))) {
          return extId;
        }
      }
    }
    throw refused("not-of-this-vm", "Recovery point " + name + " holds nothing of this VM");
  }

  /** The inputs with which roll-back-vm puts it back. */
  public Map<String, @Nullable Object> request(Exchange exchange) {
    Map<String, Object> inputs = map(exchange.getVariable("inputs"));
    Map<String, Object> facts = map(exchange.getVariable("facts"));
    Map<String, Object> vm = map(facts.get("vm"));
    Map<String, Object> point = map(facts.get("recoveryPoint"));
    Map<String, @Nullable Object> request = new LinkedHashMap<>();
    request.put("system", inputs.get("system"));
    request.put("extId", inputs.get("extId"));
    request.put("name", vm.get("name"));
    request.put("address", vm.get("address"));
    request.put("recoveryPoint", point);
    Object check = map(inputs.get("patch")).get("healthCheck");
    if (check != null) {
      request.put("healthCheck", check);
    }
    String marker = marker(String.valueOf(point.get("recoveryPoint")), inputs.get("rerunOf"));
    if (marker != null) {
      request.put("markerOf", marker);
    }
    return request;
  }

  /**
   * The execution that made the recovery point wrote a file after it, which must be gone then. Null
   * if it was not the one that is rerun.
   */
  private @Nullable String marker(String recoveryPoint, @Nullable Object earlier) {
    if (earlier == null) {
      return null;
    }
    boolean its =
        executions.effects(earlier.toString()).stream()
            .filter(effect -> effect.kind().equals("create-recovery-point"))
            .filter(effect -> effect.state() == Effect.State.DONE)
            .anyMatch(effect -> String.valueOf(effect.result()).contains(recoveryPoint));
    boolean marked =
        executions.effects(earlier.toString()).stream()
            .anyMatch(
                effect ->
                    effect.kind().equals("write-marker") && effect.state() == Effect.State.DONE);
    return its && marked ? earlier.toString() : null;
  }

  /** Days, hours and minutes. */
  static String age(Duration age) {
    return age.toDays() > 0
        ? age.toDays() + " d " + age.toHoursPart() + " h"
        : age.toHours() > 0
            ? age.toHours() + " h " + age.toMinutesPart() + " min"
            : age.toMinutes() + " min";
  }

  private static Instant instant(Map<String, Object> row, String name) {
    try {
      return Instant.parse(String.valueOf(row.get(name)));
    } catch (DateTimeParseException e) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "unreadable",
          "The recovery point's " + name + " is " + row.get(name) + " (expected: an instant)");
    }
  }

  private static CallFailure refused(String kind, String message) {
    return new CallFailure(CallFailure.Verdict.REFUSED, kind, message);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
