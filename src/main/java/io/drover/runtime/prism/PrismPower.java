package io.drover.runtime.prism;

import io.drover.prism.PrismProblem;
import io.drover.prism.PrismRequests;
import io.drover.runtime.BlockInput;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A power state that is waited for: a VM's may lag behind its task, and a guest takes its time to
 * shut down.
 *
 * @param powerState {@code ON} or {@code OFF}
 * @param tools whether the guest's tools, if it has any, must answer, too
 * @param patience how long to wait
 */
record PrismPower(
    String system, String vmExtId, String powerState, boolean tools, Duration patience) {
  private static final Duration FIRST = Duration.ofMillis(300);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  PrismPower {
    if (!powerState.equals("ON") && !powerState.equals("OFF")) {
      throw BlockInput.wrong("powerState", powerState, "ON or OFF");
    }
  }

  /** Looks until it is so, ever more slowly. */
  CompletableFuture<Map<String, Object>> await(
      PrismSystems systems,
      PrismCalls calls,
      PrismLook look,
      io.drover.prism.Timeline timeline,
      Caller caller) {
    long deadline = timeline.nanos() + patience.toNanos();
    return new Waiting(systems.get(system), calls, look, timeline, caller, deadline).look(FIRST);
  }

  private final class Waiting {
    private final PrismCentral central;
    private final PrismCalls calls;
    private final PrismLook look;
    private final io.drover.prism.Timeline timeline;
    private final Caller caller;
    private final long deadline;
    private @Nullable Object last;

    Waiting(
        PrismCentral central,
        PrismCalls calls,
        PrismLook look,
        io.drover.prism.Timeline timeline,
        Caller caller,
        long deadline) {
      this.central = central;
      this.calls = calls;
      this.look = look;
      this.timeline = timeline;
      this.caller = caller;
      this.deadline = deadline;
    }

    CompletableFuture<Map<String, Object>> look(Duration pause) {
      return calls
          .read(central, PrismRequests.vm(vmExtId), caller)
          .handle(
              (answer, error) -> {
                if (error != null) {
                  PrismProblem problem = PrismProblemsIn.find(error);
                  boolean away =
                      problem != null && problem.verdict() == PrismProblem.Verdict.TRANSIENT;
                  return away
                      ? later(pause)
                      : CompletableFuture.<Map<String, Object>>failedFuture(
                          PrismProblemsIn.unwrap(error));
                }
                last = answer.object().get("powerState");
                if (!powerState.equals(last)) {
                  return later(pause);
                }
                if (tools && silent(answer.object())) {
                  last = powerState + ", but its guest tools do not answer";
                  return later(pause);
                }
                Map<String, Object> result = new LinkedHashMap<>();
                if (tools) {
                  result.put("seen", answer.object());
                }
                result.put("vm", vmExtId);
                result.put("powerState", powerState);
                return CompletableFuture.completedFuture(result);
              })
          .thenCompose(next -> next);
    }

    private static boolean silent(Map<String, Object> vm) {
      return vm.get("guestTools") instanceof Map<?, ?> installed
          && Boolean.TRUE.equals(installed.get("isInstalled"))
          && Boolean.TRUE.equals(installed.get("isEnabled"))
          && !Boolean.TRUE.equals(installed.get("isReachable"));
    }

    private CompletableFuture<Map<String, Object>> later(Duration pause) {
      if (timeline.nanos() + pause.toNanos() - deadline > 0) {
        return CompletableFuture.failedFuture(
            PrismProblem.of(
                PrismProblem.Verdict.UNKNOWN,
                "timeout",
                "VM "
                    + vmExtId
                    + " is not "
                    + powerState
                    + " in time"
                    + (last == null ? "; Prism could not be read" : ", it is " + last)));
      }
      Duration next = pause.multipliedBy(3).dividedBy(2);
      return look.pause(pause)
          .thenCompose(ok -> look(next.compareTo(LONGEST) > 0 ? LONGEST : next));
    }
  }
}
