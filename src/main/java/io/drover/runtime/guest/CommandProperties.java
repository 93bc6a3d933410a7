package io.drover.runtime.guest;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The named update commands that an input may pick: {@code drover.commands.NAME.*}. Those that are
 * shipped may be replaced one by one.
 */
@ConfigurationProperties("drover")
record CommandProperties(@Nullable Map<String, Named> commands) {
  private static final Map<String, Named> SHIPPED =
      Map.of(
          "apt",
          new Named(
              "apt-get update -qq && apt-get -s dist-upgrade | grep -c '^Inst '",
              "DEBIAN_FRONTEND=noninteractive apt-get -y -o Dpkg::Options::=--force-confold"
                  + " dist-upgrade",
              "test -e /var/run/reboot-required"),
          "dnf",
          new Named(
              "dnf -q check-update | grep -c '^[A-Za-z0-9]'",
              "dnf -y upgrade",
              "if needs-restarting -r; then false; else true; fi"),
          "yum",
          new Named(
              "yum -q check-update | grep -c '^[A-Za-z0-9]'",
              "yum -y update",
              "if needs-restarting -r; then false; else true; fi"));

  Map<String, Named> all() {
    Map<String, Named> all = new LinkedHashMap<>(SHIPPED);
    if (commands != null) {
      all.putAll(commands);
    }
    all.forEach((name, command) -> command.check(name));
    return all;
  }

  /**
   * One way to update a guest. Each is a line of POSIX shell, run by root.
   *
   * @param check prints the number of pending updates as its last line; its exit code is not looked
   *     at
   * @param update applies them; exit code 0 is success. Runs detached
   * @param rebootRequired exit code 0 when a reboot is needed
   */
  record Named(String check, String update, String rebootRequired) {
    private void check(String name) {
      one(name + ".check", check);
      one(name + ".update", update);
      one(name + ".reboot-required", rebootRequired);
    }

    private static void one(String name, @Nullable String line) {
      if (line == null || line.isBlank() || line.chars().anyMatch(c -> c < ' ')) {
        throw new IllegalArgumentException(
            "drover.commands." + name + ": " + line + " (expected: one line of shell)");
      }
    }
  }
}
