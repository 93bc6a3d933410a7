package io.drover.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** The CMDB as discovery left it: a record for each VM, and what drifted since. */
final class CmdbSeeds {
  private final World world;
  private final ServiceNowTable table = ServiceNowTable.cis();

  private CmdbSeeds(World world) {
    this.world = world;
  }

  static ServiceNowTable sow(World world) {
    CmdbSeeds seeds = new CmdbSeeds(world);
    boolean drift = world.options.on("cmdb-drift");
    synchronized (world) {
      for (Central central : world.centrals.values()) {
        int number = 0;
        for (Vm vm : central.vms.values()) {
          seeds.ci(vm, drift ? ++number % 24 : 0);
        }
        if (drift) {
          seeds.add("gone " + central.name, gone(central));
        }
      }
    }
    return seeds.table;
  }

  private static ObjectNode gone(Central central) {
    return Json.object()
        .put("name", "gone-1")
        .put("object_id", World.uuid("gone " + central.name))
        .put("u_prism_central", central.name)
        .put("environment", "Production")
        .put("owned_by.user_name", "owner-1");
  }

  /**
   * @param place in each two dozen; 0 drifts in no way
   */
  private void ci(Vm vm, int place) {
    ObjectNode ci = Json.object();
    ci.put("name", vm.name).put("object_id", vm.extId);
    ci.put("u_prism_central", vm.central.name);
    ci.put("environment", value(vm, "Environment"));
    ci.put("owned_by.user_name", value(vm, "Owner"));
    switch (place) {
      case 3 -> {
        return; // missing
      }
      case 5 -> ci.put("owned_by.user_name", "somebody.else");
      case 6 -> ci.put("environment", "Staging");
      case 9 -> ci.put("install_status", "7");
      case 10 -> ci.put("object_id", "").put("owned_by.user_name", "left.the.company");
      case 11 -> add("twice " + vm.extId, ci.deepCopy().put("name", vm.name + "-old"));
      case 13 ->
          ci.put("object_id", "VMware-" + swapped(vm.extId))
              .put("environment", "Disaster Recovery");
      case 15 -> ci.put("object_id", vm.extId.toUpperCase(Locale.ROOT).replace("-", " "));
      default -> {}
    }
    add(vm.extId, ci);
  }

  private void add(String of, ObjectNode ci) {
    table.add(World.hex("ci " + world.options.text("seed") + " " + of).substring(0, 32), ci);
  }

  private static String value(Vm vm, String key) {
    for (String id : vm.categories) {
      Central.Category category = vm.central.categories.get(id);
      if (category != null && category.key().equals(key)) {
        return category.value();
      }
    }
    return "";
  }

  /** The first three groups with their bytes the other way round, as some firmware tells it. */
  private static String swapped(String uuid) {
    String[] groups = uuid.split("-");
    for (int i = 0; i < 3; i++) {
      StringBuilder turned = new StringBuilder();
      for (int at = groups[i].length() - 2; at >= 0; at -= 2) {
        turned.append(groups[i], at, at + 2);
      }
      groups[i] = turned.toString();
    }
    return String.join("-", groups);
  }
}
