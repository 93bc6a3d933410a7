package io.drover.api;

import io.drover.dr.Protection;
import io.drover.dr.Protections;
import io.drover.execution.LedgerClock;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/protection")
@Tag(
    name = "Protection",
    description = "Which VMs have a copy on the other side, and how old it is")
class ProtectionApi {
  private static final int MOST = 10_000;

  private final Protections protections;
  private final LedgerClock clock;

  ProtectionApi(Protections protections, LedgerClock clock) {
    this.protections = protections;
    this.clock = clock;
  }

  /**
   * One VM at one target.
   *
   * @param rpoLagSeconds age of its newest copy that still exists; null: there is none
   * @param state of the last try
   */
  record ProtectionView(
      String system,
      String target,
      String vmExtId,
      String vmName,
      String category,
      Protection.State state,
      @Nullable String reason,
      @Nullable Long rpoLagSeconds,
      long rpoSeconds,
      boolean overRpo,
      @Nullable Instant pointAt,
      @Nullable String replica,
      @Nullable String locationAgnosticId,
      @Nullable Instant expiresAt,
      @Nullable Instant verifiedAt,
      @Nullable String verifiedBy,
      String triedBy,
      Instant triedAt) {
    static ProtectionView of(Protection vm, Instant now) {
      Duration lag = vm.lag(now);
      return new ProtectionView(
          vm.system(),
          vm.target(),
          vm.vmExtId(),
          vm.vmName(),
          vm.category(),
          vm.state(),
          vm.reason(),
          lag == null ? null : lag.toSeconds(),
          vm.rpo().toSeconds(),
          vm.overRpo(now),
          vm.pointAt(),
          vm.replica(),
          vm.locationAgnosticId(),
          vm.expiresAt(),
          vm.verifiedAt(),
          vm.verifiedBy(),
          vm.triedBy(),
          vm.triedAt());
    }
  }

  /**
   * One category at one target.
   *
   * @param oldestSeconds the greatest lag among its VMs that have a copy; null: none has
   */
  record CategoryView(
      String system,
      String target,
      String category,
      int vms,
      int withoutCopy,
      int overRpo,
      @Nullable Long oldestSeconds) {}

  @GetMapping
  @Operation(
      summary = "Protected VMs, the oldest copy first",
      description = "VMs without any copy come before all others.")
  List<ProtectionView> list(
      @RequestParam(required = false) @Nullable String system,
      @RequestParam(required = false) @Nullable String target,
      @RequestParam(required = false) @Nullable String category,
      @RequestParam(required = false) Protection.@Nullable State state,
      @RequestParam(required = false) @Nullable String vm,
      @RequestParam(defaultValue = "false") boolean overRpo,
      @RequestParam(defaultValue = "1000") int limit) {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1.." + MOST + ")");
    }
    Instant now = clock.now();
    boolean all = overRpo || vm != null;
    return protections
        .list(
            new Protections.Filter(system, target, category, null, state),
            all ? Integer.MAX_VALUE : limit)
        .stream()
        .filter(row -> !overRpo || row.overRpo(now))
        .filter(row -> vm == null || vm.equals(row.vmExtId()) || vm.equals(row.vmName()))
        .limit(limit)
        .map(row -> ProtectionView.of(row, now))
        .toList();
  }

  @GetMapping("/categories")
  @Operation(summary = "Protected VMs by system, target and category")
  List<CategoryView> categories() {
    return protections.sums(clock.now()).stream()
        .map(
            sum -> {
              Duration oldest = sum.oldest();
              return new CategoryView(
                  sum.system(),
                  sum.target(),
                  sum.category(),
                  sum.vms(),
                  sum.withoutCopy(),
                  sum.overRpo(),
                  oldest == null ? null : oldest.toSeconds());
            })
        .toList();
  }
}
