package io.drover.runtime.prism;

import io.drover.approval.Approvals;
import io.drover.execution.Effect;
import io.drover.execution.Executions;
import io.drover.prism.PrismProblem;
import io.drover.prism.PrismRequests;
import io.drover.prism.PrismVms;
import io.drover.runtime.ApprovedDeletions;
import io.drover.runtime.StepContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What surrounds the calls by which VMs come and go. */
final class PrismRestores {
  private static final String NETWORK = "prismRestoreNetwork";

  private final PrismSystems systems;
  private final PrismCalls calls;
  private final Executions executions;
  private final Approvals approvals;

  PrismRestores(
      PrismSystems systems, PrismCalls calls, Executions executions, Approvals approvals) {
    this.systems = systems;
    this.calls = calls;
    this.executions = executions;
    this.approvals = approvals;
  }

  /**
   * A VM that is to be made of a recovery point.
   *
   * @param network extId of the subnet that all its cards get; null: what was captured
   */
  record Wanted(
      String system,
      String recoveryPoint,
      String vmRecoveryPoint,
      @Nullable String vmName,
      String name,
      @Nullable String cluster,
      @Nullable String network,
      List<String> categories,
      Duration patience) {}

  /** Reads which cards the VM had, as a restore is told of each where to connect it. */
  CompletableFuture<?> plan(Exchange exchange) {
    Wanted wanted = exchange.getMessage().getBody(Wanted.class);
    String network = wanted.network();
    if (network == null) {
      exchange.removeProperty(NETWORK);
      write(exchange, wanted, Map.of());
      return CompletableFuture.completedFuture(null);
    }
    exchange.setProperty(NETWORK, network);
    return calls
        .read(
            systems.get(wanted.system()),
            PrismRequests.vmRecoveryPoint(wanted.vmRecoveryPoint()),
            Caller.of(exchange))
        .thenAccept(
            answer -> {
              Object vm = answer.object().get("vm");
              Map<String, String> nics = new LinkedHashMap<>();
              if (vm instanceof Map<?, ?> captured) {
                PrismVms.nics(captured).keySet().forEach(nic -> nics.put(nic, network));
              } else {
                throw PrismProblem.of(
                    PrismProblem.Verdict.REFUSED,
                    "network-not-isolated",
                    wanted.system()
                        + " does not tell which network cards VM recovery point "
                        + wanted.vmRecoveryPoint()
                        + " has, so they cannot be put on another network; nothing was restored");
              }
              write(exchange, wanted, nics);
            });
  }

  private static void write(Exchange exchange, Wanted wanted, Map<String, String> nics) {
    PrismVms.Restore restore =
        new PrismVms.Restore(
            wanted.recoveryPoint(),
            wanted.vmRecoveryPoint(),
            wanted.vmName(),
            wanted.name(),
            wanted.cluster(),
            wanted.categories(),
            nics);
    exchange
        .getMessage()
        .setBody(new PrismWrite(wanted.system(), PrismVms.restore(restore), wanted.patience()));
  }

  /** Refuses to go on with a VM that is connected elsewhere than was asked. */
  void checkNetwork(Exchange exchange) {
    String network = exchange.getProperty(NETWORK, String.class);
    if (network == null) {
      return;
    }
    Map<?, ?> made = exchange.getMessage().getBody(Map.class);
    Object subnets = made.get("subnets");
    boolean isolated = subnets instanceof List<?> all && all.stream().allMatch(network::equals);
    if (!isolated) {
      throw PrismProblem.of(
          PrismProblem.Verdict.REFUSED,
          "network-not-isolated",
          "VM "
              + made.get("vm")
              + " is connected to "
              + subnets
              + " and not to "
              + network
              + " alone; it is not powered on");
    }
  }

  /**
   * Lets a deletion pass of what this execution or its kin restored itself, or of what an approval
   * of theirs showed and allowed.
   */
  CompletableFuture<?> mayDelete(Exchange exchange) {
    PrismWrite write = exchange.getMessage().getBody(PrismWrite.class);
    String vm = write.change().target();
    String own = StepContext.of(exchange).key().execution();
    List<Effect> restores =
        executions.kinEffects(own, PrismVms.RESTORE).stream()
            .filter(effect -> effect.system().equals(write.system()))
            .toList();
    boolean made =
        restores.stream()
            .anyMatch(effect -> String.valueOf(effect.result()).contains("\"vm\":\"" + vm + "\""));
    if (made || ApprovedDeletions.allow(approvals, own, write.system(), vm)) {
      return CompletableFuture.completedFuture(null);
    }
    if (restores.isEmpty()) {
      throw notOurs(vm);
    }
    // A restore whose end nobody saw left its name in the VM all the same.
    return calls
        .read(systems.get(write.system()), PrismRequests.vm(vm), Caller.of(exchange))
        .handle(
            (answer, error) -> {
              PrismProblem problem = PrismProblemsIn.find(error);
              if (problem != null && problem.status() == 404) {
                return null; // gone: the deletion will find that, too
              }
              if (error != null) {
                throw PrismProblemsIn.rethrown(error);
              }
              if (restores.stream().noneMatch(e -> PrismVms.isOf(e, answer.object()))) {
                throw notOurs(vm);
              }
              return null;
            });
  }

  private static PrismProblem notOurs(String vm) {
    return PrismProblem.of(
        PrismProblem.Verdict.REFUSED,
        "not-ours",
        "VM "
            + vm
            + " was not made by this execution, and no approval of it names the VM; it is not"
            + " deleted");
  }
}
