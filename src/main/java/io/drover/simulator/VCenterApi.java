package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** vCenter's REST API: sessions, inventory, power, network cards, tags. */
final class VCenterApi extends Front {
  private static final int MOST = 4000;
  private static final HttpString SESSION = new HttpString("vmware-api-session-id");
  private static final Pattern VM = Pattern.compile("/api/vcenter/vm/([^/]+)(/.*)?");
  private static final Pattern NIC = Pattern.compile("/hardware/ethernet/([^/]+)");
  private static final String CATEGORY = "urn:vmomi:InventoryServiceCategory:";
  private static final String TAG = "urn:vmomi:InventoryServiceTag:";

  final String username = "drover@vsphere.local";
  final String password = Logins.secret("");
  private final VSphere sphere;
  private final Map<String, Long> sessions = new HashMap<>();

  VCenterApi(VSphere sphere, Faults faults) {
    super("vcenter", sphere.world, faults);
    this.sphere = sphere;
  }

  /** Ends all sessions. */
  void expire() {
    synchronized (world) {
      sessions.clear();
    }
  }

  @Override
  void refuse(HttpServerExchange exchange, int status) {
    error(exchange, status, status == 503 ? "SERVICE_UNAVAILABLE" : "ERROR", "A fault");
  }

  @Override
  void take(HttpServerExchange exchange, byte[] body) {
    synchronized (world) {
      String path = exchange.getRequestPath();
      String method = exchange.getRequestMethod().toString();
      if (path.equals("/api/session") && method.equals("POST")) {
        login(exchange);
        return;
      }
      if (!known(exchange.getRequestHeaders().getFirst(SESSION))) {
        error(exchange, 401, "UNAUTHENTICATED", "Authentication required.");
        return;
      }
      try {
        JsonNode json = body.length == 0 ? Json.object() : Json.MAPPER.readTree(body);
        if (path.equals("/api/session")) {
          session(exchange, method);
        } else if (path.startsWith("/api/cis/tagging/")) {
          tagging(exchange, method, path.substring("/api/cis/tagging".length()), json);
        } else {
          inventory(exchange, method, path, json);
        }
      } catch (IOException e) {
        error(exchange, 400, "INVALID_REQUEST", "The body is not JSON");
      }
    }
  }

  private void login(HttpServerExchange exchange) {
    String sent = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
    if (sent == null || !Logins.same(sent, Logins.basic(username, password))) {
      error(exchange, 401, "UNAUTHENTICATED", "Authentication required.");
      return;
    }
    String token = Logins.secret("");
    sessions.put(token, System.nanoTime());
    json(exchange, 201, Json.text(token));
  }

  private boolean known(@Nullable String token) {
    Long used = token == null ? null : sessions.get(token);
    long life = world.options.duration("vcenter-session-life").toNanos();
    if (token == null || used == null || System.nanoTime() - used > life) {
      sessions.remove(token);
      return false;
    }
    sessions.put(token, System.nanoTime());
    return true;
  }

  private void session(HttpServerExchange exchange, String method) {
    if (method.equals("DELETE")) {
      sessions.remove(exchange.getRequestHeaders().getFirst(SESSION));
      exchange.setStatusCode(204).endExchange();
    } else {
      json(exchange, 200, Json.object().put("user", username));
    }
  }

  private void inventory(HttpServerExchange exchange, String method, String path, JsonNode json) {
    switch (path) {
      case "/api/vcenter/vm" -> list(exchange);
      case "/api/vcenter/folder" -> folders(exchange);
      case "/api/vcenter/cluster" -> {
        ArrayNode rows = Json.array();
        rows.addObject()
            .put("cluster", VSphere.CLUSTER)
            .put("name", "esx-a")
            .put("ha_enabled", true);
        json(exchange, 200, rows);
      }
      case "/api/vcenter/network" -> {
        ArrayNode rows = Json.array();
        rows.addObject()
            .put("network", VSphere.NETWORK)
            .put("name", "VLAN120")
            .put("type", "DISTRIBUTED_PORTGROUP");
        json(exchange, 200, rows);
      }
      default -> {
        Matcher one = VM.matcher(path);
        if (!one.matches()) {
          error(exchange, 404, "OPERATION_NOT_FOUND", "There is no " + path);
          return;
        }
        SourceVm vm = sphere.vms.get(one.group(1));
        if (vm == null) {
          error(exchange, 404, "NOT_FOUND", "There is no virtual machine " + one.group(1));
          return;
        }
        of(exchange, method, vm, one.group(2) == null ? "" : one.group(2), json);
      }
    }
  }

  private static Set<String> wanted(HttpServerExchange exchange, String name) {
    Deque<String> values = exchange.getQueryParameters().get(name);
    return values == null ? Set.of() : new LinkedHashSet<>(values);
  }

  private static boolean in(Set<String> wanted, String value) {
    return wanted.isEmpty() || wanted.contains(value);
  }

  private void list(HttpServerExchange exchange) {
    Set<String> ids = wanted(exchange, "vms");
    Set<String> names = wanted(exchange, "names");
    Set<String> folders = wanted(exchange, "folders");
    Set<String> clusters = wanted(exchange, "clusters");
    Set<String> states = wanted(exchange, "power_states");
    List<SourceVm> found =
        sphere.vms.values().stream()
            .filter(vm -> in(ids, vm.moref) && in(names, vm.name) && in(folders, vm.folder))
            .filter(vm -> in(clusters, vm.cluster) && in(states, power(vm)))
            .toList();
    if (found.size() > MOST) {
      error(exchange, 400, "UNABLE_TO_ALLOCATE_RESOURCE", "More than " + MOST + " were found");
      return;
    }
    ArrayNode rows = Json.array();
    for (SourceVm vm : found) {
      rows.addObject()
          .put("vm", vm.moref)
          .put("name", vm.name)
          .put("power_state", power(vm))
          .put("cpu_count", vm.guest.sockets * vm.guest.coresPerSocket)
          .put("memory_size_MiB", vm.guest.memoryBytes >> 20);
    }
    json(exchange, 200, rows);
  }

  private static String power(SourceVm vm) {
    return vm.on() ? "POWERED_ON" : "POWERED_OFF";
  }

  private void folders(HttpServerExchange exchange) {
    Set<String> parents = wanted(exchange, "parent_folders");
    ArrayNode rows = Json.array();
    for (String folder : VSphere.FOLDERS) {
      if (parents.isEmpty() || parents.contains("group-v3")) {
        rows.addObject()
            .put("folder", folder)
            .put("name", "systems-" + folder.substring(folder.length() - 1))
            .put("type", "VIRTUAL_MACHINE");
      }
    }
    json(exchange, 200, rows);
  }

  private void of(
      HttpServerExchange exchange, String method, SourceVm vm, String path, JsonNode json) {
    String action =
        exchange.getQueryParameters().containsKey("action")
            ? exchange.getQueryParameters().get("action").getFirst()
            : "";
    switch (method + " " + path) {
      case "GET " -> json(exchange, 200, detail(vm));
      case "DELETE " -> {
        if (vm.on()) {
          error(exchange, 400, "NOT_ALLOWED_IN_CURRENT_STATE", "The virtual machine is on");
        } else {
          sphere.delete(vm);
          exchange.setStatusCode(204).endExchange();
        }
      }
      case "GET /power" -> json(exchange, 200, Json.object().put("state", power(vm)));
      case "POST /power" -> power(exchange, vm, action);
      case "GET /guest/identity" -> {
        if (!vm.tools || !vm.guest.up()) {
          error(exchange, 503, "SERVICE_UNAVAILABLE", "VMware Tools are not running");
        } else {
          json(
              exchange,
              200,
              Json.object()
                  .put("family", "LINUX")
                  .put("name", "RHEL_8_64")
                  .put("host_name", vm.name)
                  .put("ip_address", vm.guest.address));
        }
      }
      default -> nic(exchange, method, vm, path, action, json);
    }
  }

  private void power(HttpServerExchange exchange, SourceVm vm, String action) {
    boolean on = action.equals("start");
    if (!on && !action.equals("stop")) {
      error(exchange, 400, "INVALID_ARGUMENT", "action: " + action);
      return;
    }
    if (vm.on() == on) {
      String type =
          world.options.text("vcenter-power-same").equals("error")
              ? "ALREADY_IN_DESIRED_STATE"
              : "NOT_ALLOWED_IN_CURRENT_STATE";
      error(exchange, 400, type, "Virtual machine is already powered " + (on ? "on" : "off") + ".");
      return;
    }
    sphere.power(vm, on);
    exchange.setStatusCode(204).endExchange();
  }

  private void nic(
      HttpServerExchange exchange,
      String method,
      SourceVm vm,
      String path,
      String action,
      JsonNode json) {
    Matcher call = NIC.matcher(path);
    SourceVm.Nic nic = call.matches() ? vm.nics.get(call.group(1)) : null;
    if (nic == null) {
      error(exchange, 404, "NOT_FOUND", "There is no " + path);
    } else if (method.equals("PATCH")) {
      if (json.has("start_connected")) {
        nic.startConnected = json.path("start_connected").asBoolean();
      }
      exchange.setStatusCode(204).endExchange();
    } else if (!vm.on()) {
      error(exchange, 400, "NOT_ALLOWED_IN_CURRENT_STATE", "The virtual machine is off");
    } else if (nic.connected == action.equals("connect")) {
      error(exchange, 400, "ALREADY_IN_DESIRED_STATE", "It is so already");
    } else {
      sphere.connect(vm, nic, action.equals("connect"));
      exchange.setStatusCode(204).endExchange();
    }
  }

  private static ObjectNode detail(SourceVm vm) {
    ObjectNode row = Json.object();
    row.put("name", vm.name).put("power_state", power(vm)).put("guest_OS", "RHEL_8_64");
    row.putObject("identity")
        .put("name", vm.name)
        .put("bios_uuid", vm.biosUuid)
        .put("instance_uuid", vm.instanceUuid);
    row.putObject("cpu")
        .put("count", vm.guest.sockets * vm.guest.coresPerSocket)
        .put("cores_per_socket", vm.guest.coresPerSocket);
    row.putObject("memory").put("size_MiB", vm.guest.memoryBytes >> 20);
    ObjectNode disks = row.putObject("disks");
    int key = 2000;
    for (long bytes : vm.guest.diskBytes) {
      ObjectNode disk =
          disks
              .putObject(String.valueOf(key++))
              .put("label", "Hard disk " + (key - 2000))
              .put("type", "SCSI")
              .put("capacity", bytes);
      disk.putObject("backing")
          .put("type", vm.raw ? "RAW_DEVICE" : "VMDK_FILE")
          .put("vmdk_file", "[ds1] " + vm.name + "/" + vm.name + ".vmdk");
    }
    ObjectNode nics = row.putObject("nics");
    vm.nics.forEach(
        (id, nic) -> {
          ObjectNode card =
              nics.putObject(id)
                  .put("label", "Network adapter 1")
                  .put("type", "VMXNET3")
                  .put("mac_address", nic.mac)
                  .put("state", nic.connected && vm.on() ? "CONNECTED" : "NOT_CONNECTED")
                  .put("start_connected", nic.startConnected);
          card.putObject("backing")
              .put("type", "DISTRIBUTED_PORTGROUP")
              .put("network", nic.network)
              .put("network_name", "VLAN120");
        });
    return row;
  }

  private void tagging(HttpServerExchange exchange, String method, String path, JsonNode json) {
    Map<String, Set<String>> known = new LinkedHashMap<>();
    for (SourceVm vm : sphere.vms.values()) {
      vm.tags.forEach(
          (category, tags) ->
              known.computeIfAbsent(category, c -> new LinkedHashSet<>()).addAll(tags));
    }
    ArrayNode rows = Json.array();
    if (path.equals("/category")) {
      known.keySet().forEach(category -> rows.add(urn(CATEGORY, category)));
      json(exchange, 200, rows);
    } else if (path.startsWith("/category/")) {
      String id = path.substring("/category/".length());
      String name = find(known.keySet(), CATEGORY, id);
      if (name == null) {
        error(exchange, 404, "NOT_FOUND", "There is no category " + id);
        return;
      }
      json(
          exchange,
          200,
          Json.object().put("id", id).put("name", name).put("cardinality", "MULTIPLE"));
    } else if (path.startsWith("/tag/")) {
      String id = path.substring("/tag/".length());
      for (Map.Entry<String, Set<String>> category : known.entrySet()) {
        for (String tag : category.getValue()) {
          if (urn(TAG, category.getKey() + "/" + tag).equals(id)) {
            json(
                exchange,
                200,
                Json.object()
                    .put("id", id)
                    .put("name", tag)
                    .put("category_id", urn(CATEGORY, category.getKey())));
            return;
          }
        }
      }
      error(exchange, 404, "NOT_FOUND", "There is no tag " + id);
    } else if (path.equals("/tag") && method.equals("POST")) {
      String category = find(known.keySet(), CATEGORY, json.path("category_id").asText());
      for (String tag :
          category == null ? Set.<String>of() : known.getOrDefault(category, Set.of())) {
        rows.add(urn(TAG, category + "/" + tag));
      }
      json(exchange, 200, rows);
    } else if (path.equals("/tag-association")) {
      associations(exchange, json);
    } else {
      error(exchange, 404, "OPERATION_NOT_FOUND", "There is no " + path);
    }
  }

  private static @Nullable String find(Set<String> names, String kind, String id) {
    return names.stream().filter(name -> urn(kind, name).equals(id)).findFirst().orElse(null);
  }

  /** Objects without a tag are left out, as vCenter does. */
  private void associations(HttpServerExchange exchange, JsonNode json) {
    ArrayNode rows = Json.array();
    if (json.has("tag_ids")) {
      for (JsonNode id : json.path("tag_ids")) {
        List<String> with = new ArrayList<>();
        sphere.vms.values().stream()
            .filter(vm -> urns(vm).contains(id.asText()))
            .forEach(vm -> with.add(vm.moref));
        if (!with.isEmpty()) {
          ArrayNode objects = rows.addObject().put("tag_id", id.asText()).putArray("object_ids");
          with.forEach(vm -> objects.addObject().put("type", "VirtualMachine").put("id", vm));
        }
      }
    } else {
      for (JsonNode object : json.path("object_ids")) {
        SourceVm vm = sphere.vms.get(object.path("id").asText());
        if (vm != null && !vm.tags.isEmpty()) {
          ObjectNode row = rows.addObject();
          row.putObject("object_id").put("type", "VirtualMachine").put("id", vm.moref);
          ArrayNode tags = row.putArray("tag_ids");
          urns(vm).forEach(tags::add);
        }
      }
    }
    json(exchange, 200, rows);
  }

  private static Set<String> urns(SourceVm vm) {
    Set<String> all = new LinkedHashSet<>();
    vm.tags.forEach(
        (category, tags) -> tags.forEach(tag -> all.add(urn(TAG, category + "/" + tag))));
    return all;
  }

  private static String urn(String kind, String name) {
    return kind + World.uuid(kind + name) + ":GLOBAL";
  }

  private static void error(HttpServerExchange exchange, int status, String type, String message) {
    ObjectNode body = Json.object().put("error_type", type);
    body.putArray("messages")
        .addObject()
        .put("id", "com.vmware.simulated." + type.toLowerCase(java.util.Locale.ROOT))
        .put("default_message", message)
        .putArray("args");
    json(exchange, status, body);
  }
}
