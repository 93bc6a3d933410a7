package io.drover.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The shell of a simulated guest: lists with {@code ; && ||}, {@code if}, redirections, pipes to
 * wc, tail, grep, and the commands that running a Linux guest over SSH takes. What it does not know
 * ends with 127, as in any shell.
 */
final class GuestShell implements ShellScript.Shell {
  private final World world;
  private final Vm vm;

  /** Folders that it made before it stopped at its update. */
  private final Set<String> made = new HashSet<>();

  private boolean stopsAtUpdate;
  private boolean begun;

  GuestShell(World world, Vm vm) {
    this.world = world;
    this.vm = vm;
  }

  /** What a command left. */
  record Result(int exit, String out) {}

  Result run(String script) {
    return new ShellScript(script, this).list();
  }

  @Override
  public Result command(List<String> words, String input) {
    if (words.isEmpty()) {
      return new Result(0, "");
    }
    String name = words.get(0);
    List<String> arguments = words.subList(1, words.size());
    if (name.matches("[A-Z_]+=.*")) {
      return command(arguments, input);
    }
    return switch (name) {
      case "sudo" -> command(arguments.stream().dropWhile(a -> a.startsWith("-")).toList(), input);
      case "sh", "bash" -> run(arguments.get(arguments.size() - 1));
      case "true", ":", "sync", "sleep" -> new Result(0, "");
      case "false" -> new Result(1, "");
      case "echo" -> new Result(0, String.join(" ", arguments) + "\n");
      case "printf" -> new Result(0, arguments.get(arguments.size() - 1).replace("\\n", "\n"));
      case "hostname" -> new Result(0, vm.name + "\n");
      case "uname" -> new Result(0, "Linux\n");
      case "id" -> new Result(0, "uid=0(root)\n");
      case "cat" -> cat(arguments);
      case "test", "[" -> test(arguments);
      case "mkdir" -> mkdir(arguments);
      case "touch" -> {
        arguments.forEach(file -> vm.disk.files.putIfAbsent(file, ""));
        yield new Result(0, "");
      }
      case "rm" -> {
        for (String file : arguments) {
          vm.disk
              .files
              .keySet()
              .removeIf(known -> known.equals(file) || known.startsWith(file + "/"));
        }
        yield new Result(0, "");
      }
      case "wc" -> new Result(0, input.lines().count() + "\n");
      case "tail", "head" -> {
        String last = arguments.isEmpty() ? "" : arguments.get(arguments.size() - 1);
        yield last.startsWith("/") ? cat(List.of(last)) : new Result(0, input);
      }
      case "grep" -> grep(arguments, input);
      case "systemd-run" -> systemdRun(arguments);
      case "systemctl" -> systemctl(arguments);
      case "reboot" -> reboot();
      case "shutdown" -> arguments.contains("-r") ? reboot() : shutDown();
      case "poweroff", "halt" -> shutDown();
      case "apt-get", "apt" -> packages(arguments, "apt");
      case "dnf", "yum" -> packages(arguments, "dnf");
      case "needs-restarting" -> new Result(vm.disk.rebootRequired ? 1 : 0, "");
      default -> new Result(127, "sh: " + name + ": not found\n");
    };
  }

  @Override
  public void write(String file, String text, boolean append) {
    vm.disk.files.merge(file, text, append ? String::concat : (old, now) -> now);
  }

  private Result cat(List<String> files) {
    StringBuilder out = new StringBuilder();
    for (String file : files) {
      if (file.equals("/proc/sys/kernel/random/boot_id")) {
        out.append(vm.bootId()).append('\n');
      } else if (vm.disk.files.containsKey(file)) {
        out.append(vm.disk.files.get(file));
      } else {
        return new Result(1, out + "cat: " + file + ": No such file or directory\n");
      }
    }
    return new Result(0, out.toString());
  }

  private Result test(List<String> arguments) {
    List<String> words = new ArrayList<>(arguments);
    words.remove("]");
    boolean not = !words.isEmpty() && words.get(0).equals("!");
    if (not) {
      words.remove(0);
    }
    boolean is;
    if (words.size() == 2 && words.get(0).matches("-[efdrs]")) {
      String file = words.get(1);
      is =
          vm.disk.files.containsKey(file)
              || vm.disk.files.keySet().stream().anyMatch(f -> f.startsWith(file + "/"));
    } else if (words.size() == 3 && words.get(1).equals("=")) {
      is = words.get(0).equals(words.get(2));
    } else {
      is = words.size() == 2 && words.get(0).equals("-n") && !words.get(1).isEmpty();
    }
    return new Result(is != not ? 0 : 1, "");
  }

  private Result mkdir(List<String> arguments) {
    boolean parents = arguments.contains("-p");
    for (String folder : arguments) {
      if (folder.startsWith("-")) {
        continue;
      }
      String mark = folder + "/.folder";
      boolean there = vm.disk.files.putIfAbsent(mark, "") != null && !made.remove(folder);
      if (!there && stopsAtUpdate) {
        made.add(folder);
      }
      if (there && !parents) {
        return new Result(1, "mkdir: cannot create directory '" + folder + "': File exists\n");
      }
    }
    return new Result(0, "");
  }

  private static Result grep(List<String> arguments, String input) {
    boolean count = arguments.stream().anyMatch(a -> a.matches("-[a-zA-Z]*c[a-zA-Z]*"));
    String pattern = arguments.stream().filter(a -> !a.startsWith("-")).findFirst().orElse("");
    List<String> found =
        input
            .lines()
            .filter(line -> java.util.regex.Pattern.compile(pattern).matcher(line).find())
            .toList();
    String out =
        count ? found.size() + "\n" : found.isEmpty() ? "" : String.join("\n", found) + "\n";
    return new Result(found.isEmpty() ? 1 : 0, out);
  }

  /**
   * Starts a detached command. What it does before its update is seen at once, the rest when the
   * update's time has passed; a guest that went down meanwhile has forgotten it.
   */
  private Result systemdRun(List<String> arguments) {
    String unit = "run";
    int at = 0;
    while (at < arguments.size() && arguments.get(at).startsWith("-")) {
      if (arguments.get(at).startsWith("--unit=")) {
        unit = arguments.get(at).substring("--unit=".length());
      }
      at++;
    }
    if (vm.units.containsKey(unit)) {
      return new Result(
          1, "Failed to start transient service unit: Unit " + unit + ".service already exists.\n");
    }
    Vm.Unit running = new Vm.Unit();
    vm.units.put(unit, running);
    List<String> command = List.copyOf(arguments.subList(at, arguments.size()));
    GuestShell detached = new GuestShell(world, vm);
    detached.stopsAtUpdate = true;
    try {
      detached.command(command, "");
      running.state = "inactive";
    } catch (UpdateBegun begun) {
      running.updating = true;
      detached.stopsAtUpdate = false;
      int boot = vm.boots;
      Disk disk = vm.disk;
      if (!vm.behaviour.equals("updateHangs")) {
        world.clock.schedule(
            () -> detached.finish(running, command, boot, disk),
            world.options.duration("update-time").toNanos(),
            TimeUnit.NANOSECONDS);
      }
    }
    return new Result(0, "");
  }

  /** Goes through the command once more, this time with its update. */
  private void finish(Vm.Unit unit, List<String> command, int boot, Disk disk) {
    synchronized (world) {
      if (vm.boots != boot || vm.disk != disk || !vm.on() || !vm.exists()) {
        return;
      }
      command(command, "");
      unit.state = "inactive";
      unit.updating = false;
    }
  }

  /** A detached command came to its update, which takes time. */
  private static final class UpdateBegun extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UpdateBegun() {
      super("", null, false, false);
    }
  }

  private Result systemctl(List<String> arguments) {
    String verb = arguments.isEmpty() ? "" : arguments.get(0);
    String unit = arguments.size() < 2 ? "" : arguments.get(1).replace(".service", "");
    Vm.Unit known = vm.units.get(unit);
    return switch (verb) {
      case "reboot" -> reboot();
      case "is-active" ->
          new Result(
              known != null && known.state.equals("active") ? 0 : 3,
              (known == null ? "inactive" : known.state) + "\n");
      case "is-system-running" -> new Result(0, "running\n");
      default -> new Result(0, "");
    };
  }

  private Result reboot() {
    int boot = vm.boots;
    world.clock.schedule(
        () -> {
          synchronized (world) {
            if (vm.boots == boot) { // one that is asked twice goes down once
              world.reboot(vm);
            }
          }
        },
        20,
        TimeUnit.MILLISECONDS);
    return new Result(0, "");
  }

  private Result shutDown() {
    world.shutDown(vm);
    return new Result(0, "");
  }

  private Result packages(List<String> arguments, String family) {
    if (!vm.distribution.equals(family)) {
      return new Result(127, "sh: " + (family.equals("apt") ? "apt-get" : "dnf") + ": not found\n");
    }
    boolean simulate =
        arguments.stream()
            .anyMatch(a -> a.equals("-s") || a.equals("--simulate") || a.equals("--dry-run"));
    if (arguments.contains("check-update")) {
      return new Result(vm.disk.pendingUpdates > 0 ? 100 : 0, lines("pkg-%d.x86_64 2.0 updates"));
    }
    boolean upgrade = arguments.stream().anyMatch(a -> a.matches("(dist-|full-)?upgrade|update"));
    if (family.equals("apt") && arguments.contains("update")) {
      return new Result(0, "");
    }
    if (!upgrade) {
      return new Result(0, "");
    }
    if (simulate) {
      return new Result(0, lines("Inst pkg-%d [1.0] (2.0)"));
    }
    return update();
  }

  private Result update() {
    if (!begun) {
      begun = true;
      vm.updates++;
      world.note("update-started", vm);
    }
    if (stopsAtUpdate) {
      throw new UpdateBegun();
    }
    Disk disk = vm.disk;
    if (vm.behaviour.equals("updateFails")) {
      disk.files.put(Disk.HALF_INSTALLED, "yes");
      world.note("update-finished", vm, "exit", 100, "release", disk.release);
      return new Result(100, "E: Sub-process /usr/bin/dpkg returned an error code (1)\n");
    }
    String out = lines("Setting up pkg-%d (2.0)");
    disk.pendingUpdates = 0;
    disk.release++;
    if (!vm.behaviour.equals("noRebootNeeded")) {
      disk.rebootRequired = true;
      disk.files.put(Disk.REBOOT_REQUIRED, "");
    }
    switch (vm.behaviour) {
      case "unhealthyAfterPatch" -> disk.broken = true;
      case "unhealthyEvenAfterRevert" -> {
        disk.broken = true;
        vm.unhealthyAfterRevert = true;
      }
      case "flappingAfterPatch" -> disk.flapping = true;
      case "neverComesBack" -> disk.unbootable = true;
      default -> {}
    }
    world.note("update-finished", vm, "exit", 0, "release", disk.release);
    return new Result(0, out);
  }

  private String lines(String form) {
    StringBuilder out = new StringBuilder();
    for (int i = 1; i <= vm.disk.pendingUpdates; i++) {
      out.append(String.format(form, i)).append('\n');
    }
    return out.toString();
  }
}
