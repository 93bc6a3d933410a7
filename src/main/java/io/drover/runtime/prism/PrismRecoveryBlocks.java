package io.drover.runtime.prism;

import io.drover.odata.Filter;
import io.drover.odata.ODataQuery;
import io.drover.patch.Eligibility;
import io.drover.prism.PrismChanges;
import io.drover.prism.PrismReplica;
import io.drover.prism.PrismRequest;
import io.drover.prism.PrismRequests;
import io.drover.prism.PrismVms;
import io.drover.runtime.BlockInput;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.Exchange;

/** What the Kamelets of disaster recovery ask of the doors. */
public final class PrismRecoveryBlocks {
  private static final String SYSTEM = "system";

  PrismRecoveryBlocks() {}

  /** One recovery point of several VMs. */
  public void createGroupPoint(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    List<PrismChanges.VmRef> vms = new ArrayList<>();
    for (Map<?, ?> vm : objects(in, "vms")) {
      Object name = vm.get("name");
      vms.add(
          new PrismChanges.VmRef(
              extId("vms.extId", String.valueOf(vm.get("extId"))),
              name == null ? null : name.toString()));
    }
    exchange
        .getMessage()
        .setBody(
            new PrismWrite(
                in.text(SYSTEM),
                BlockInput.checked(
                    () ->
                        PrismChanges.createRecoveryPoint(
                            vms,
                            in.oneOf(
                                "consistency",
                                PrismChanges.Consistency.class,
                                PrismChanges.Consistency.CRASH_CONSISTENT),
                            BlockInput.duration("retention", in.text("retention")))),
                BlockInput.duration("patience", patience)));
  }

  public void awaitReplica(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    List<String> vms =
        objects(in, "vms").stream().map(vm -> String.valueOf(vm.get("extId"))).toList();
    Instant landBy = in.time("landBy");
    String giveUp = in.optional("giveUp");
    exchange
        .getMessage()
        .setBody(
            new PrismReplicaAwait(
                in.text("target"),
                in.text("locationAgnosticId"),
                in.optional("targetCluster"),
                vms,
                in.time("expirationTime"),
                landBy,
                giveUp == null ? landBy : OffsetDateTime.parse(giveUp).toInstant()));
  }

  /** Copies by {@code locationAgnosticId}, or of a VM by {@code vmExtId}; newest first. */
  public void findReplicas(Exchange exchange, int maxRows) {
    BlockInput in = new BlockInput(exchange);
    String vm = in.optional("vmExtId");
    ODataQuery query =
        vm == null
            ? ODataQuery.where(Filter.eq("locationAgnosticId", in.text("locationAgnosticId")))
            : ODataQuery.where(
                Filter.any("vmRecoveryPoints", a -> Filter.eq(a.field("vmExtId"), vm)));
    exchange
        .getMessage()
        .setBody(
            new PrismList(
                in.text(SYSTEM),
                PrismRequests::recoveryPoints,
                List.of(query.orderBy("creationTime", true)),
                row -> true,
                PrismRequests.LARGEST_PAGE,
                maxRows));
  }

  /** Body: rows of recovery points. What is of interest of each. */
  public List<Map<String, Object>> replicas(Exchange exchange) {
    List<Map<String, Object>> told = new ArrayList<>();
    @SuppressWarnings("unchecked")
    List<Map<String, Object>> rows = exchange.getMessage().getBody(List.class);
    for (PrismReplica replica : PrismReplica.of(rows)) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("recoveryPoint", replica.recoveryPoint());
      row.put("locationAgnosticId", replica.locationAgnosticId());
      row.put("complete", replica.complete());
      if (replica.cluster() != null) {
        row.put("cluster", replica.cluster());
      }
      if (replica.creationTime() != null) {
        row.put("creationTime", replica.creationTime().toString());
      }
      if (replica.expirationTime() != null) {
        row.put("expirationTime", replica.expirationTime().toString());
      }
      row.put("vmRecoveryPoints", replica.vmRecoveryPoints());
      told.add(row);
    }
    return told;
  }

  /** Takes a wish for a new VM in; {@link PrismRestores} completes it. */
  public void restoreVm(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    Object categories = in.value("categoryExtIds");
    exchange
        .getMessage()
        .setBody(
            new PrismRestores.Wanted(
                in.text(SYSTEM),
                extId("recoveryPointExtId", in.text("recoveryPointExtId")),
                extId("vmRecoveryPointExtId", in.text("vmRecoveryPointExtId")),
                in.optional("vmName"),
                in.text("name"),
                in.optional("cluster"),
                in.optional("network"),
                categories instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : List.of(),
                BlockInput.duration("patience", patience)));
  }

  /** Waits until a VM runs and the tools in its guest, if any, answer. */
  public void awaitGuest(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    exchange
        .getMessage()
        .setBody(
            new PrismPower(
                in.text(SYSTEM),
                extId("vmExtId", in.text("vmExtId")),
                "ON",
                true,
                BlockInput.duration("patience", patience)));
  }

  /** Body: what a wait saw. The VM's address, where it has one. */
  public Map<String, Object> guest(Exchange exchange) {
    Map<?, ?> waited = exchange.getMessage().getBody(Map.class);
    Map<String, Object> guest = new LinkedHashMap<>();
    guest.put("vm", String.valueOf(waited.get("vm")));
    if (waited.get("seen") instanceof Map<?, ?> vm) {
      Map<String, Object> row = new LinkedHashMap<>();
      vm.forEach((name, value) -> row.put(String.valueOf(name), value));
      String address = Eligibility.address(row);
      if (address != null) {
        guest.put("address", address);
      }
    }
    return guest;
  }

  public void deleteVm(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    exchange
        .getMessage()
        .setBody(
            new PrismWrite(
                in.text(SYSTEM),
                PrismVms.delete(extId("vmExtId", in.text("vmExtId")), in.optional("vmName")),
                BlockInput.duration("patience", patience)));
  }

  public void listSubnets(Exchange exchange, int maxRows) {
    list(exchange, PrismRequests::subnets, ODataQuery.ALL.orderBy("name", false), maxRows);
  }

  /** Not every field of a host can be filtered or sorted by, so all of them are read. */
  public void listHosts(Exchange exchange, int maxRows) {
    list(exchange, PrismRequests::hosts, ODataQuery.ALL, maxRows);
  }

  private static void list(
      Exchange exchange,
      Function<ODataQuery, PrismRequest> request,
      ODataQuery query,
      int maxRows) {
    exchange
        .getMessage()
        .setBody(
            new PrismList(
                new BlockInput(exchange).text(SYSTEM),
                request,
                List.of(query),
                row -> true,
                PrismRequests.LARGEST_PAGE,
                maxRows));
  }

  public void getDomainManager(Exchange exchange) {
    exchange
        .getMessage()
        .setBody(
            new PrismRead(
                new BlockInput(exchange).text(SYSTEM),
                PrismRequests.domainManagers(),
                answer ->
                    answer.page().rows().stream()
                        .findFirst()
                        .<Object>map(row -> row)
                        .orElse(Map.of())));
  }

  private static String extId(String name, String text) {
    return BlockInput.checked(() -> PrismRequest.extId(name, text));
  }

  private static List<Map<?, ?>> objects(BlockInput in, String name) {
    List<Map<?, ?>> all = new ArrayList<>();
    if (in.value(name) instanceof List<?> list) {
      for (Object each : list) {
        if (!(each instanceof Map<?, ?> object)) {
          throw BlockInput.wrong(name, String.valueOf(each), "objects with extId and name");
        }
        all.add(object);
      }
    }
    if (all.isEmpty()) {
      throw BlockInput.wrong(name, "nothing", "a list of objects with extId and name");
    }
    return all;
  }
}
