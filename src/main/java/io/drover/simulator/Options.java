package io.drover.simulator;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings, each as {@code --name=value}; unknown ones are refused. */
final class Options {
  private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

  static {
    DEFAULTS.put("data", "simulator-data"); // folder for the request log and the credentials
    DEFAULTS.put("seed", "1");
    DEFAULTS.put("vms", "24");
    DEFAULTS.put("prism-port", "0"); // 0: any free port
    DEFAULTS.put("slack-port", "0");
    DEFAULTS.put("pager-port", "0");
    DEFAULTS.put("control-port", "0");
    DEFAULTS.put("guest-ssh-port", "0");
    DEFAULTS.put("guest-http-port", "0");
    DEFAULTS.put("tiers", "off"); // off, real, or a factor of the real ones
    DEFAULTS.put("task-time", "300ms");
    DEFAULTS.put("boot-time", "300ms");
    DEFAULTS.put("update-time", "300ms");
    DEFAULTS.put("request-id-memory", "on"); // whether the same request id finds the same task
    DEFAULTS.put("revert-while-on", "fail"); // fail or ok
    DEFAULTS.put("power-same", "fail"); // power-on of an ON VM: fail or ok
    DEFAULTS.put("missing-if-match-status", "428");
    DEFAULTS.put("empty-list", "omit"); // omit or empty
    DEFAULTS.put("retry-after", "on");
    DEFAULTS.put("hostile-names", "off");
    DEFAULTS.put("username", "admin");
    DEFAULTS.put("password", ""); // generated when empty
    DEFAULTS.put("guest-user", "drover");
    DEFAULTS.put("guest-password", ""); // generated when empty
    DEFAULTS.put("parent-pid", ""); // ends with that process
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

  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("There is no setting " + name);
    }
    return value;
  }

  int number(String name) {
    return Integer.parseInt(text(name));
  }

  boolean on(String name) {
    return text(name).equals("on") || text(name).equals("ok");
  }

  Duration duration(String name) {
    String text = text(name);
    if (text.endsWith("ms")) {
      return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
    }
    return Duration.ofSeconds(Long.parseLong(text.replace("s", "")));
  }

  /** The factor of the real tiers; 0 means none are kept. */
  double tiers() {
    String text = text("tiers");
    return switch (text) {
      case "off" -> 0;
      case "real" -> 1;
      default -> Double.parseDouble(text.replace("x", ""));
    };
  }
}
