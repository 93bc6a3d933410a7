package io.drover.dr;

import io.drover.execution.InvalidInput;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the VMs of one category are protected.
 *
 * @param category {@code Key:Value}
 * @param applicationConsistent whether guests are quiesced where their tools allow it
 * @param retention how long a point and its copy are kept
 * @param rpo how old the newest copy may be
 */
public record ReplicationPolicy(
    String category, boolean applicationConsistent, Duration retention, Duration rpo) {
  private static final String FIELD = "policies";

  /** As Prism writes it. */
  public String consistency() {
    return applicationConsistent ? "APPLICATION_CONSISTENT" : "CRASH_CONSISTENT";
  }

  /**
   * The policies of a run, valid by its schema. The first one that a VM's categories match is its
   * own.
   *
   * @param longest no point may be kept longer
   * @throws InvalidInput naming every wrong field
   */
  public static List<ReplicationPolicy> of(Map<String, ?> inputs, Duration longest) {
    List<InvalidInput.Field> wrong = new ArrayList<>();
    List<ReplicationPolicy> policies = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    List<?> rows = inputs.get(FIELD) instanceof List<?> list ? list : List.of();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i) instanceof Map<?, ?> row) {
        String at = FIELD + "[" + i + "].";
        String category = String.valueOf(row.get("category"));
        Duration retention = duration(row, at, "retention", wrong);
        Duration rpo = duration(row, at, "rpo", wrong);
        if (!seen.add(category)) {
          wrong.add(new InvalidInput.Field(at + "category", category, "a category only once"));
        }
        if (retention.compareTo(longest) > 0) {
          wrong.add(
              new InvalidInput.Field(at + "retention", retention.toString(), "at most " + longest));
        } else if (!retention.isZero() && retention.compareTo(rpo) < 0) {
          wrong.add(
              new InvalidInput.Field(
                  at + "retention",
                  retention.toString(),
                  "at least the rpo, " + rpo + ": the last copy must not end before the next"));
        }
        policies.add(
            new ReplicationPolicy(
                category, "APPLICATION_CONSISTENT".equals(row.get("consistency")), retention, rpo));
      }
    }
    if (!wrong.isEmpty()) {
      throw new InvalidInput(wrong);
    }
    return policies;
  }

  private static Duration duration(
      Map<?, ?> row, String at, String field, List<InvalidInput.Field> wrong) {
    @Nullable Object text = row.get(field);
    try {
      Duration duration = Duration.parse(String.valueOf(text));
      if (!duration.isNegative() && !duration.isZero()) {
        return duration;
      }
    } catch (DateTimeException e) {
      // said below
    }
    wrong.add(
        new InvalidInput.Field(
            at + field,
            text == null ? "(missing)" : text.toString(),
            "a duration of days or hours like P14D or PT36H"));
    return Duration.ZERO;
  }
}
