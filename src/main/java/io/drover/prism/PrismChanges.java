package io.drover.prism;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Effect;
import io.drover.odata.Filter;
import io.drover.odata.ODataQuery;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The changes that Drover makes. */
public final class PrismChanges {
  /** What every recovery point of Drover is called by. */
  public static final String NAME_PREFIX = "drover-";

  private static final int LONGEST_NAME = 128;
  private static final String POINT = "dataprotection:config:recovery-point";
  private static final Function<PrismTask, PrismChange.@Nullable Detail> NO_DETAIL = task -> null;

  private PrismChanges() {}

  /** What a recovery point is called that this effect makes: the effect's id is in it. */
  public static String nameOf(Effect effect) {
    String name = NAME_PREFIX + effect.id();
    return name.length() <= LONGEST_NAME ? name : NAME_PREFIX + effect.requestId();
  }

  /** A VM that a change is about; the name is hostile text. */
  public record VmRef(String extId, @Nullable String name) {}

  /** More VMs in one recovery point are refused (30 by v4.0, 32 from v4.1 on). */
  public static final int MOST_VMS_A_POINT = 30;

  /**
   * Takes one recovery point of several VMs. The result is as that of one VM's, with {@code
   * vmRecoveryPoints}, each VM's own point by the VM's extId.
   */
  public static PrismChange createRecoveryPoint(
      List<VmRef> vms, Consistency consistency, Duration keep) {
    if (vms.isEmpty() || vms.size() > MOST_VMS_A_POINT) {
      throw new IllegalArgumentException(
          "vms: " + vms.size() + " (expected: 1.." + MOST_VMS_A_POINT + " in one recovery point)");
    }
    VmRef first = vms.get(0);
    String told =
        vms.size() == 1 ? first.name() : first.name() + " and " + (vms.size() - 1) + " others";
    return createRecoveryPoint(first.extId(), told, vms, consistency, keep);
  }

  /**
   * Takes a recovery point of one VM. The result has {@code recoveryPoint} (the top-level one,
   * which is replicated and deleted), {@code vmRecoveryPoint} (the VM's own in it, which a revert
   * needs), {@code expirationTime} and {@code name}.
   *
   * @param keep counted from the moment the effect was written down, so that a repeated call asks
   *     for the same
   */
  public static PrismChange createRecoveryPoint(
      String vmExtId, @Nullable String vmName, Consistency consistency, Duration keep) {
    return createRecoveryPoint(
        vmExtId, vmName, List.of(new VmRef(vmExtId, vmName)), consistency, keep);
  }

  private static PrismChange createRecoveryPoint(
      String vmExtId,
      @Nullable String told,
      List<VmRef> vms,
      Consistency consistency,
      Duration keep) {
    Function<Effect, PrismRequest> write =
        effect -> {
          ObjectNode body = Json.MAPPER.createObjectNode();
          body.put("name", nameOf(effect));
          body.put("recoveryPointType", consistency.name());
          body.put(
              "expirationTime",
              effect.journaledAt().plus(keep).truncatedTo(ChronoUnit.SECONDS).toString());
          ArrayNode parts = body.putArray("vmRecoveryPoints");
          vms.forEach(vm -> parts.addObject().put("vmExtId", vm.extId()));
          return PrismRequest.write(
              "POST",
              Namespace.DATAPROTECTION,
              Tier.RECOVERY_POINT_WRITE,
              body.toString(),
              "config",
              "recovery-points");
        };
    return new PrismChange(
        "create-recovery-point",
        vmExtId,
        told,
        write,
        null,
        new PrismChange.Proof(
            effect -> effect == null ? named("") : named(nameOf(effect)),
            (effect, answer) ->
                answer == null || effect == null
                    ? null
                    : answer.page().rows().stream()
                        .filter(row -> nameOf(effect).equals(row.get("name")))
                        .findFirst()
                        .map(row -> point(row, vmExtId))
                        .orElse(null)),
        false,
        own(PrismChanges::nameOf),
        List.of(),
        task -> {
          String made = madePoint(task);
          return made == null ? Map.of() : Map.of("recoveryPoint", made);
        },
        task -> {
          String made = madePoint(task);
          return made == null
              ? null
              : new PrismChange.Detail(
                  PrismRequests.recoveryPoint(made), answer -> point(answer.object(), vmExtId));
        });
  }

  /** What an effect made is known by the name that it was given. */
  private static BiPredicate<Effect, Map<String, Object>> own(Function<Effect, String> name) {
    return (effect, made) -> name.apply(effect).equals(made.get("name"));
  }

  private static PrismRequest named(String name) {
    return PrismRequests.recoveryPoints(ODataQuery.where(Filter.eq("name", name)));
  }

  private static @Nullable String madePoint(PrismTask task) {
    String made = task.details().get("recoveryPointExtId");
    return made != null ? made : task.made(POINT);
  }

  private static Map<String, Object> point(Map<String, Object> row, String vmExtId) {
    Map<String, Object> point = new LinkedHashMap<>();
    put(point, "recoveryPoint", row.get("extId"));
    Map<String, Object> parts = PrismReplica.parts(row);
    put(point, "vmRecoveryPoint", parts.get(vmExtId));
    if (parts.size() > 1) {
      point.put("vmRecoveryPoints", parts);
    }
    put(point, "locationAgnosticId", row.get("locationAgnosticId"));
    put(point, "creationTime", row.get("creationTime"));
    put(point, "expirationTime", row.get("expirationTime"));
    put(point, "name", row.get("name"));
    return point;
  }

  private static void put(Map<String, Object> map, String name, @Nullable Object value) {
    if (value != null) {
      map.put(name, value);
    }
  }

  public static PrismChange deleteRecoveryPoint(String extId) {
    return new PrismChange(
        "delete-recovery-point",
        extId,
        null,
        effect ->
            PrismRequest.write(
                "DELETE",
                Namespace.DATAPROTECTION,
                Tier.RECOVERY_POINT_WRITE,
                null,
                "config",
                "recovery-points",
                extId),
        null,
        new PrismChange.Proof(
            effect -> PrismRequests.recoveryPoint(extId),
            (effect, answer) ->
                answer == null ? Map.of("recoveryPoint", extId, "deleted", true) : null),
        true,
        null,
        List.of("delete"),
        task -> Map.of("recoveryPoint", extId, "deleted", true),
        NO_DETAIL);
  }

  /** Moves a recovery point's expiry; the result has {@code recoveryPoint, expirationTime}. */
  public static PrismChange setExpiration(String extId, Instant expirationTime) {
    Instant at = expirationTime.truncatedTo(ChronoUnit.SECONDS);
    Map<String, Object> result = Map.of("recoveryPoint", extId, "expirationTime", at.toString());
    return new PrismChange(
        "set-recovery-point-expiration",
        extId,
        null,
        effect ->
            PrismRequest.write(
                "POST",
                Namespace.DATAPROTECTION,
                Tier.RECOVERY_POINT_EXPIRATION,
                Json.MAPPER.createObjectNode().put("expirationTime", at.toString()).toString(),
                "config",
                "recovery-points",
                extId,
                "$actions",
                "set-expiration-time"),
        PrismRequests.recoveryPoint(extId),
        new PrismChange.Proof(
            effect -> PrismRequests.recoveryPoint(extId),
            (effect, answer) ->
                answer != null && at.equals(Json.time(answer.data(), "expirationTime"))
                    ? result
                    : null),
        true,
        null,
        List.of("expir"),
        task -> result,
        NO_DETAIL);
  }

  /**
   * Copies a recovery point to another cluster. The result has {@code recoveryPoint} (the copy's
   * own extId) and {@code source}.
   *
   * @param pcExtId the target's domain manager
   */
  public static PrismChange replicate(String extId, String pcExtId, String clusterExtId) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("pcExtId", pcExtId);
    body.put("clusterExtId", clusterExtId);
    return new PrismChange(
        "replicate-recovery-point",
        extId,
        null,
        effect ->
            PrismRequest.write(
                "POST",
                Namespace.DATAPROTECTION,
                Tier.RECOVERY_POINT_WRITE,
                body.toString(),
                "config",
                "recovery-points",
                extId,
                "$actions",
                "replicate"),
        null,
        null,
        false,
        null,
        List.of("replicat"),
        task -> {
          Map<String, Object> result = new LinkedHashMap<>();
          String detail = task.details().get("recoveryPointExtId");
          put(result, "recoveryPoint", detail != null ? detail : task.made(POINT, extId));
          result.put("source", extId);
          return result;
        },
        NO_DETAIL);
  }

  /**
   * Puts a VM's disks and configuration back in place.
   *
   * @param vmRecoveryPointExtId the VM's own point inside the top-level recovery point
   */
  public static PrismChange revert(
      String vmExtId, @Nullable String vmName, String vmRecoveryPointExtId) {
    return new PrismChange(
        "revert-vm",
        vmExtId,
        vmName,
        effect ->
            action(
                Tier.VM_REVERT,
                Json.MAPPER
                    .createObjectNode()
                    .put("vmRecoveryPointExtId", vmRecoveryPointExtId)
                    .toString(),
                vmExtId,
                "revert"),
        PrismRequests.vm(vmExtId),
        null,
        false,
        null,
        List.of("revert"),
        task -> Map.of("vm", vmExtId, "vmRecoveryPoint", vmRecoveryPointExtId),
        NO_DETAIL);
  }

  public static PrismChange powerOn(String vmExtId, @Nullable String vmName) {
    return power("power-on-vm", "power-on", "ON", List.of("power", "on"), null, vmExtId, vmName);
  }

  /** Hard, as pulling the plug. */
  public static PrismChange powerOff(String vmExtId, @Nullable String vmName) {
    return power(
        "power-off-vm", "power-off", "OFF", List.of("power", "off"), null, vmExtId, vmName);
  }

  /** Asks the guest, by its tools; the task ends when the guest was asked, not when it is off. */
  public static PrismChange guestShutdown(String vmExtId, @Nullable String vmName) {
    String body =
        "{\"guestPowerStateTransitionConfig\":"
            + "{\"shouldEnableScriptExec\":false,\"shouldFailOnScriptFailure\":false}}";
    return power(
        "guest-shutdown-vm", "guest-shutdown", "OFF", List.of("shutdown"), body, vmExtId, vmName);
  }

  /** By ACPI; the task ends when the signal was given. A VM that is off is refused by Prism. */
  public static PrismChange reboot(String vmExtId, @Nullable String vmName) {
    return new PrismChange(
        "reboot-vm",
        vmExtId,
        vmName,
        effect -> action(Tier.VM_ACTION, null, vmExtId, "reboot"),
        PrismRequests.vm(vmExtId),
        null,
        false,
        null,
        List.of("reboot"),
        task -> Map.of("vm", vmExtId),
        NO_DETAIL);
  }

  /** Gives a VM categories besides those that it has. */
  public static PrismChange associateCategories(
      String vmExtId, @Nullable String vmName, List<String> categories) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode all = body.putArray("categories");
    categories.forEach(id -> all.addObject().put("extId", id));
    return new PrismChange(
        "associate-categories",
        vmExtId,
        vmName,
        effect -> action(Tier.VM_ACTION, body.toString(), vmExtId, "associate-categories"),
        PrismRequests.vm(vmExtId),
        new PrismChange.Proof(
            effect -> PrismRequests.vm(vmExtId),
            (effect, answer) ->
                answer != null && has(answer.object(), categories)
                    ? Map.of("vm", vmExtId, "categories", categories, "already", true)
                    : null),
        true,
        null,
        List.of("categor"),
        task -> Map.of("vm", vmExtId, "categories", categories, "already", false),
        NO_DETAIL);
  }

  private static boolean has(Map<String, Object> vm, List<String> categories) {
    List<Object> has = new ArrayList<>();
    if (vm.get("categories") instanceof List<?> list) {
      list.forEach(each -> has.add(each instanceof Map<?, ?> map ? map.get("extId") : each));
    }
    return has.containsAll(categories);
  }

  private static PrismChange power(
      String kind,
      String action,
      String state,
      List<String> words,
      @Nullable String body,
      String vmExtId,
      @Nullable String vmName) {
    return new PrismChange(
        kind,
        vmExtId,
        vmName,
        effect -> action(Tier.VM_ACTION, body, vmExtId, action),
        PrismRequests.vm(vmExtId),
        new PrismChange.Proof(
            effect -> PrismRequests.vm(vmExtId),
            (effect, answer) ->
                answer != null && state.equals(Json.text(answer.data(), "powerState"))
                    ? Map.of("vm", vmExtId, "powerState", state, "already", true)
                    : null),
        true,
        null,
        words,
        task -> Map.of("vm", vmExtId, "already", false),
        NO_DETAIL);
  }

  private static PrismRequest action(
      Tier tier, @Nullable String body, String vmExtId, String action) {
    return PrismRequest.write(
        "POST", Namespace.VMM, tier, body, "ahv", "config", "vms", vmExtId, "$actions", action);
  }

  /** What a recovery point promises about the guest's data. */
  public enum Consistency {
    CRASH_CONSISTENT,
    APPLICATION_CONSISTENT
  }
}
