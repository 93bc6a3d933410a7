package io.drover.api;

import io.drover.access.Caller;
import io.drover.execution.Audit;
import io.drover.execution.LedgerCare;
import io.drover.execution.LedgerClock;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/ledger")
@Tag(name = "Ledger", description = "Copies and retention of the history")
class LedgerApi {
  private static final int LEAST_DAYS = 7;
  private static final int MOST_DAYS = 36_500;

  private final LedgerCare care;
  private final LedgerClock clock;
  private final Audit audit;

  LedgerApi(LedgerCare care, LedgerClock clock, Audit audit) {
    this.care = care;
    this.clock = clock;
    this.audit = audit;
  }

  /**
   * What may go.
   *
   * @param olderThanDays ended more than so many days ago; 7 to 36,500
   * @param dryRun only count
   */
  record PruneRequest(int olderThanDays, boolean dryRun) {}

  @PostMapping("/backup")
  @Operation(
      summary = "Copy the embedded ledger while it is in use",
      description = "Into backups/ of the data directory. 409 for a ledger in PostgreSQL.")
  LedgerCare.Backup backup(@AuthenticationPrincipal Caller caller, HttpServletRequest http) {
    LedgerCare.Backup made = care.backup();
    audit.record(caller.name(), "back up ledger", made.file(), made.sha256(), http.getRemoteAddr());
    return made;
  }

  @PostMapping("/prune")
  @Operation(
      summary = "Delete executions that ended long ago, with all that belongs to them",
      description = "What is open, holds a VM or needs a human stays, and so does the audit.")
  LedgerCare.Pruned prune(
      @RequestBody PruneRequest request,
      @AuthenticationPrincipal Caller caller,
      HttpServletRequest http) {
    if (request.olderThanDays() < LEAST_DAYS || request.olderThanDays() > MOST_DAYS) {
      throw new IllegalArgumentException(
          "olderThanDays: " + request.olderThanDays() + " (expected: 7 to 36500)");
    }
    LedgerCare.Pruned pruned =
        care.prune(clock.now().minus(Duration.ofDays(request.olderThanDays())), request.dryRun());
    if (pruned.deleted()) {
      audit.record(
          caller.name(),
          "prune ledger",
          "older than " + request.olderThanDays() + " days",
          pruned.executions() + " executions",
          http.getRemoteAddr());
    }
    return pruned;
  }
}
