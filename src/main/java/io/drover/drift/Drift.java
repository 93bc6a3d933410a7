package io.drover.drift;

import io.drover.drift.Finding.How;
import io.drover.drift.Finding.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where an estate and its CMDB differ.
 *
 * @param findings by kind, then by name
 * @param matched VMs that have a record, by how they were matched
 */
public record Drift(List<Finding> findings, Map<How, Integer> matched) {

  /**
   * @param vms all VMs, those too that are not asked for
   * @param cis all records of these VMs
   */
  public static Drift between(List<VmFacts> vms, List<CiFacts> cis) {
    Matching matching = new Matching(vms, cis);
    List<Finding> findings = new ArrayList<>(matching.ambiguous());
    Map<How, Integer> matched = new EnumMap<>(How.class);
    for (Matching.Pair pair : matching.pairs()) {
      matched.merge(pair.how(), 1, Integer::sum);
      if (pair.vm().asked()) {
        compare(pair, findings);
      }
    }
    for (VmFacts vm : matching.alone()) {
      if (vm.asked()) {
        findings.add(
            new Finding(
                Kind.MISSING_IN_CMDB, vm.extId(), vm.name(), null, null, "", null, null, How.NONE));
      }
    }
    for (CiFacts ci : matching.orphans()) {
      if (!ci.retired()) {
        findings.add(
            new Finding(
                Kind.MISSING_IN_PRISM,
                null,
                null,
                ci.sysId(),
                ci.name(),
                "",
                null,
                null,
                How.NONE));
      }
    }
    findings.sort(
        Comparator.comparing(Finding::kind)
            .thenComparing(Finding::called)
            .thenComparing(finding -> Objects.toString(finding.vm(), ""))
            .thenComparing(finding -> Objects.toString(finding.ci(), "")));
    return new Drift(findings, matched);
  }

  /** How many of each kind; those that are not there are 0. */
  public Map<Kind, Integer> counts() {
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      counts.put(kind, 0);
    }
    findings.forEach(finding -> counts.merge(finding.kind(), 1, Integer::sum));
    return counts;
  }

  /** Nobody keeps the fields of a retired record, so only its being retired is looked at. */
  private static void compare(Matching.Pair pair, List<Finding> findings) {
    VmFacts vm = pair.vm();
    CiFacts ci = pair.ci();
    if (pair.how() == How.NAME && !ci.uuids().isEmpty()) {
      List<String> others = ci.uuids().stream().map(UUID::toString).toList();
      findings.add(finding(Kind.UUID_DIFFERS, pair, "uuid", vm.extId(), String.join(" ", others)));
    }
    if (ci.retired()) {
      if (vm.on()) {
        findings.add(finding(Kind.RETIRED_BUT_RUNNING, pair, "status", "running", "retired"));
      }
      return;
    }
    if (differ(vm.owner(), ci.owner())) {
      findings.add(finding(Kind.OWNER_DIFFERS, pair, "owner", vm.owner(), ci.owner()));
    }
    if (differ(vm.environment(), ci.environment())) {
      findings.add(
          finding(
              Kind.ENVIRONMENT_DIFFERS, pair, "environment", vm.environment(), ci.environment()));
    }
  }

  private static boolean differ(@Nullable String one, @Nullable String other) {
    String left = one == null ? "" : one.strip();
    String right = other == null ? "" : other.strip();
    return !left.equalsIgnoreCase(right);
  }

  private static Finding finding(
      Kind kind, Matching.Pair pair, String field, @Nullable String prism, @Nullable String cmdb) {
    return new Finding(
        kind,
        pair.vm().extId(),
        pair.vm().name(),
        pair.ci().sysId(),
        pair.ci().name(),
        field,
        prism,
        cmdb,
        pair.how());
  }
}
