package io.drover.runtime.migration;

import io.drover.runtime.BlockInput;
import io.drover.runtime.Workers;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.CamelContext;

/** The configured vCenters and Move appliances. */
final class MigrationSystems {
  private final MigrationProperties settings;
  private final Map<String, VCenterClient> vcenters = new LinkedHashMap<>();
  private final Map<String, MoveClient> moves = new LinkedHashMap<>();
  private final Map<String, WorkloadReader> readers = new LinkedHashMap<>();

  MigrationSystems(
      CamelContext context, MigrationProperties settings, WaveProperties waves, Workers workers) {
    this.settings = settings;
    settings
        .vcenters()
        .forEach(
            (name, system) ->
                vcenters.put(
                    name,
                    new VCenterClient(
                        new RemoteWire(
                            context,
                            "direct:vcenter-http",
                            client("vcenter", name),
                            system.base(),
                            "vCenter " + name),
                        system)));
    settings
        .moves()
        .forEach(
            (name, system) -> {
              MoveClient client =
                  new MoveClient(
                      new RemoteWire(
                          context,
                          "direct:move-http",
                          client("move", name),
                          system.base(),
                          "Move " + name),
                      system);
              moves.put(name, client);
              readers.put(name, new WorkloadReader(client, workers, waves.pause()));
            });
  }

  /** The registry name of a system's HTTP client. */
  static String client(String kind, String name) {
    return kind + "-client-" + name;
  }

  VCenterClient vcenter(String name) {
    return known("vcenter", vcenters, name);
  }

  RemoteSystem vcenterSettings(String name) {
    return known("vcenter", settings.vcenters(), name);
  }

  MoveClient move(String name) {
    return known("move", moves, name);
  }

  WorkloadReader workloads(String name) {
    return known("move", readers, name);
  }

  private static <T> T known(String kind, Map<String, T> systems, String name) {
    T system = systems.get(name);
    if (system == null) {
      throw BlockInput.wrong(
          kind, name, "a name of drover.systems." + kind + ": " + systems.keySet());
    }
    return system;
  }
}
