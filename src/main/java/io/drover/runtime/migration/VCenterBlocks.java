package io.drover.runtime.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.runtime.BlockInput;
import io.drover.runtime.CallFailure;
import io.drover.runtime.MutatingCalls.Intent;
import io.drover.runtime.StepContext;
import io.drover.runtime.Workers;
import io.drover.runtime.migration.DesiredState.Look;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Blocks of vCenter, as its Kamelets call them. */
final class VCenterBlocks {
  private static final int TAGS_AT_ONCE = 500;
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MigrationSystems systems;
  private final DesiredState changes;
  private final Workers workers;
  private final Duration look;

  VCenterBlocks(MigrationSystems systems, DesiredState changes, Workers workers, Duration poll) {
    this.systems = systems;
    this.changes = changes;
    this.workers = workers;
    this.look = poll.compareTo(LOOK) < 0 ? poll : LOOK;
  }

  /** Runs calls that block on a worker. */
  private <T> CompletableFuture<T> away(Supplier<T> work) {
    return CompletableFuture.supplyAsync(() -> workers.blocking(work), workers.pool());
  }

  /**
   * All VMs with their tags, in brief, and those that are wanted in full. Given: {@code vcenter};
   * {@code select}, an object with tags (each category:tag; a VM has all of them), folders, names.
   */
  CompletableFuture<?> inventory(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    VCenterClient vcenter = systems.vcenter(in.text("vcenter"));
    Map<?, ?> select = in.value("select") instanceof Map<?, ?> map ? map : Map.of();
    StepContext step = StepContext.of(exchange);
    return away(() -> {
          Map<String, Map<String, Object>> vms = brief(vcenter);
          tags(vcenter, vms);
          List<Map<String, Object>> chosen = new ArrayList<>();
          for (Map<String, Object> vm : chosen(vms.values(), select)) {
            step.ensureLive();
            chosen.add(detail(vcenter, vm));
          }
          Map<String, Object> body = new LinkedHashMap<>();
          body.put("vms", new ArrayList<>(vms.values()));
          body.put("chosen", chosen);
          return body;
        })
        .thenAccept(body -> exchange.getMessage().setBody(body));
  }

  /** vCenter shows 4,000 at most at once; folder by folder there are fewer. */
  private static Map<String, Map<String, Object>> brief(VCenterClient vcenter) {
    Map<String, Map<String, Object>> vms = new LinkedHashMap<>();
    Map<String, String> folders = new LinkedHashMap<>();
    for (JsonNode row : vcenter.get("/api/vcenter/folder", "type=VIRTUAL_MACHINE")) {
      folders.put(row.path("folder").asText(), row.path("name").asText());
    }
    folders.forEach(
        (folder, name) -> {
          for (JsonNode row :
              vcenter.get(
                  "/api/vcenter/vm",
                  "folders=" + URLEncoder.encode(folder, StandardCharsets.UTF_8))) {
            vms.put(row.path("vm").asText(), row(row, name));
          }
        });
    try {
      for (JsonNode row : vcenter.get("/api/vcenter/vm", null)) {
        vms.putIfAbsent(row.path("vm").asText(), row(row, ""));
      }
    } catch (CallFailure e) {
      if (!String.valueOf(e.getMessage()).contains("UNABLE_TO_ALLOCATE_RESOURCE")
          || vms.isEmpty()) {
        throw e;
      }
    }
    return vms;
  }

  private static Map<String, Object> row(JsonNode row, String folder) {
    Map<String, Object> vm = new LinkedHashMap<>();
    vm.put("vm", row.path("vm").asText());
    vm.put("name", row.path("name").asText());
    vm.put("folder", folder);
    vm.put("on", row.path("power_state").asText().equals("POWERED_ON"));
    vm.put("tags", new TreeSet<String>());
    return vm;
  }

  private static void tags(VCenterClient vcenter, Map<String, Map<String, Object>> vms) {
    Map<String, String> names = new HashMap<>();
    Map<String, String> categories = new HashMap<>();
    List<String> ids = new ArrayList<>(vms.keySet());
    for (int from = 0; from < ids.size(); from += TAGS_AT_ONCE) {
      ObjectNode body = JSON.createObjectNode();
      ArrayNode objects = body.putArray("object_ids");
      ids.subList(from, Math.min(ids.size(), from + TAGS_AT_ONCE))
          .forEach(id -> objects.addObject().put("type", "VirtualMachine").put("id", id));
      JsonNode rows =
          vcenter.ask(
              "/api/cis/tagging/tag-association", "action=list-attached-tags-on-objects", body);
      for (JsonNode row : rows) {
        Map<String, Object> vm = vms.get(row.path("object_id").path("id").asText());
        for (JsonNode tag : row.path("tag_ids")) {
          String name = names.computeIfAbsent(tag.asText(), id -> tagName(vcenter, id, categories));
          if (vm != null && vm.get("tags") instanceof Set<?> known) {
            Set<String> all = new TreeSet<>();
            known.forEach(each -> all.add(String.valueOf(each)));
            all.add(name);
            vm.put("tags", all);
          }
        }
      }
    }
  }

  private static String tagName(VCenterClient vcenter, String id, Map<String, String> categories) {
    JsonNode tag = vcenter.get("/api/cis/tagging/tag/" + id, null);
    String category =
        categories.computeIfAbsent(
            tag.path("category_id").asText(),
            c -> vcenter.get("/api/cis/tagging/category/" + c, null).path("name").asText());
    return category + ":" + tag.path("name").asText();
  }

  private static List<Map<String, Object>> chosen(
      Iterable<Map<String, Object>> vms, Map<?, ?> select) {
    List<?> tags = list(select.get("tags"));
    List<?> folders = list(select.get("folders"));
    List<?> names = list(select.get("vms"));
    List<Map<String, Object>> chosen = new ArrayList<>();
    for (Map<String, Object> vm : vms) {
      boolean byTags =
          !tags.isEmpty() && vm.get("tags") instanceof Set<?> has && has.containsAll(tags);
      boolean byFolder = !folders.isEmpty() && folders.contains(vm.get("folder"));
      boolean byName = names.contains(vm.get("name")) || names.contains(vm.get("vm"));
      boolean fits = tags.isEmpty() ? byFolder : byTags && (folders.isEmpty() || byFolder);
      if (fits || byName) {
        chosen.add(vm);
      }
    }
    return chosen;
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  /** One VM in full. Given: {@code vcenter}, {@code sourceVm}. */
  CompletableFuture<?> vm(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    VCenterClient vcenter = systems.vcenter(in.text("vcenter"));
    String vm = in.text("sourceVm");
    return away(() -> detail(vcenter, Map.of("vm", vm)))
        .thenAccept(row -> exchange.getMessage().setBody(row));
  }

  private static Map<String, Object> detail(VCenterClient vcenter, Map<String, Object> known) {
    String id = String.valueOf(known.get("vm"));
    JsonNode vm = vcenter.get(path(id), null);
    Map<String, Object> row = new LinkedHashMap<>(known);
    row.put("name", vm.path("name").asText());
    row.put("on", vm.path("power_state").asText().equals("POWERED_ON"));
    row.put("instanceUuid", vm.path("identity").path("instance_uuid").asText(""));
    row.put("biosUuid", vm.path("identity").path("bios_uuid").asText(""));
    row.put("guestOs", vm.path("guest_OS").asText(vm.path("guest_os").asText("")));
    row.put("cpus", vm.path("cpu").path("count").asInt());
    JsonNode memory = vm.path("memory");
    row.put("memoryMib", memory.path("size_MiB").asLong(memory.path("size_mib").asLong()));
    long bytes = 0;
    boolean raw = false;
    for (JsonNode disk : vm.path("disks")) {
      bytes += disk.path("capacity").asLong();
      raw |= !disk.path("backing").path("type").asText("VMDK_FILE").equals("VMDK_FILE");
    }
    row.put("disks", vm.path("disks").size());
    row.put("diskBytes", bytes);
    row.put("rawDisks", raw);
    List<Map<String, Object>> nics = new ArrayList<>();
    for (Map.Entry<String, JsonNode> nic : vm.path("nics").properties()) {
      Map<String, Object> card = new LinkedHashMap<>();
      card.put("key", nic.getKey());
      card.put("network", nic.getValue().path("backing").path("network").asText(""));
      card.put("networkName", nic.getValue().path("backing").path("network_name").asText(""));
      card.put("connected", nic.getValue().path("state").asText().equals("CONNECTED"));
      card.put("startConnected", nic.getValue().path("start_connected").asBoolean());
      nics.add(card);
    }
    row.put("nics", nics);
    row.put("address", address(vcenter, id));
    return row;
  }

  /** Without running tools there is none, which does not make the VM a bad one. */
  private static String address(VCenterClient vcenter, String id) {
    try {
      return vcenter.get(path(id) + "/guest/identity", null).path("ip_address").asText("");
    } catch (CallFailure e) {
      return "";
    }
  }

  private static String path(String vm) {
    if (!vm.matches("[A-Za-z0-9._-]{1,128}")) {
      throw BlockInput.wrong("sourceVm", vm, "an id like vm-42");
    }
    return "/api/vcenter/vm/" + vm;
  }

  /**
   * Connects a VM's network cards again, now and at each start. Given: {@code vcenter}, {@code
   * sourceVm}, {@code vmName}, {@code nics} (their keys).
   */
  CompletableFuture<?> connect(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    String name = in.text("vcenter");
    VCenterClient vcenter = systems.vcenter(name);
    String vm = in.text("sourceVm");
    List<?> nics = list(in.value("nics"));
    DesiredState.Change change =
        new DesiredState.Change() {
          private boolean wanted(Map<String, Object> nic, boolean on) {
            return nics.contains(nic.get("key"))
                && (!Boolean.TRUE.equals(nic.get("startConnected"))
                    || (on && !Boolean.TRUE.equals(nic.get("connected"))));
          }

          private List<Map<String, Object>> open() {
            Map<String, Object> row = detail(vcenter, Map.of("vm", vm));
            boolean on = Boolean.TRUE.equals(row.get("on"));
            List<Map<String, Object>> open = new ArrayList<>();
            if (row.get("nics") instanceof List<?> all) {
              for (Object each : all) {
                Map<String, Object> nic = new LinkedHashMap<>();
                if (each instanceof Map<?, ?> map) {
                  map.forEach((key, value) -> nic.put(String.valueOf(key), value));
                }
                nic.put("on", on);
                if (wanted(nic, on)) {
                  open.add(nic);
                }
              }
            }
            return open;
          }

          @Override
          public CompletableFuture<Look> look() {
            return away(
                () -> {
                  List<Map<String, Object>> open = open();
                  return open.isEmpty()
                      ? Look.done(Map.of("vm", vm, "connected", nics.size()))
                      : Look.notYet(open.size() + " network cards are not connected");
                });
          }

          @Override
          public void send() {
            for (Map<String, Object> nic : open()) {
              String path = path(vm) + "/hardware/ethernet/" + nic.get("key");
              vcenter.change(
                  "PATCH", path, null, JSON.createObjectNode().put("start_connected", true));
              if (Boolean.TRUE.equals(nic.get("on"))) {
                vcenter.change("POST", path, "action=connect", null);
              }
            }
          }
        };
    return reach(exchange, in, name, "reconnect-source", vm, "connect " + nics, change);
  }

  /** Powers a VM on. Given: {@code vcenter}, {@code sourceVm}, {@code vmName}. */
  CompletableFuture<?> powerOn(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    String name = in.text("vcenter");
    VCenterClient vcenter = systems.vcenter(name);
    String vm = in.text("sourceVm");
    DesiredState.Change change =
        new DesiredState.Change() {
          @Override
          public CompletableFuture<Look> look() {
            return away(
                () -> {
                  String state = vcenter.get(path(vm) + "/power", null).path("state").asText();
                  return state.equals("POWERED_ON")
                      ? Look.done(Map.of("vm", vm, "power", state))
                      : Look.notYet("it is " + state);
                });
          }

          @Override
          public void send() {
            vcenter.change("POST", path(vm) + "/power", "action=start", null);
          }
        };
    return reach(exchange, in, name, "power-on-source", vm, "POST power?action=start", change);
  }

  /** Deletes a VM that is off. Given: {@code vcenter}, {@code sourceVm}, {@code vmName}. */
  CompletableFuture<?> delete(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    String name = in.text("vcenter");
    VCenterClient vcenter = systems.vcenter(name);
    String vm = in.text("sourceVm");
    DesiredState.Change change =
        new DesiredState.Change() {
          @Override
          public CompletableFuture<Look> look() {
            return away(
                () -> {
                  try {
                    boolean on =
                        vcenter
                            .get(path(vm) + "/power", null)
                            .path("state")
                            .asText()
                            .equals("POWERED_ON");
                    return on
                        ? Look.failed("source-on", vm + " is on; it is not deleted")
                        : Look.notYet("it is there");
                  } catch (CallFailure e) {
                    if (e.getKind().equals("http-404")) {
                      return Look.done(Map.of("vm", vm, "deleted", true));
                    }
                    throw e;
                  }
                });
          }

          @Override
          public void send() {
            vcenter.change("DELETE", path(vm), null, null);
          }
        };
    return reach(exchange, in, name, "delete-source", vm, "DELETE " + path(vm), change);
  }

  private CompletableFuture<?> reach(
      Exchange exchange,
      BlockInput in,
      String system,
      String kind,
      String vm,
      String request,
      DesiredState.Change change) {
    return changes
        .reach(
            exchange,
            new Intent(system, kind, vm, in.optional("vmName"), request),
            change,
            look,
            BlockInput.duration("patience", String.valueOf(exchange.getProperty("patience"))))
        .thenAccept(result -> exchange.getMessage().setBody(result));
  }
}
