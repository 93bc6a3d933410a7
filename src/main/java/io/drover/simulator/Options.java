package io.drover.simulator;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The settings, each as {@code --name=value}; unknown ones are refused. */
final class Options {
  private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

  static {
    DEFAULTS.put("data", "simulator-data"); // folder for the request log and the credentials
    DEFAULTS.put("seed", "1");
    DEFAULTS.put("vms", "24"); // of each Prism Central
    DEFAULTS.put("other-vms", ""); // of each Prism Central after the first; empty: as many
    DEFAULTS.put("prism-centrals", "production"); // names, with commas between
    DEFAULTS.put("paired", "on"); // whether the Prism Centrals know each other
    DEFAULTS.put("versions", "4.2"); // newest minor of all, or vmm:4.2,prism:4.3 …
    DEFAULTS.put("prism-port", "0"); // of the first Prism Central; 0: any free port
    DEFAULTS.put("slack-port", "0");
    DEFAULTS.put("pager-port", "0");
    DEFAULTS.put("sheets-port", "0");
    DEFAULTS.put("servicenow-port", "0");
    DEFAULTS.put("control-port", "0");
    DEFAULTS.put("guest-ssh-port", "0");
    DEFAULTS.put("guest-http-port", "0");
    DEFAULTS.put("tls", "off"); // https with a certificate made for this run
    DEFAULTS.put("tiers", "off"); // off, real, or a factor of the real ones
    DEFAULTS.put("task-time", "300ms");
    DEFAULTS.put("replication-time", "100ms"); // of a copy to another cluster, and for each
    DEFAULTS.put("replication-time-per-gib", "0ms"); // GiB of its VMs' disks so much more
    DEFAULTS.put("replication-lag", "0ms"); // from the end of its task until the copy is listed
    DEFAULTS.put("restored-power", "OFF"); // OFF or ON
    DEFAULTS.put("restored-address", "own"); // own or captured: as with static addresses
    DEFAULTS.put("restore-nics", "as-asked"); // as-asked or captured: nicSpec has no effect
    DEFAULTS.put("boot-time", "300ms");
    DEFAULTS.put("shutdown-time", "100ms"); // from the end of its task until the VM is off
    DEFAULTS.put("update-time", "300ms");
    DEFAULTS.put("sizes", "uniform"); // uniform, or varied: sizes, owners, some off
    DEFAULTS.put("special-vms", "on"); // three that end differently
    DEFAULTS.put("duplicate-names", "off"); // VM 2 is called as VM 1 is
    DEFAULTS.put("hostile-names", "off");
    DEFAULTS.put("request-id-memory", "on"); // whether the same request id finds the same task
    DEFAULTS.put("revert-while-on", "fail"); // fail or ok
    DEFAULTS.put("revert-wrong-id", "refuse"); // refuse (404) or fail (the task)
    DEFAULTS.put("power-same", "fail"); // power-on of an ON VM: fail or ok
    DEFAULTS.put("missing-if-match-status", "428");
    DEFAULTS.put("stale-if-match", "refuse"); // refuse (412) or fail (the task)
    DEFAULTS.put("empty-list", "omit"); // omit or empty
    DEFAULTS.put("never-expires", "omit"); // omit or sentinel: the time of 1969
    DEFAULTS.put("unqualified-enums", "fail"); // powerState eq 'ON': fail or ok
    DEFAULTS.put("vm-category-filter", "by-version"); // by-version (from vmm 4.3 on), on, off
    DEFAULTS.put("api-key-replicate", "fail"); // fail (403) or ok
    DEFAULTS.put("spreadsheet", "simulated-spreadsheet"); // its id; the tab is Chargeback
    DEFAULTS.put("spreadsheet-shared", "on"); // with the service account
    DEFAULTS.put("sheets-quota", "off"); // 60 reads and 60 writes a minute
    DEFAULTS.put("sheets-token-life", "3600s");
    DEFAULTS.put("cmdb-drift", "off"); // the CMDB is wrong about some VMs
    DEFAULTS.put("servicenow-hidden", "0"); // one record in so many may not be read; 0: none
    DEFAULTS.put("servicenow-wrong-query", "drop"); // drop the part, or none: no records
    DEFAULTS.put("host-memory-gib", "4096"); // two hosts a cluster
    DEFAULTS.put("source-vms", "0"); // of the vCenter
    DEFAULTS.put("vcenter-port", "0");
    DEFAULTS.put("vcenter-session-life", "300s"); // without a call
    DEFAULTS.put("vcenter-power-same", "error"); // ALREADY_IN_DESIRED_STATE: error, or not-allowed
    DEFAULTS.put("awx-port", "0");
    DEFAULTS.put("awx-job-time", "200ms");
    DEFAULTS.put("move-port", "0");
    DEFAULTS.put("move-login", "classic"); // classic, token, or both
    DEFAULTS.put("move-token-life", "900s");
    DEFAULTS.put("move-copy-time", "1s"); // of each workload, and for each
    DEFAULTS.put("move-copy-time-per-gib", "0ms"); // GiB of its disks so much more
    DEFAULTS.put("move-prepare-time", "200ms");
    DEFAULTS.put("move-cutover-time", "100ms"); // of each of its five parts
    DEFAULTS.put("move-states", "both"); // of workloads: both, number, or string
    DEFAULTS.put("move-workloads", "status"); // shape of their list: status or entities
    DEFAULTS.put("move-readiness", "flat"); // or grouped by VM
    DEFAULTS.put("version-info", "on"); // OPTIONS …/unversioned/info
    DEFAULTS.put("retry-after", "on");
    DEFAULTS.put("username", "admin");
    DEFAULTS.put("password", ""); // generated when empty
    DEFAULTS.put("guest-user", "drover");
    DEFAULTS.put("guest-password", ""); // generated when empty
    DEFAULTS.put("parent-pid", ""); // ends with that process
    DEFAULTS.put("exit-with-stdin", "false"); // ends when its standard input does
  }

  private final Map<String, String> values = new LinkedHashMap<>(DEFAULTS);

  static Options parse(String... arguments) {
    Options options = new Options();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String name = argument.startsWith("--") && equals > 0 ? argument.substring(2, equals) : "";
      if (!DEFAULTS.containsKey(name)) {
        throw new IllegalArgumentException(
            argument
                + " (expected: --NAME=VALUE with one of "
                + String.join(", ", DEFAULTS.keySet())
                + ")");
      }
      options.values.put(name, argument.substring(equals + 1));
    }
    return options;
  }

  static List<String> names() {
    return List.copyOf(DEFAULTS.keySet());
  }

  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("There is no setting " + name);
    }
    return value;
  }

  int number(String name) {
    try {
      return Integer.parseInt(text(name));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--" + name + "=" + text(name) + " (expected: a number)", e);
    }
  }

  boolean on(String name) {
    return switch (text(name)) {
      case "on", "ok", "true" -> true;
      default -> false;
    };
  }

  Duration duration(String name) {
    String text = text(name);
    try {
      return text.endsWith("ms")
          ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
          : Duration.ofSeconds(Long.parseLong(text.replaceFirst("s$", "")));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--" + name + "=" + text + " (expected: as 300ms or 2s)", e);
    }
  }

  /** The newest minor that a namespace serves. */
  int newest(String namespace) {
    String minor = "";
    for (String part : text("versions").split(",")) {
      int colon = part.indexOf(':');
      if (colon < 0 || part.substring(0, colon).equals(namespace)) {
        minor = part.substring(colon + 1);
      }
    }
    if (minor.isEmpty()) {
      return 2;
    }
    if (!minor.matches("4\\.\\d")) {
      throw new IllegalArgumentException(
          "--versions=" + text("versions") + " (expected: as 4.2, or vmm:4.2,prism:4.3)");
    }
    return minor.charAt(2) - '0';
  }

  /** The factor of the real tiers; 0 means none are kept. */
  double tiers() {
    String text = text("tiers");
    try {
      return switch (text) {
        case "off" -> 0;
        case "real" -> 1;
        default -> Double.parseDouble(text.replace("x", ""));
      };
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--tiers=" + text + " (expected: off, real, or a factor as 10)", e);
    }
  }
}
