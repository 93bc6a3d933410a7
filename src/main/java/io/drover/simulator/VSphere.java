package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What vCenter knows: VMs with their tags, folders and networks. A VM that a migration made of one
 * has its address as soon as the source is down or cut off.
 */
final class VSphere {
  static final String CLUSTER = "domain-c8";
  static final String[] FOLDERS = {"group-v10", "group-v11"};
  static final String NETWORK = "dvportgroup-55";
  private static final String[] DEPARTMENTS = {"finance", "sales", "research", "it"};
  private static final String[] TIERS = {"db", "app", "web"};

  final World world;
  final Map<String, SourceVm> vms = new LinkedHashMap<>();

  VSphere(World world) {
    this.world = world;
    int count = world.options.number("source-vms");
    for (int i = 0; i < count; i++) {
      seed(i);
    }
    world.whenUp(this::up);
    world.whenDown(this::moved);
  }

  /** Systems of three tiers, which need each other; a wave has four of them. */
  private void seed(int i) {
    int system = i / TIERS.length;
    String tier = TIERS[i % TIERS.length];
    String prefix = "s" + (system + 1) + "-";
    SourceVm vm = add(prefix + tier, FOLDERS[system % FOLDERS.length], i % 2 == 0 ? "apt" : "dnf");
    vm.tag("department", DEPARTMENTS[system % DEPARTMENTS.length]);
    vm.tag("criticality", system % 2 == 0 ? "high" : "low");
    vm.tag("environment", system % 4 == 3 ? "Test" : "Production");
    vm.tag("tier", tier);
    vm.tag("wave", "wave-" + (1 + system / 4));
    if (i % TIERS.length > 0) {
      vm.tag("depends-on", prefix + TIERS[i % TIERS.length - 1]);
    }
  }

  SourceVm add(String name, String folder, String distribution) {
    int number = vms.size() + 1;
    String seed = world.options.text("seed");
    Central central = world.centrals.values().iterator().next();
    Vm guest =
        Seeds.elsewhere(
            world, central, World.uuid("source guest " + seed + " " + number), name, distribution);
    SourceVm vm =
        new SourceVm(
            "vm-" + (100 + number),
            World.uuid("instance " + seed + " " + number),
            World.uuid("bios " + seed + " " + number),
            name,
            folder,
            CLUSTER,
            guest);
    vm.nics.put(
        "4000",
        new SourceVm.Nic(
            NETWORK, String.format("00:50:56:00:%02x:%02x", number / 256, number % 256)));
    vms.put(vm.moref, vm);
    return vm;
  }

  Optional<SourceVm> byInstance(String uuid) {
    return vms.values().stream().filter(vm -> vm.instanceUuid.equals(uuid)).findFirst();
  }

  /** By moref, or else the first of that name. */
  SourceVm find(String wanted) {
    SourceVm vm = vms.get(wanted);
    return vm != null
        ? vm
        : vms.values().stream()
            .filter(each -> each.name.equals(wanted))
            .findFirst()
            .orElseThrow(() -> new NoSuchElementException("There is no source VM " + wanted));
  }

  void power(SourceVm vm, boolean on) {
    synchronized (world) {
      world.power(vm.guest, on);
      if (on) {
        vm.nics.values().forEach(nic -> nic.connected = nic.startConnected);
      }
      world.note(
          on ? "source-powered-on" : "source-powered-off", null, "source", vm.name, "id", vm.moref);
      route(vm);
    }
  }

  void connect(SourceVm vm, SourceVm.Nic nic, boolean connected) {
    synchronized (world) {
      nic.connected = connected;
      world.note(
          connected ? "source-connected" : "source-disconnected",
          null,
          "source",
          vm.name,
          "id",
          vm.moref);
      route(vm);
    }
  }

  void delete(SourceVm vm) {
    synchronized (world) {
      vms.remove(vm.moref);
      world.note("source-deleted", null, "source", vm.name, "id", vm.moref);
    }
  }

  private void up(Vm vm) {
    moved(vm);
    for (SourceVm source : vms.values()) {
      Vm target = source.target;
      if (target != null && target.exists() && target.on() && source.on()) {
        world.note("both-sides-on", target, "source", source.name, "id", source.moref);
      }
    }
  }

  private void moved(Vm vm) {
    for (SourceVm source : vms.values()) {
      if (source.target == vm || source.guest == vm) {
        route(source);
      }
    }
  }

  /** Who answers at the address that both have. */
  private void route(SourceVm vm) {
    Vm target = vm.target;
    boolean here = vm.on() && vm.connected();
    if (!here && target != null && target.exists()) {
      world.byAddress.put(vm.guest.address, target);
    } else if (here) {
      world.byAddress.put(vm.guest.address, vm.guest);
    } else {
      world.byAddress.remove(vm.guest.address);
    }
  }

  /** What a cutover leaves in Prism; off. */
  Vm arrive(SourceVm vm, Central central, String cluster, @Nullable String subnet, String name) {
    synchronized (world) {
      Vm made = Seeds.arrive(world, central, name, cluster, vm.guest);
      made.disk = vm.guest.disk.copy();
      made.disk.broken |= vm.fate.equals("unhealthyOnArrival");
      made.sockets = vm.guest.sockets;
      made.coresPerSocket = vm.guest.coresPerSocket;
      made.memoryBytes = vm.guest.memoryBytes;
      made.diskBytes = vm.guest.diskBytes;
      made.subnet = subnet == null || subnet.isEmpty() ? made.subnet : subnet;
      return made;
    }
  }

  /** For the control: {@code vm} by moref or name, then what is to be different. */
  JsonNode change(JsonNode json) {
    synchronized (world) {
      if (json.has("add")) {
        SourceVm made =
            add(json.path("add").asText(), json.path("folder").asText(FOLDERS[0]), "apt");
        json.path("tags")
            .properties()
            .forEach(tag -> made.tag(tag.getKey(), tag.getValue().asText()));
        return row(made);
      }
      SourceVm vm = find(json.path("vm").asText());
      json.properties().forEach(field -> change(vm, field.getKey(), field.getValue()));
      return row(vm);
    }
  }

  private void change(SourceVm vm, String property, JsonNode value) {
    switch (property) {
      case "vm" -> {}
      case "name" -> vm.name = value.asText();
      case "tools" -> vm.tools = value.asBoolean();
      case "raw" -> vm.raw = value.asBoolean();
      case "broken" -> vm.guest.disk.broken = value.asBoolean();
      case "power" -> power(vm, value.asText().equals("ON"));
      case "memoryBytes" -> vm.guest.memoryBytes = value.asLong();
      case "diskBytes" -> vm.guest.diskBytes = List.of(value.asLong());
      case "delete" -> delete(vm);
      case "noTags" -> vm.tags.clear();
      case "tags" ->
          value.properties().forEach(tag -> vm.tag(tag.getKey(), tag.getValue().asText()));
      case "fate" -> {
        if (!SourceVm.FATES.contains(value.asText())) {
          throw new IllegalArgumentException(
              "fate: " + value + " (expected one of " + SourceVm.FATES + ")");
        }
        vm.fate = value.asText();
      }
      default ->
          throw new IllegalArgumentException("There is no such property of a VM: " + property);
    }
  }

  /** For the control: all of them. */
  ArrayNode shown() {
    ArrayNode all = Json.array();
    synchronized (world) {
      vms.values().forEach(vm -> all.add(row(vm)));
    }
    return all;
  }

  private static ObjectNode row(SourceVm vm) {
    ObjectNode row = Json.object();
    row.put("vm", vm.moref).put("name", vm.name).put("instanceUuid", vm.instanceUuid);
    row.put("on", vm.on()).put("connected", vm.connected()).put("fate", vm.fate);
    row.put("address", vm.guest.address);
    row.set("tags", Json.MAPPER.valueToTree(vm.tags));
    Vm target = vm.target;
    if (target != null && target.exists()) {
      row.put("target", target.extId).put("targetOn", target.on());
    }
    return row;
  }
}
