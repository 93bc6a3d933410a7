package io.drover.simulator;

import java.util.List;

/** What the world holds when it begins; the same for the same settings. */
final class Seeds {
  static final String CLUSTER_A = "0005b000-aaaa-bbbb-0000-000000000a01";
  static final String CLUSTER_B = "0005b000-cccc-dddd-0000-000000000b01";
  static final String DOMAIN_MANAGER = "0c000000-0000-4000-8000-0000000000a0";

  private static final String[] DEPARTMENTS = {"finance", "sales", "research", "it"};
  private static final int MOST = 100_000;

  private final World world;

  private Seeds(World world) {
    this.world = world;
  }

  static void sow(World world) {
    Seeds seeds = new Seeds(world);
    int number = 0;
    for (String name : world.options.text("prism-centrals").split(",")) {
      if (!name.matches("[a-z][a-z0-9-]*")) {
        throw new IllegalArgumentException(
            "--prism-centrals: " + name + " (expected: lower-case names with commas between)");
      }
      world.centrals.put(name, seeds.central(name, number++));
    }
  }

  private Central central(String name, int number) {
    String end = number == 0 ? "" : String.format("%02x", number);
    Central central =
        new Central(
            world,
            name,
            ending(DOMAIN_MANAGER, end),
            List.of(ending(CLUSTER_A, end), ending(CLUSTER_B, end)));
    boolean first = number == 0 || world.options.text("other-vms").isEmpty();
    int count = world.options.number(first ? "vms" : "other-vms");
    if (count > MOST) {
      throw new IllegalArgumentException("--vms=" + count + " (expected: at most " + MOST + ")");
    }
    for (int i = 1; i <= count; i++) {
      vm(central, number, i);
    }
    if (world.options.on("special-vms")) {
      special(central);
    }
    return central;
  }

  private static String ending(String id, String end) {
    return end.isEmpty()
        ? id
        : id.substring(0, id.length() - 6) + end + id.substring(id.length() - 4);
  }

  private void vm(Central central, int of, int i) {
    String kind = i % 4 == 0 ? "db" : "web";
    String name = i == 2 && world.options.on("duplicate-names") ? "web-1" : kind + "-" + i;
    if (world.options.on("hostile-names") && i % 5 == 0) {
      name = "<img src=x onerror=alert(" + i + ")>'; rm -rf / #\uD83D\uDC04" + i;
    }
    String seed = world.options.text("seed");
    Vm vm =
        add(
            central,
            World.uuid("vm " + (of == 0 ? "" : central.name + " ") + seed + " " + i),
            name,
            central.clusters.get(i % 2 == 0 ? 1 : 0),
            i % 3 == 0 ? "dnf" : "apt");
    if (world.options.text("sizes").equals("varied")) {
      size(vm, i);
    }
    vm.categories.add(central.category("Environment", i % 3 == 0 ? "Test" : "Production"));
    vm.categories.add(central.category("Department", DEPARTMENTS[i % DEPARTMENTS.length]));
    vm.categories.add(central.category("AppType", kind.equals("db") ? "Database" : "Web"));
    if (i % 7 != 0) {
      vm.categories.add(central.category("Owner", "owner-" + (i % 5)));
    }
  }

  /** Sizes as estates have them; one VM in ten is off. */
  private static void size(Vm vm, int i) {
    vm.sockets = 1 + i % 4;
    vm.coresPerSocket = 1 + i % 3;
    vm.threadsPerCore = i % 2; // 0: not set
    vm.memoryBytes = (1L + i % 16) << 30;
    vm.diskBytes = i % 5 == 0 ? List.of(40L << 30, (100L + i % 7) << 30) : List.of(20L << 30);
    vm.owner = World.uuid("user " + i % 11);
    vm.powerState = i % 10 == 0 ? "OFF" : "ON";
  }

  private Vm add(Central central, String extId, String name, String cluster, String distribution) {
    int i = world.nextGuest();
    Vm vm = new Vm(central, i, extId, name, cluster, address(i), distribution);
    if (distribution.equals("apt")) {
      vm.disk.files.put("/etc/debian_version", "12.7\n");
    }
    central.vms.put(extId, vm);
    central.vmsChanged();
    world.byAddress.put(vm.address, vm);
    return vm;
  }

  /** One of 127.0.0.0/8, never that of this machine itself. */
  private static String address(int i) {
    return "127." + (10 + i / 62500) + "." + (i / 250 % 250) + "." + (1 + i % 250);
  }

  /** The guest of a VM that no Prism Central has. */
  static Vm elsewhere(
      World world, Central central, String extId, String name, String distribution) {
    int i = world.nextGuest();
    Vm vm = new Vm(central, i, extId, name, central.clusters.get(0), address(i), distribution);
    if (distribution.equals("apt")) {
      vm.disk.files.put("/etc/debian_version", "12.7\n");
    }
    vm.elsewhere = true;
    world.byAddress.put(vm.address, vm);
    return vm;
  }

  /** A VM that was brought here with its address and its host key; off. */
  static Vm arrive(World world, Central central, String name, String cluster, Vm from) {
    Vm vm =
        new Vm(central, from.number, world.newId(), name, cluster, from.address, from.distribution);
    vm.powerState = "OFF";
    central.vms.put(vm.extId, vm);
    central.vmsChanged();
    world.note("created", vm);
    return vm;
  }

  private static void special(Central central) {
    central.vms.values().stream()
        .filter(vm -> vm.name.equals("web-7"))
        .forEach(vm -> vm.behaviour = "unhealthyAfterPatch");
    central.vms.values().stream()
        .filter(vm -> vm.name.equals("web-2"))
        .forEach(vm -> vm.disk.pendingUpdates = 0);
    central.vms.values().stream()
        .filter(vm -> vm.name.equals("db-8"))
        .forEach(vm -> vm.volumeGroup = true);
  }

  /** A VM that joins the world later; off until somebody powers it on. */
  static Vm join(World world, Central central, String name, String cluster, String distribution) {
    Vm vm = new Seeds(world).add(central, world.newId(), name, cluster, distribution);
    vm.powerState = "OFF";
    world.note("created", vm);
    return vm;
  }
}
