package io.drover.runtime;

import io.drover.execution.Journal;
import io.drover.execution.LedgerClock;
import io.drover.execution.Subject;
import io.drover.execution.VmLocks;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Takes the lock of one VM for the running execution, and writes down which VM it works on. It
 * stays until the execution's outcome is known to be safe. Waiting holds no thread.
 */
final class LockVmBlock extends AsyncProcessorSupport {
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final VmLocks locks;
  private final Journal journal;
  private final LedgerClock clock;
  private final Workers workers;

  LockVmBlock(VmLocks locks, Journal journal, LedgerClock clock, Workers workers) {
    this.locks = locks;
    this.journal = journal;
    this.clock = clock;
    this.workers = workers;
  }

  /** Given: system, vmExtId, vmName, and whenLocked: {@code wait} or {@code refuse}. */
  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    try {
      StepContext context = StepContext.of(exchange);
      BlockInput in = new BlockInput(exchange);
      Subject vm = new Subject(in.text("system"), in.text("vmExtId"), in.text("vmName"));
      boolean wait = !"refuse".equals(in.optional("whenLocked"));
      journal
          .subject(context.key().execution(), vm)
          .whenCompleteAsync(
              (ok, error) -> {
                if (error != null) {
                  exchange.setException(error);
                  callback.done(false);
                } else if (context.dry()) {
                  callback.done(false);
                } else {
                  attempt(exchange, callback, context, vm, wait);
                }
              },
              workers.pool());
      return false;
    } catch (Exception e) {
      exchange.setException(e);
      callback.done(true);
      return true;
    }
  }

  /**
   * A processor that takes the VM over from the execution in the input {@code execution}, which
   * keeps it because its rollback is not proved.
   */
  Processor takeOver() {
    return exchange -> {
      StepContext context = StepContext.of(exchange);
      BlockInput in = new BlockInput(exchange);
      String own = context.key().execution();
      Object inputs = exchange.getVariable("inputs");
      String from = inputs instanceof Map<?, ?> map ? String.valueOf(map.get("execution")) : "";
      Subject vm = new Subject(in.text("system"), in.text("vmExtId"), in.text("vmName"));
      journal.subject(own, vm).join();
      context.ensureLive();
      if (context.dry()) {
        return;
      }
      if (!locks.handOver(from, own) && !locks.tryAcquire(vm, own)) {
        throw new CallFailure(
            CallFailure.Verdict.REFUSED,
            "vm-locked",
            "VM "
                + vm.name()
                + " is worked on by execution "
                + locks.holder(vm.system(), vm.extId()).map(VmLocks.Held::execution).orElse("?"));
      }
    };
  }

  private void attempt(
      Exchange exchange, AsyncCallback callback, StepContext context, Subject vm, boolean wait) {
    try {
      context.ensureLive();
      if (locks.tryAcquire(vm, context.key().execution())) {
        callback.done(false);
        return;
      }
      String holder =
          locks
              .holder(vm.system(), vm.extId())
              .map(VmLocks.Held::execution)
              .orElse("one that just ended");
      Instant notAfter = context.notAfter();
      if (!wait) {
        throw new CallFailure(
            CallFailure.Verdict.REFUSED,
            "vm-locked",
            "VM " + vm.name() + " is worked on by execution " + holder);
      }
      if (notAfter != null && clock.now().isAfter(notAfter)) {
        throw new CallFailure(
            CallFailure.Verdict.REFUSED,
            "window-closed",
            "The window closed while VM " + vm.name() + " was worked on by execution " + holder);
      }
      workers.after(PAUSE, () -> attempt(exchange, callback, context, vm, true));
    } catch (RuntimeException e) {
      exchange.setException(e);
      callback.done(false);
    }
  }
}
