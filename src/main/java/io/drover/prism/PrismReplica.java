package io.drover.prism;

import io.drover.odata.Filter;
import io.drover.odata.ODataQuery;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The copy of a recovery point at another Prism Central, as that one shows it. It has an extId of
 * its own; what both have in common is the {@code locationAgnosticId}.
 *
 * @param recoveryPoint extId there
 * @param complete whether it says so itself
 * @param cluster where it lies; null when it does not say
 * @param expirationTime null when it never expires
 * @param vmRecoveryPoints each VM's own point in it, by the VM's extId at the source
 */
public record PrismReplica(
    String recoveryPoint,
    String locationAgnosticId,
    boolean complete,
    @Nullable String cluster,
    @Nullable Instant creationTime,
    @Nullable Instant expirationTime,
    Map<String, Object> vmRecoveryPoints) {

  /** A point that never expires may read as this or earlier (1969-12-31T23:59:59Z was seen). */
  private static final Instant NEVER = Instant.EPOCH;

  /** Times of two Prism Centrals agree to the second. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  public static PrismRequest find(String locationAgnosticId) {
    return PrismRequests.recoveryPoints(
        ODataQuery.where(Filter.eq("locationAgnosticId", locationAgnosticId))
            .orderBy("creationTime", true));
  }

  /** All that a list's answer shows; rows without an id are none. */
  public static List<PrismReplica> of(List<Map<String, Object>> rows) {
    List<PrismReplica> all = new ArrayList<>();
    for (Map<String, Object> row : rows) {
      if (row.get("extId") instanceof String id) {
        all.add(
            new PrismReplica(
                id,
                String.valueOf(row.get("locationAgnosticId")),
                "COMPLETE".equals(row.get("status")),
                cluster(row),
                time(row.get("creationTime")),
                time(row.get("expirationTime")),
                parts(row)));
      }
    }
    return all;
  }

  /** Each VM's own point in a recovery point, by the VM's extId. */
  static Map<String, Object> parts(Map<String, Object> row) {
    Map<String, Object> parts = new LinkedHashMap<>();
    if (row.get("vmRecoveryPoints") instanceof List<?> nested) {
      for (Object each : nested) {
        if (each instanceof Map<?, ?> vm
            && vm.get("vmExtId") instanceof String of
            && vm.get("extId") instanceof String id) {
          parts.put(of, id);
        }
      }
    }
    return parts;
  }

  private static @Nullable String cluster(Map<String, Object> row) {
    return row.get("locationReferences") instanceof List<?> places
            && !places.isEmpty()
            && places.get(0) instanceof Map<?, ?> place
            && place.get("locationExtId") instanceof String id
        ? id
        : null;
  }

  private static @Nullable Instant time(@Nullable Object text) {
    try {
      Instant at = text == null ? null : Instant.parse(text.toString());
      return at == null || !at.isAfter(NEVER) ? null : at;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** Whether it is kept as long as was asked for, and not longer. */
  public boolean expiresAt(Instant asked) {
    return expirationTime != null
        && Duration.between(asked, expirationTime).abs().compareTo(SLACK) <= 0;
  }

  public boolean expired(Instant now) {
    return expirationTime != null && !expirationTime.isAfter(now);
  }
}
