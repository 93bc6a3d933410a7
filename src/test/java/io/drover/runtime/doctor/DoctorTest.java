package io.drover.runtime.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.catalog.LiveRoutes;
import io.drover.execution.Doctor;
import io.drover.execution.Doctor.Checkup;
import io.drover.execution.Doctor.Result;
import io.drover.testing.Lab;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DoctorTest {

  @Test
  void findsAHealthyHouseHealthy() {
    try (Lab lab = Lab.withDr(4, List.of())) {
      Map<String, Checkup> found = examine(lab);
      assertThat(found.values()).noneMatch(check -> check.result() == Result.FAILED);
      for (String system :
          List.of(
              "prism prod",
              "prism dr",
              "vcenter vc",
              "move move",
              "ansible awx",
              "servicenow",
              "sheets")) {
        for (String check : List.of("reachable", "clock", "credentials", "rights")) {
          assertThat(at(found, system + ": " + check).result()).isEqualTo(Result.OK);
        }
      }
      assertThat(found)
          .containsKeys(
              "ledger: clock",
              "ledger: disk",
              "outbox: delivery",
              "guests: credentials",
              "guests: host-keys",
              "pager: credentials",
              "routes: files",
              "hold: off");
      // A look is a look.
      assertThat(lab.world().log()).isEmpty();
      assertThat(lab.world().messages()).isEmpty();
      assertThat(lab.world().pages()).isEmpty();
    }
  }

  @Test
  void saysWhatIsWrongAndWhere() throws IOException {
    int nobody;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = closed.getLocalPort();
    }
    Path keys = Files.writeString(Files.createTempFile("key", ""), "no key");
    List<String> wrong =
        List.of(
            "drover.systems.prism.gone.url=http://127.0.0.1:" + nobody,
            "drover.systems.prism.gone.api-key=some-key",
            "drover.systems.prism.prod.password=drover-test-wrong",
            "drover.systems.vcenter.vc.password=drover-test-wrong",
            "drover.systems.move.move.password=drover-test-wrong",
            "drover.systems.ansible.awx.token=drover-test-wrong",
            "drover.systems.servicenow.password=drover-test-wrong",
            "drover.notices.sheets.tab=Nothing",
            "drover.guests.private-key=" + keys,
            "camel.component.kafka.brokers=127.0.0.1:" + nobody);
    try (Lab lab = Lab.with(2, wrong)) {
      Files.createDirectories(lab.routes());
      Files.writeString(lab.routes().resolve("broken.camel.yaml"), "- route: [");
      lab.bean(io.drover.execution.Hold.class).turn(true, "operator", "a test");
      await().until(() -> lab.bean(LiveRoutes.class).find("broken.camel.yaml").isPresent());
      Map<String, Checkup> found = examine(lab);
      assertThat(found.toString()).doesNotContain("drover-test-wrong");
      assertThat(failed(found))
          .containsExactlyInAnyOrder(
              "prism gone: reachable",
              "prism prod: credentials",
              "vcenter vc: credentials",
              "move move: credentials",
              "ansible awx: credentials",
              "servicenow: credentials",
              "sheets: calls",
              "guests: credentials",
              "kafka: reachable",
              "routes: broken.camel.yaml");
      assertThat(at(found, "hold: off").result()).isEqualTo(Result.WARNING);
      assertThat(at(found, "prism gone: reachable").text()).contains("no connection");
      assertThat(at(found, "prism prod: credentials").text()).contains("refused our credentials");
    } finally {
      Files.delete(keys);
    }
  }

  @Test
  void namesTheRightsThatAreMissing() {
    try (Lab lab = Lab.with(2, List.of())) {
      lab.world()
          .fault(
              "status",
              "status",
              403,
              "method",
              "GET",
              "path",
              ".*/config/recovery-points",
              "count",
              -1);
      Map<String, Checkup> found = examine(lab);
      assertThat(failed(found)).containsExactly("prism prod: rights");
      assertThat(at(found, "prism prod: rights").text()).isEqualTo("may not read recovery points");
    }
  }

  private static Checkup at(Map<String, Checkup> found, String which) {
    return Objects.requireNonNull(found.get(which), () -> which + " is not among " + found);
  }

  private static List<String> failed(Map<String, Checkup> found) {
    return found.entrySet().stream()
        .filter(e -> e.getValue().result() == Result.FAILED)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Map<String, Checkup> examine(Lab lab) {
    return lab.bean(Doctor.class).examine().stream()
        .collect(Collectors.toMap(c -> c.system() + ": " + c.check(), Function.identity()));
  }
}
