package io.drover.crash;

import io.drover.approval.ApprovalRequest;
import io.drover.approval.Approvals;
import io.drover.approval.DecisionRefused;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Somebody who says yes to everything, so that what comes after it can be killed. */
final class AutoApprover implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AutoApprover.class);

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "approver");
            thread.setDaemon(true);
            return thread;
          });
  private final Approvals approvals;

  AutoApprover(Approvals approvals) {
    this.approvals = approvals;
    clock.scheduleWithFixedDelay(this::approve, 100, 100, TimeUnit.MILLISECONDS);
  }

  private void approve() {
    try {
      for (ApprovalRequest open : approvals.list(ApprovalRequest.State.OPEN, 50)) {
        approvals.decide(
            open.id(),
            new Approvals.Decider("anna", Set.of("approvers"), "test"),
            true,
            "as in each drill",
            null);
      }
    } catch (DecisionRefused e) {
      LOG.debug("It was decided or replaced just now", e);
    } catch (RuntimeException e) {
      LOG.debug("The ledger is not up, or no longer", e);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
