package io.drover.runtime.migration;

import io.drover.prism.PrismSettings;
import io.drover.runtime.doctor.HttpCheck;
import io.drover.runtime.doctor.Named;
import io.drover.runtime.doctor.Report;
import io.drover.runtime.doctor.SystemCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.jspecify.annotations.Nullable;

/** The vCenters, the Move appliances and where playbooks run, for {@code drover doctor}. */
final class MigrationChecks {
  private final MigrationSystems systems;
  private final Function<String, CloseableHttpClient> clients;

  /**
   * @param clients by their names in the registry
   */
  MigrationChecks(MigrationSystems systems, Function<String, CloseableHttpClient> clients) {
    this.systems = systems;
    this.clients = clients;
  }

  List<SystemCheck> all(MigrationProperties settings, AnsibleBlocks ansible) {
    List<SystemCheck> all = new ArrayList<>();
    settings
        .vcenters()
        .forEach(
            (name, system) ->
                all.add(
                    new Named(
                        "vcenter " + name,
                        report -> {
                          if (answers(report, "vcenter", name, system.base(), system.tls())) {
                            int vms = systems.vcenter(name).get("/api/vcenter/vm", null).size();
                            signedIn(report, "reads " + vms + " VMs");
                          }
                        })));
    settings
        .moves()
        .forEach(
            (name, system) ->
                all.add(
                    new Named(
                        "move " + name,
                        report -> {
                          if (answers(report, "move", name, system.base(), system.tls())) {
                            int providers =
                                systems
                                    .move(name)
                                    .read("POST", "providers/list", null)
                                    .path("Entities")
                                    .size();
                            signedIn(report, "reads " + providers + " providers");
                          }
                        })));
    settings
        .ansibles()
        .forEach(
            (name, system) ->
                all.add(
                    new Named(
                        "ansible " + name,
                        report -> {
                          if (system.playbooks() != null) {
                            local(report, system);
                          } else if (answers(
                              report, "ansible", name, system.base(), system.tls())) {
                            signedIn(report, "reads " + ansible.templates(name) + " job templates");
                          }
                        })));
    return all;
  }

  private static void signedIn(Report report, String may) {
    report.ok("credentials", "accepted");
    report.ok("rights", may);
  }

  private boolean answers(
      Report report, String kind, String name, String base, PrismSettings.@Nullable Tls tls) {
    return HttpCheck.answers(
        report,
        base,
        clients.apply(MigrationSystems.client(kind, name)),
        "drover.systems." + kind + "." + name + ".tls.trust-pem",
        tls == null || !tls.insecure());
  }

  private static void local(Report report, AnsibleSystem system) {
    Path playbooks = system.playbooks();
    if (playbooks != null && Files.isReadable(playbooks)) {
      report.ok("playbooks", playbooks + " can be read");
    } else {
      report.fail("playbooks", playbooks + " cannot be read");
    }
    String command = String.valueOf(system.command());
    String path = System.getenv().getOrDefault("PATH", "");
    boolean found =
        command.contains("/")
            ? Files.isExecutable(Path.of(command))
            : Stream.of(path.split(Pattern.quote(java.io.File.pathSeparator)))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    if (found) {
      report.ok("command", command + " can be run");
    } else {
      report.fail("command", command + " is not on the PATH, or cannot be run");
    }
  }
}
