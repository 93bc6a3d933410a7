package io.drover.drift;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A comparison in figures.
 *
 * @param vms in Prism, those too that were not asked for
 * @param records in the CMDB
 * @param hidden records that the CMDB counts and did not show: their VMs look as if they were
 *     missing
 * @param sure whether no VM can be missing from what Prism told
 * @param counts findings by {@link Finding.Kind#word}
 * @param matched VMs with a record by {@link Finding.How#word}
 */
public record Summary(
    String execution,
    String system,
    String comparedAt,
    int vms,
    int records,
    int hidden,
    boolean sure,
    int findings,
    Map<String, Integer> counts,
    Map<String, Integer> matched) {

  /** What was read. */
  public record Read(
      String execution, String system, int vms, int records, int hidden, boolean sure) {}

  /** Of a comparison. */
  public static Summary of(Read read, String comparedAt, Drift drift) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    drift.counts().forEach((kind, count) -> counts.put(kind.word(), count));
    Map<String, Integer> matched = new LinkedHashMap<>();
    drift.matched().forEach((how, count) -> matched.put(how.word(), count));
    return new Summary(
        read.execution(),
        read.system(),
        comparedAt,
        read.vms(),
        read.records(),
        read.hidden(),
        read.sure(),
        drift.findings().size(),
        counts,
        matched);
  }
}
