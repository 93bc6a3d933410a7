package io.drover.runtime.migration;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The systems that waves need besides Prism, by the names that inputs call them.
 *
 * @param vcenter null means none
 * @param move null means none
 * @param ansible null means none
 */
@ConfigurationProperties("drover.systems")
record MigrationProperties(
    @Nullable Map<String, RemoteSystem> vcenter,
    @Nullable Map<String, RemoteSystem> move,
    @Nullable Map<String, AnsibleSystem> ansible) {

  MigrationProperties {
    vcenter = checked("vcenter", vcenter);
    move = checked("move", move);
    ansible = checked("ansible", ansible);
  }

  private static <T> Map<String, T> checked(String kind, @Nullable Map<String, T> systems) {
    Map<String, T> all = systems == null ? Map.of() : Map.copyOf(systems);
    for (String name : all.keySet()) {
      if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
        throw new IllegalArgumentException(
            "drover.systems." + kind + "." + name + " (expected: a name of a-z, 0-9 and -)");
      }
    }
    return all;
  }

  Map<String, RemoteSystem> vcenters() {
    return vcenter == null ? Map.of() : vcenter;
  }

  Map<String, RemoteSystem> moves() {
    return move == null ? Map.of() : move;
  }

  Map<String, AnsibleSystem> ansibles() {
    return ansible == null ? Map.of() : ansible;
  }
}
