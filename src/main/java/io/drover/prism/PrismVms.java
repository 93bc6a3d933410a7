package io.drover.prism;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Effect;
import io.drover.odata.Filter;
import io.drover.odata.ODataQuery;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The changes by which VMs come and go. */
public final class PrismVms {
  /** What a restored VM is recorded as; a deletion asks for such a record. */
  public static final String RESTORE = "restore-vm";

  public static final String DELETE = "delete-vm";

  private static final String MARK = "Restored by Drover, effect ";

  private PrismVms() {}

  /**
   * What to make of a VM's part of a recovery point.
   *
   * @param recoveryPoint the top-level one, at this system
   * @param vmRecoveryPoint the VM's own in it
   * @param vmName the VM's that it was taken of; hostile text
   * @param name the new VM's
   * @param cluster where to
   * @param categories extIds; none: the new VM has none
   * @param nics each captured card's extId, and the subnet that it is connected to instead; a card
   *     that is not named keeps what was captured
   */
  public record Restore(
      String recoveryPoint,
      String vmRecoveryPoint,
      @Nullable String vmName,
      String name,
      @Nullable String cluster,
      List<String> categories,
      Map<String, String> nics) {}

  /**
   * Makes a new VM. The result has {@code vm}, {@code name}, {@code powerState} and {@code subnets}
   * of it.
   */
  public static PrismChange restore(Restore wanted) {
    Function<Effect, PrismRequest> write =
        effect ->
            PrismRequest.write(
                "POST",
                Namespace.DATAPROTECTION,
                Tier.RECOVERY_POINT_WRITE,
                body(wanted, effect).toString(),
                "config",
                "recovery-points",
                wanted.recoveryPoint(),
                "$actions",
                "restore");
    return new PrismChange(
        RESTORE,
        wanted.recoveryPoint(),
        wanted.vmName(),
        write,
        null,
        new PrismChange.Proof(
            effect ->
                PrismRequests.vms(
                    ODataQuery.where(Filter.eq("name", wanted.name()))
                        .limit(PrismRequests.LARGEST_PAGE)),
            (effect, answer) ->
                answer == null || effect == null
                    ? null
                    : answer.page().rows().stream()
                        .filter(row -> isOf(effect, row))
                        .findFirst()
                        .map(PrismVms::seen)
                        .orElse(null)),
        false,
        PrismVms::isOf,
        List.of("restore"),
        task -> {
          String made = made(task);
          return made == null ? Map.of() : Map.of("vm", made);
        },
        task -> {
          String made = made(task);
          return made == null
              ? null
              : new PrismChange.Detail(PrismRequests.vm(made), answer -> seen(answer.object()));
        });
  }

  /** Whether this VM, as Prism shows it, is what the effect made. */
  public static boolean isOf(Effect effect, Map<String, Object> row) {
    return String.valueOf(row.get("description")).contains(MARK + effect.id());
  }

  private static ObjectNode body(Restore wanted, Effect effect) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    if (wanted.cluster() != null) {
      body.put("clusterExtId", wanted.cluster());
    }
    ObjectNode each = body.putArray("vmRecoveryPointRestoreOverrides").addObject();
    each.put("vmRecoveryPointExtId", wanted.vmRecoveryPoint());
    ObjectNode spec = each.putObject("vmOverrideSpec");
    spec.put("$objectType", "dataprotection.v4.config.AhvVmOverrideSpec");
    spec.put("name", wanted.name()).put("description", MARK + effect.id());
    if (!wanted.categories().isEmpty()) {
      var categories = spec.putArray("categories");
      wanted.categories().forEach(id -> categories.addObject().put("extId", id));
    }
    if (!wanted.nics().isEmpty()) {
      var nics = spec.putObject("nicSpec").putArray("nicOverrideList");
      wanted
          .nics()
          .forEach(
              (nic, subnet) ->
                  nics.addObject()
                      .put("nicExtId", nic)
                      .putObject("nicNetworkInfo")
                      .put("$objectType", "vmm.v4.ahv.config.VirtualEthernetNicNetworkInfo")
                      .putObject("subnet")
                      .put("extId", subnet));
    }
    return body;
  }

  /** The task's entities hold the recovery point alone; the new VM is in its details. */
  private static @Nullable String made(PrismTask task) {
    String ids = task.details().get("vmExtIds");
    return ids == null || ids.isBlank() ? null : ids.split(",")[0].strip();
  }

  /** What is of interest of a VM that was made. */
  private static Map<String, Object> seen(Map<String, Object> row) {
    Map<String, Object> vm = new LinkedHashMap<>();
    vm.put("vm", row.getOrDefault("extId", ""));
    vm.put("name", row.getOrDefault("name", ""));
    vm.put("description", row.getOrDefault("description", ""));
    vm.put("powerState", row.getOrDefault("powerState", ""));
    vm.put("subnets", subnets(row));
    return vm;
  }

  /** extIds of the subnets that a VM's cards are connected to, and of its captured cards. */
  public static List<String> subnets(Map<?, ?> vm) {
    return List.copyOf(nics(vm).values());
  }

  /** The subnet of each card, by the card's extId; empty text where it has none. */
  public static Map<String, String> nics(Map<?, ?> vm) {
    Map<String, String> nics = new LinkedHashMap<>();
    if (vm.get("nics") instanceof List<?> cards) {
      int unnamed = 0;
      for (Object each : cards) {
        if (each instanceof Map<?, ?> card) {
          Object network =
              card.get("nicNetworkInfo") != null
                  ? card.get("nicNetworkInfo")
                  : card.get("networkInfo");
          Object subnet =
              network instanceof Map<?, ?> info && info.get("subnet") instanceof Map<?, ?> found
                  ? found.get("extId")
                  : null;
          Object id = card.get("extId");
          nics.put(
              id == null ? "card " + ++unnamed : id.toString(),
              subnet == null ? "" : subnet.toString());
        }
      }
    }
    return nics;
  }

  /** Deletes a VM; nothing is left of it. */
  public static PrismChange delete(String vmExtId, @Nullable String vmName) {
    Map<String, Object> gone = Map.of("vm", vmExtId, "deleted", true);
    return new PrismChange(
        DELETE,
        vmExtId,
        vmName,
        effect ->
            PrismRequest.write(
                "DELETE", Namespace.VMM, Tier.VM_ACTION, null, "ahv", "config", "vms", vmExtId),
        PrismRequests.vm(vmExtId),
        new PrismChange.Proof(
            effect -> PrismRequests.vm(vmExtId), (effect, answer) -> answer == null ? gone : null),
        true,
        null,
        List.of("delete"),
        task -> gone,
        task -> null);
  }
}
