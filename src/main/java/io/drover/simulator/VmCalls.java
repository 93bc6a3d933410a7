package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** VMs under AHV: lists, reads, power, revert, categories, making and deleting. */
final class VmCalls {
  private static final Set<String> BODYLESS =
      Set.of("power-on", "power-off", "power-cycle", "reset", "shutdown", "reboot");

  /** Fields that cost little to tell. */
  private static final Set<String> CHEAP =
      Set.of(
          "extId",
          "name",
          "powerState",
          "numSockets",
          "numCoresPerSocket",
          "numThreadsPerCore",
          "memorySizeBytes",
          "cluster",
          "ownershipInfo",
          "categories",
          "disks");

  private static final String NOBODY = "00000000-0000-0000-0000-000000000000";

  private final World world;
  private final Central central;
  private final Writes writes;

  VmCalls(Central central) {
    this.world = central.world;
    this.central = central;
    this.writes = new Writes(central);
  }

  private Listing<Vm> listing(Call call) {
    Fields<Vm> fields =
        new Fields<Vm>()
            .filter("extId", vm -> vm.extId)
            .both("name", vm -> vm.name)
            .filterEnum("powerState", "Vmm.Ahv.Config.PowerState", vm -> vm.powerState)
            .filter("cluster/extId", vm -> vm.cluster)
            .filter("host/extId", vm -> vm.on() ? host(vm) : null)
            .both("memorySizeBytes", vm -> vm.memoryBytes)
            .both("numSockets", vm -> (long) vm.sockets)
            .both("numCoresPerSocket", vm -> (long) vm.coresPerSocket)
            .both("numThreadsPerCore", vm -> (long) vm.threadsPerCore)
            .select("extId", "name", "createTime", "powerState", "numSockets", "numCoresPerSocket")
            .select("numThreadsPerCore", "memorySizeBytes", "cluster", "host", "categories")
            .select("disks", "nics", "guestTools", "ownershipInfo", "project", "machineType")
            .select("description");
    String byCategory = world.options.text("vm-category-filter");
    if (byCategory.equals("on") || (byCategory.equals("by-version") && call.minor() >= 3)) {
      Fields<String> category = new Fields<String>().filter("extId", id -> id);
      fields.filterAny("categories", vm -> vm.categories, category);
    }
    return new Listing<>(
        world.options,
        "vmm.v4.ahv.config.Vm",
        "ListVmsApiResponse",
        fields,
        (vm, names) -> view(vm, call.minor(), names),
        central.sortedVms());
  }

  Answer list(Call call) {
    return listing(call).answer(call, central.vms);
  }

  Answer get(Call call, String extId) {
    Vm vm = central.vms.get(extId);
    return vm == null ? unknown(extId) : Answer.one(view(vm, call.minor(), null), vm.etag());
  }

  private static Answer unknown(String extId) {
    return Answer.error(
        404, "vmm", "VMM-30100", "VM_NOT_FOUND", "There is no VM " + extId, "vm_uuid", extId);
  }

  Answer create(Call call) {
    Answer refused = writes.refuse(call, null);
    if (refused != null) {
      return refused;
    }
    String name = call.json().path("name").asText("");
    String cluster = call.json().path("cluster").path("extId").asText("");
    if (name.isEmpty() || !central.clusters.contains(cluster)) {
      return call.wrong("name: '" + name + "', cluster/extId: '" + cluster + "'");
    }
    List<String> categories = ids(call.json().path("categories"));
    return writes.task(
        call,
        "CreateVm",
        List.of(),
        task -> {
          Vm vm = Seeds.join(world, central, name, cluster, "apt");
          vm.categories.addAll(categories);
          vm.sockets = call.json().path("numSockets").asInt(1);
          vm.coresPerSocket = call.json().path("numCoresPerSocket").asInt(1);
          vm.memoryBytes = call.json().path("memorySizeBytes").asLong(1L << 30);
          central.vmsChanged();
          task.entities.add(new Task.Entity(vm.extId, Task.VM));
        });
  }

  /**
   * @param action null for the deletion
   */
  Answer change(Call call, String extId, @Nullable String action) {
    Vm vm = central.vms.get(extId);
    if (vm == null) {
      return unknown(extId);
    }
    Answer refused = writes.refuse(call, vm.etag());
    if (refused != null) {
      return refused;
    }
    if (action != null && BODYLESS.contains(action) && call.body() != null) {
      return call.wrong("no body expected");
    }
    return switch (action == null ? "delete" : action) {
      case "delete" -> task(call, vm, "DeleteVm", task -> world.delete(vm));
      case "power-on" -> task(call, vm, "VmPowerOn", task -> power(vm, true));
      case "power-off" -> task(call, vm, "VmPowerOff", task -> power(vm, false));
      case "power-cycle", "reset" -> task(call, vm, "VmReset", task -> cycle(vm));
      case "reboot", "guest-reboot" -> task(call, vm, "VmReboot", task -> reboot(vm));
      case "shutdown", "guest-shutdown" -> task(call, vm, "VmShutdown", task -> shutDown(vm));
      case "revert" -> revert(call, vm);
      case "associate-categories" -> categories(call, vm, true);
      case "disassociate-categories" -> categories(call, vm, false);
      default -> Answer.unknownUrl();
    };
  }

  private Answer task(Call call, Vm vm, String operation, Task.Work work) {
    return task(call, vm, operation, List.of(new Task.Entity(vm.extId, Task.VM)), work);
  }

  private Answer task(
      Call call, Vm vm, String operation, List<Task.Entity> entities, Task.Work work) {
    return writes.task(
        call,
        vm.etag(),
        operation,
        entities,
        task -> {
          task.cluster = vm.cluster;
          if (!vm.exists()) {
            throw new Task.Refusal("VMM-30100", "VM_NOT_FOUND", "There is no VM " + vm.extId);
          }
          work.run(task);
        });
  }

  private void power(Vm vm, boolean on) throws Task.Refusal {
    if (vm.on() != on) {
      world.power(vm, on);
    } else if (!world.options.on("power-same")) {
      throw wrongPower(vm);
    }
  }

  private void cycle(Vm vm) throws Task.Refusal {
    refuseOff(vm);
    world.power(vm, false);
    world.power(vm, true);
  }

  private void reboot(Vm vm) throws Task.Refusal {
    refuseOff(vm);
    world.reboot(vm);
  }

  private void shutDown(Vm vm) throws Task.Refusal {
    refuseOff(vm);
    world.shutDown(vm);
  }

  private static void refuseOff(Vm vm) throws Task.Refusal {
    if (!vm.on()) {
      throw wrongPower(vm);
    }
  }

  private static Task.Refusal wrongPower(Vm vm) {
    return new Task.Refusal(
        "VMM-30501", "VM_INVALID_POWER_STATE", "The VM's power state is " + vm.powerState);
  }

  private Answer revert(Call call, Vm vm) {
    String wanted = call.json().path("vmRecoveryPointExtId").asText("");
    if (wanted.isEmpty()) {
      return call.wrong("vmRecoveryPointExtId: (expected: an extId)");
    }
    Point point = central.pointOfPart.get(wanted);
    Point.Part part =
        point == null || !point.cluster.equals(vm.cluster)
            ? null
            : point.parts.stream()
                .filter(each -> each.extId().equals(wanted) && each.vm().equals(vm.extId))
                .findFirst()
                .orElse(null);
    String message = "There is no VM recovery point " + wanted + " of this VM";
    if (part == null && world.options.text("revert-wrong-id").equals("refuse")) {
      return Answer.error(
          404,
          "vmm",
          "VMM-32810",
          "VM_RECOVERY_POINT_NOT_FOUND_ERROR",
          message,
          "vm_recovery_point_uuid",
          wanted);
    }
    return task(
        call,
        vm,
        "RevertVm",
        List.of(new Task.Entity(vm.extId, Task.VM), new Task.Entity(wanted, Task.VM_POINT)),
        task -> {
          Point still = central.pointOfPart.get(wanted);
          if (part == null || still == null) {
            throw new Task.Refusal("VMM-32810", "VM_RECOVERY_POINT_NOT_FOUND_ERROR", message);
          }
          if (vm.on() && !world.options.on("revert-while-on")) {
            throw wrongPower(vm);
          }
          world.revert(vm, still, part.disk());
          task.details.put("VM Recovery Point UUID", wanted);
        });
  }

  private Answer categories(Call call, Vm vm, boolean associate) {
    List<String> wanted = ids(call.json().path("categories"));
    if (wanted.isEmpty()) {
      return call.wrong("categories: (expected: a list of {extId})");
    }
    return task(
        call,
        vm,
        "VmUpdateCategories",
        task -> {
          vm.categories.removeAll(wanted);
          if (associate) {
            vm.categories.addAll(wanted);
          }
          vm.generation++;
        });
  }

  private static List<String> ids(JsonNode references) {
    List<String> ids = new ArrayList<>();
    for (JsonNode reference : references) {
      if (!reference.path("extId").isTextual()) {
        throw new IllegalArgumentException("A reference is an object with extId");
      }
      ids.add(reference.path("extId").asText());
    }
    return ids;
  }

  private static String host(Vm vm) {
    return World.uuid("host " + vm.cluster);
  }

  /**
   * @param names what is asked for; null: all of it
   */
  private static ObjectNode view(Vm vm, int minor, @Nullable Set<String> names) {
    ObjectNode row = Json.object();
    row.put("extId", vm.extId).put("name", vm.name).put("powerState", vm.powerState);
    row.put("numSockets", vm.sockets)
        .put("numCoresPerSocket", vm.coresPerSocket)
        .put("memorySizeBytes", vm.memoryBytes);
    if (vm.threadsPerCore > 0) {
      row.put("numThreadsPerCore", vm.threadsPerCore);
    }
    row.putObject("cluster").put("extId", vm.cluster);
    row.putObject("ownershipInfo").putObject("owner").put("extId", vm.owner);
    if (!vm.categories.isEmpty()) {
      ArrayNode categories = row.putArray("categories");
      vm.categories.forEach(extId -> categories.addObject().put("extId", extId));
    }
    if (names == null || names.contains("disks")) {
      disks(row.putArray("disks"), vm);
    }
    if (names == null || !CHEAP.containsAll(names)) {
      rest(row, vm, minor);
    }
    return row;
  }

  private static void disks(ArrayNode disks, Vm vm) {
    int index = 0;
    for (long bytes : vm.diskBytes) {
      disk(disks, vm, index)
          .put("$objectType", "vmm.v4.ahv.config.VmDisk")
          .put("diskExtId", vm.extId.substring(0, 35) + index++)
          .put("diskSizeBytes", bytes);
    }
    if (vm.volumeGroup) {
      disk(disks, vm, index)
          .put("$objectType", "vmm.v4.ahv.config.ADSFVolumeGroupReference")
          .put("volumeGroupExtId", World.uuid("vg " + vm.extId));
    }
  }

  private static void rest(ObjectNode row, Vm vm, int minor) {
    if (!vm.description.isEmpty()) {
      row.put("description", vm.description);
    }
    row.put("createTime", vm.created.toString()).put("machineType", "PC");
    if (vm.on()) {
      row.putObject("host").put("extId", host(vm));
    }
    if (minor >= 1) {
      row.putObject("project").put("extId", NOBODY);
    }
    ObjectNode nic = row.putArray("nics").addObject().put("extId", vm.nic());
    network(nic.putObject("networkInfo"), vm);
    if (minor >= 1) {
      network(
          nic.putObject("nicNetworkInfo")
              .put("$objectType", "vmm.v4.ahv.config.VirtualEthernetNicNetworkInfo"),
          vm);
    }
    if (vm.guestTools) {
      ObjectNode tools = row.putObject("guestTools");
      tools.put("version", "4.2").put("isInstalled", true).put("isEnabled", true);
      tools.put("isReachable", vm.up()).put("isVssSnapshotCapable", true);
      tools.putArray("capabilities").add("VSS_SNAPSHOT");
    }
  }

  private static ObjectNode disk(ArrayNode disks, Vm vm, int index) {
    String extId = vm.extId.substring(0, 34) + "d" + index;
    ObjectNode disk = disks.addObject().put("extId", extId);
    disk.putObject("diskAddress").put("busType", "SCSI").put("index", index);
    return disk.putObject("backingInfo");
  }

  private static void network(ObjectNode info, Vm vm) {
    info.put("nicType", "NORMAL_NIC").put("vlanMode", "ACCESS");
    info.putObject("subnet").put("extId", vm.subnet);
    info.putObject("ipv4Info")
        .putArray("learnedIpAddresses")
        .addObject()
        .put("value", vm.reportedAddress);
  }
}
