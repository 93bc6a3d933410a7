package io.drover.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Collections;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrismWritesTest {
  private static Wire wire;
  private static int used;

  @BeforeAll
  static void start() {
    wire = Wire.to("--vms=40");
  }

  @AfterAll
  static void stop() {
    wire.close();
  }

  /** A VM that no other test touches. */
  private static synchronized String fresh() {
    return wire.vm(++used);
  }

  private static String status(JsonNode task) {
    return task.path("status").asText();
  }

  private static String why(JsonNode task) {
    return task.path("errorMessages").path(0).path("errorGroup").asText();
  }

  private static String power(String vm) {
    return wire.get(Wire.VMS + "/" + vm).data().path("powerState").asText();
  }

  @Test
  void takesARecoveryPointByATaskAndNestsTheVmsOwnInIt() {
    String vm = fresh();
    String body =
        "{\"name\":\"pre-patch\",\"recoveryPointType\":\"APPLICATION_CONSISTENT\","
            + "\"expirationTime\":\"2090-01-01T00:00:00Z\",\"vmRecoveryPoints\":[{\"vmExtId\":\""
            + vm
            + "\"}]}";
    Wire.Reply reply = wire.post(Wire.POINTS, null, body);
    assertThat(reply.status()).isEqualTo(202);
    String id = reply.data().path("extId").asText();
    assertThat(id).startsWith("ZXJnb24=:");
    assertThat(reply.data().path("$objectType").asText())
        .isEqualTo("prism.v4.config.TaskReference");
    JsonNode first = wire.get(Wire.TASKS + "/" + id.replace("=", "%3D").replace(":", "%3A")).data();
    assertThat(status(first)).isIn("QUEUED", "RUNNING");
    JsonNode task = wire.end(reply);
    assertThat(status(task)).isEqualTo("SUCCEEDED");
    assertThat(task.path("progressPercentage").asInt()).isEqualTo(100);
    String point = Wire.detail(task, "recoveryPointExtId");
    assertThat(task.path("entitiesAffected").findValuesAsText("extId")).contains(vm, point);
    JsonNode made = wire.get(Wire.POINTS + "/" + point).data();
    assertThat(made.path("status").asText()).isEqualTo("COMPLETE");
    assertThat(made.path("expirationTime").asText()).isEqualTo("2090-01-01T00:00:00Z");
    JsonNode nested = made.path("vmRecoveryPoints").path(0);
    assertThat(nested.path("vmExtId").asText()).isEqualTo(vm);
    assertThat(nested.path("extId").asText()).isNotEmpty().isNotEqualTo(point);
    String byVm = "vmRecoveryPoints/any(v:v/vmExtId eq '" + vm + "')";
    assertThat(wire.get(Wire.POINTS, "$filter", byVm).all("extId")).containsExactly(point);
    String ids = "extId eq '" + id + "' or extId eq 'ZXJnb24=:none'";
    assertThat(wire.get(Wire.TASKS, "$filter", ids).total()).isEqualTo(1);
    String touched =
        "entitiesAffected/any(a:a/extId eq '" + vm + "') and createdTime ge 2020-01-01T00:00:00Z";
    assertThat(wire.get(Wire.TASKS, "$filter", touched).all("extId")).containsExactly(id);
  }

  @Test
  void takesOnePointOfSeveralVmsAndRefusesMoreThanTheApiDoes() {
    String two = "{\"vmExtId\":\"" + fresh() + "\"},{\"vmExtId\":\"" + fresh() + "\"}";
    String point =
        Wire.detail(
            wire.end(wire.post(Wire.POINTS, null, "{\"vmRecoveryPoints\":[" + two + "]}")),
            "recoveryPointExtId");
    assertThat(wire.get(Wire.POINTS + "/" + point).data().path("vmRecoveryPoints")).hasSize(2);
    String one = "{\"vmExtId\":\"" + fresh() + "\"}";
    String many = String.join(",", Collections.nCopies(31, one));
    assertThat(wire.post(Wire.POINTS, null, "{\"vmRecoveryPoints\":[" + many + "]}").status())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"expirationTime\":null,\"vmRecoveryPoints\":[{\"vmExtId\":\"VM\"}]}",
        "{\"expirationTime\":\"soon\",\"vmRecoveryPoints\":[{\"vmExtId\":\"VM\"}]}",
        "{\"recoveryPointType\":\"ANY\",\"vmRecoveryPoints\":[{\"vmExtId\":\"VM\"}]}",
        "{\"vmRecoveryPoints\":[]}",
        "{\"vmRecoveryPoints\":",
      })
  void refusesARecoveryPointThatBreaksTheSchema(String body) {
    Wire.Reply reply = wire.post(Wire.POINTS, null, body.replace("VM\"", wire.vm(40) + "\""));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.data().path("error").isObject()).isTrue();
  }

  @Test
  void putsTheGuestsDiskBackWithARevertAndKeepsTheVm() {
    String vm = fresh();
    synchronized (wire.world()) {
      wire.guest(vm).disk.files.put("/etc/motd", "before");
    }
    String point = wire.recoveryPoint(vm);
    synchronized (wire.world()) {
      Disk disk = wire.guest(vm).disk;
      disk.files.put("/etc/motd", "after");
      disk.files.put("/var/lib/drover/marker", "x");
      disk.release = 9;
    }
    String nested = wire.nested(point);
    JsonNode running =
        wire.end(wire.act(vm, "revert", "{\"vmRecoveryPointExtId\":\"" + nested + "\"}"));
    assertThat(status(running)).as("a VM that is ON is not reverted").isEqualTo("FAILED");
    assertThat(status(wire.end(wire.act(vm, "power-off", "")))).isEqualTo("SUCCEEDED");
    JsonNode row = wire.get(Wire.VMS + "/" + vm).data();
    JsonNode task =
        wire.end(wire.act(vm, "revert", "{\"vmRecoveryPointExtId\":\"" + nested + "\"}"));
    assertThat(status(task)).isEqualTo("SUCCEEDED");
    assertThat(Wire.detail(task, "VM Recovery Point UUID")).isEqualTo(nested);
    assertThat(task.path("operation").asText()).isEqualTo("RevertVm");
    assertThat(wire.get(Wire.VMS + "/" + vm).data()).isEqualTo(row);
    synchronized (wire.world()) {
      Disk disk = wire.guest(vm).disk;
      assertThat(disk.files)
          .containsEntry("/etc/motd", "before")
          .doesNotContainKey("/var/lib/drover/marker");
      assertThat(disk.release).isEqualTo(1);
    }
    wire.end(wire.act(vm, "power-on", ""));
    synchronized (wire.world()) {
      wire.guest(vm).disk.files.put("/etc/motd", "again");
    }
    wire.end(wire.act(vm, "power-off", ""));
    wire.end(wire.act(vm, "revert", "{\"vmRecoveryPointExtId\":\"" + nested + "\"}"));
    synchronized (wire.world()) {
      assertThat(wire.guest(vm).disk.files).containsEntry("/etc/motd", "before");
    }
  }

  @Test
  void revertsOnlyToThePointsNestedOneOfThatVm() {
    String vm = fresh();
    String point = wire.recoveryPoint(vm);
    String other = wire.nested(wire.recoveryPoint(fresh()));
    for (String wrong : new String[] {point, other, UUID.randomUUID().toString()}) {
      Wire.Reply reply = wire.act(vm, "revert", "{\"vmRecoveryPointExtId\":\"" + wrong + "\"}");
      assertThat(reply.status()).isEqualTo(404);
      assertThat(reply.code()).isEqualTo("VMM-32810");
    }
  }

  @Test
  void replicatesToTheOtherClusterUnderAnIdOfItsOwn() {
    String vm = fresh();
    String from = wire.guest(vm).cluster;
    String target = from.equals(Seeds.CLUSTER_A) ? Seeds.CLUSTER_B : Seeds.CLUSTER_A;
    String point = wire.recoveryPoint(vm);
    String agnostic =
        wire.get(Wire.POINTS + "/" + point).data().path("locationAgnosticId").asText();
    String to =
        "{\"pcExtId\":\"" + Seeds.DOMAIN_MANAGER + "\",\"clusterExtId\":\"" + target + "\"}";
    JsonNode task =
        wire.end(wire.post(Wire.POINTS + "/" + point + "/$actions/replicate", null, to));
    assertThat(status(task)).isEqualTo("SUCCEEDED");
    assertThat(task.path("operation").asText()).isEqualTo("EntitySnapshotReplicate");
    assertThat(task.path("clusterExtIds").path(0).asText()).isEqualTo(from);
    String copy = Wire.detail(task, "recoveryPointExtId");
    assertThat(copy).isNotEqualTo(point);
    assertThat(
            wire.get(Wire.POINTS, "$filter", "locationAgnosticId eq '" + agnostic + "'")
                .all("extId"))
        .containsExactly(point, copy);
    String nowhere = "{\"pcExtId\":\"x\",\"clusterExtId\":\"" + target + "\"}";
    assertThat(
            status(
                wire.end(
                    wire.post(Wire.POINTS + "/" + point + "/$actions/replicate", null, nowhere))))
        .isEqualTo("FAILED");
  }

  @Test
  void movesAnExpiryAndDeletesAPoint() {
    String point = wire.recoveryPoint(fresh());
    String path = Wire.POINTS + "/" + point;
    String later = "{\"expirationTime\":\"2091-01-01T00:00:00Z\"}";
    assertThat(wire.post(path + "/$actions/set-expiration-time", null, later).status())
        .isEqualTo(428);
    String etag = wire.get(path).etag();
    assertThat(status(wire.end(wire.post(path + "/$actions/set-expiration-time", etag, later))))
        .isEqualTo("SUCCEEDED");
    assertThat(wire.get(path).data().path("expirationTime").asText()).startsWith("2091");
    assertThat(wire.post(path + "/$actions/set-expiration-time", etag, later).status())
        .isEqualTo(412);
    Wire.Reply gone =
        wire.send(
            wire.asked(path).header("NTNX-Request-Id", UUID.randomUUID().toString()).DELETE());
    assertThat(status(wire.end(gone))).isEqualTo("SUCCEEDED");
    assertThat(wire.get(path).status()).isEqualTo(404);
    assertThat(wire.get(path).code()).isEqualTo("DP-10400");
  }

  @Test
  void restoresIntoANewVmWithoutCategories() {
    String vm = fresh();
    String point = wire.recoveryPoint(vm);
    JsonNode task = wire.end(wire.post(Wire.POINTS + "/" + point + "/$actions/restore", null, ""));
    String made = Wire.detail(task, "vmExtIds");
    assertThat(task.path("entitiesAffected").findValuesAsText("extId")).containsExactly(point);
    JsonNode row = wire.get(Wire.VMS + "/" + made).data();
    assertThat(made).isNotEqualTo(vm);
    assertThat(row.has("categories")).isFalse();
    assertThat(row.path("powerState").asText()).isEqualTo("OFF");
  }

  @Test
  void powersAVmByTasksAndRefusesWhatItIsAlready() {
    String vm = fresh();
    assertThat(wire.get(Wire.VMS + "/" + vm).data().has("host")).isTrue();
    assertThat(status(wire.end(wire.act(vm, "power-off", "")))).isEqualTo("SUCCEEDED");
    assertThat(power(vm)).isEqualTo("OFF");
    assertThat(wire.get(Wire.VMS + "/" + vm).data().has("host")).isFalse();
    JsonNode again = wire.end(wire.act(vm, "power-off", ""));
    assertThat(status(again)).isEqualTo("FAILED");
    assertThat(why(again)).isEqualTo("VM_INVALID_POWER_STATE");
    assertThat(status(wire.end(wire.act(vm, "reboot", "")))).isEqualTo("FAILED");
    assertThat(status(wire.end(wire.act(vm, "power-on", "")))).isEqualTo("SUCCEEDED");
    assertThat(power(vm)).isEqualTo("ON");
    int boots = wire.guest(vm).boots;
    assertThat(status(wire.end(wire.act(vm, "reset", "")))).isEqualTo("SUCCEEDED");
    assertThat(wire.guest(vm).boots).isEqualTo(boots + 1);
    assertThat(wire.act(vm, "power-off", "{}").status()).as("no body").isEqualTo(400);
    assertThat(wire.act(vm, "suspend", "").status()).isEqualTo(404);
  }

  @Test
  void endsAShutdownsTaskBeforeTheGuestIsDown() {
    String vm = fresh();
    String body = "{\"guestPowerStateTransitionConfig\":{}}";
    assertThat(status(wire.end(wire.act(vm, "guest-shutdown", body)))).isEqualTo("SUCCEEDED");
    await().atMost(Duration.ofSeconds(3)).until(() -> power(vm).equals("OFF"));
    String stubborn = fresh();
    wire.change(stubborn, "behaviour", "ignoresShutdown");
    assertThat(status(wire.end(wire.act(stubborn, "shutdown", "")))).isEqualTo("SUCCEEDED");
    await()
        .during(Duration.ofMillis(250))
        .atMost(Duration.ofSeconds(2))
        .until(() -> power(stubborn).equals("ON"));
  }

  @Test
  void asksForAFreshEntityTag() {
    String vm = fresh();
    String path = Wire.VMS + "/" + vm + "/$actions/power-off";
    String etag = wire.get(Wire.VMS + "/" + vm).etag();
    assertThat(etag).matches("YXBwbGljYXRpb24vanNvbg==:[0-9a-f]{64}");
    Wire.Reply missing = wire.post(path, null, "");
    assertThat(missing.status()).isEqualTo(428);
    assertThat(missing.code()).isEqualTo("PLAT-10004");
    Wire.Reply any = wire.post(path, "*", "");
    assertThat(any.status()).isEqualTo(412);
    assertThat(any.code()).isEqualTo("PLAT-10005");
    wire.end(wire.post(path, etag, ""));
    Wire.Reply stale = wire.post(Wire.VMS + "/" + vm + "/$actions/power-on", etag, "");
    assertThat(stale.status()).isEqualTo(412);
    assertThat(stale.code()).isEqualTo("VMM-30303");
    assertThat(stale.group()).isEqualTo("VM_ETAG_MISMATCH");
  }

  @Test
  void canLetAStaleEntityTagFailTheTaskInstead() {
    try (Wire late = Wire.to("--vms=2", "--stale-if-match=fail")) {
      String path = Wire.VMS + "/" + late.vm(1) + "/$actions/power-off";
      Wire.Reply reply = late.post(path, "YXBwbGljYXRpb24vanNvbg==:00", "");
      assertThat(reply.status()).isEqualTo(202);
      assertThat(why(late.end(reply))).isEqualTo("VM_ETAG_MISMATCH");
    }
  }

  @Test
  void asksForARequestIdAndRemembersIt() {
    String vm = fresh();
    String body = "{\"vmRecoveryPoints\":[{\"vmExtId\":\"" + vm + "\"}]}";
    Wire.Reply missing = wire.send(wire.asked(Wire.POINTS).POST(BodyPublishers.ofString(body)));
    assertThat(missing.status()).isEqualTo(400);
    assertThat(missing.group()).isEqualTo("VM_MISSING_REQUEST_ID_HEADER");
    assertThat(wire.post(Wire.POINTS, null, body, "not-a-uuid").group())
        .isEqualTo("VM_INVALID_REQUEST_ID_HEADER");
    String id = UUID.randomUUID().toString();
    Wire.Reply first = wire.post(Wire.POINTS, null, body, id);
    wire.end(first);
    Wire.Reply second = wire.post(Wire.POINTS, null, body, id);
    assertThat(second.data()).isEqualTo(first.data());
    String byVm = "vmRecoveryPoints/any(v:v/vmExtId eq '" + vm + "')";
    assertThat(wire.get(Wire.POINTS, "$filter", byVm).total()).isEqualTo(1);
    String etag = wire.get(Wire.VMS + "/" + vm).etag();
    String off = Wire.VMS + "/" + vm + "/$actions/power-off";
    String power = UUID.randomUUID().toString();
    wire.end(wire.post(off, etag, "", power));
    assertThat(wire.post(off, etag, "", power).status()).as("stale, but known").isEqualTo(202);
  }

  @Test
  void forgetsRequestIdsWhenToldTo() {
    try (Wire forgetful = Wire.to("--vms=2", "--request-id-memory=off")) {
      String vm = forgetful.vm(1);
      String body = "{\"vmRecoveryPoints\":[{\"vmExtId\":\"" + vm + "\"}]}";
      String id = UUID.randomUUID().toString();
      forgetful.end(forgetful.post(Wire.POINTS, null, body, id));
      forgetful.end(forgetful.post(Wire.POINTS, null, body, id));
      assertThat(forgetful.get(Wire.POINTS).total()).isEqualTo(2);
    }
  }

  @Test
  void makesAndDeletesVmsAndFailsTasksOnOnesThatAreGone() {
    String spec =
        "{\"name\":\"made\",\"cluster\":{\"extId\":\""
            + Seeds.CLUSTER_A
            + "\"},\"numSockets\":4,\"memorySizeBytes\":1024}";
    JsonNode task = wire.end(wire.post(Wire.VMS, null, spec));
    String vm = task.path("entitiesAffected").path(0).path("extId").asText();
    Wire.Reply read = wire.get(Wire.VMS + "/" + vm);
    assertThat(read.data().path("powerState").asText()).isEqualTo("OFF");
    assertThat(read.data().path("numSockets").asInt()).isEqualTo(4);
    Wire.Reply running = wire.act(vm, "power-on", "");
    wire.change(vm, "delete", true);
    assertThat(why(wire.end(running))).isEqualTo("VM_NOT_FOUND");
    Wire.Reply unknown = wire.get(Wire.VMS + "/" + vm);
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.group()).isEqualTo("VM_NOT_FOUND");
    String other = fresh();
    Wire.Reply gone =
        wire.send(
            wire.asked(Wire.VMS + "/" + other)
                .header("If-Match", wire.get(Wire.VMS + "/" + other).etag())
                .header("NTNX-Request-Id", UUID.randomUUID().toString())
                .DELETE());
    assertThat(status(wire.end(gone))).isEqualTo("SUCCEEDED");
    assertThat(wire.get(Wire.VMS + "/" + other).status()).isEqualTo(404);
  }

  @Test
  void changesCategoriesOfAVm() {
    String vm = fresh();
    Wire.Reply made =
        wire.send(
            wire.asked(Wire.CATEGORIES)
                .POST(BodyPublishers.ofString("{\"key\":\"Tier\",\"value\":\"gold\"}")));
    String extId = made.data().path("extId").asText();
    String body = "{\"categories\":[{\"extId\":\"" + extId + "\"}]}";
    wire.end(wire.act(vm, "associate-categories", body));
    String row = wire.get(Wire.VMS + "/" + vm).data().path("categories").toString();
    assertThat(row).contains(extId);
    wire.end(wire.act(vm, "disassociate-categories", body));
    assertThat(wire.get(Wire.VMS + "/" + vm).data().path("categories").toString())
        .doesNotContain(extId);
  }

  @Test
  void switchesWhatIsUnconfirmed() {
    try (Wire other =
        Wire.to(
            "--vms=2",
            "--revert-wrong-id=fail",
            "--revert-while-on=ok",
            "--power-same=ok",
            "--never-expires=sentinel",
            "--missing-if-match-status=400",
            "--api-key-replicate=ok")) {
      String vm = other.vm(1);
      String none = "{\"vmRecoveryPointExtId\":\"" + UUID.randomUUID() + "\"}";
      assertThat(why(other.end(other.act(vm, "revert", none))))
          .isEqualTo("VM_RECOVERY_POINT_NOT_FOUND_ERROR");
      assertThat(status(other.end(other.act(vm, "power-on", "")))).isEqualTo("SUCCEEDED");
      assertThat(other.post(Wire.VMS + "/" + vm + "/$actions/reset", null, "").status())
          .isEqualTo(400);
      JsonNode made =
          other.end(
              other.post(
                  Wire.POINTS, null, "{\"vmRecoveryPoints\":[{\"vmExtId\":\"" + vm + "\"}]}"));
      String point = Wire.detail(made, "recoveryPointExtId");
      assertThat(other.get(Wire.POINTS + "/" + point).data().path("expirationTime").asText())
          .isEqualTo("1969-12-31T23:59:59.999999Z");
      int boots = other.guest(vm).boots;
      String body = "{\"vmRecoveryPointExtId\":\"" + other.nested(point) + "\"}";
      assertThat(status(other.end(other.act(vm, "revert", body)))).isEqualTo("SUCCEEDED");
      assertThat(other.guest(vm).boots).as("boots from the old disk").isEqualTo(boots + 1);
      Wire.Reply byKey =
          other.send(
              other
                  .bare(Wire.POINTS + "/" + point + "/$actions/replicate")
                  .header("X-ntnx-api-key", other.credential("apiKey"))
                  .header("NTNX-Request-Id", UUID.randomUUID().toString())
                  .POST(BodyPublishers.ofString("{\"pcExtId\":\"a\",\"clusterExtId\":\"b\"}")));
      assertThat(byKey.status()).isEqualTo(202);
    }
  }

  @Test
  void cancelsATaskThatRuns() {
    wire.fault("task-stuck");
    Wire.Reply stuck = wire.act(fresh(), "power-off", "");
    String path = Wire.TASKS + "/" + stuck.data().path("extId").asText();
    await()
        .atMost(Duration.ofSeconds(3))
        .until(() -> status(wire.get(path).data()).equals("RUNNING"));
    Wire.Reply canceled =
        wire.send(wire.asked(path + "/$actions/cancel").POST(BodyPublishers.noBody()));
    assertThat(canceled.data().path("code").asText()).isEqualTo("TSKS-20901");
    assertThat(status(wire.end(stuck))).isEqualTo("CANCELED");
    assertThat(wire.get(Wire.TASKS + "/" + UUID.randomUUID()).status()).isEqualTo(400);
    assertThat(wire.get(Wire.TASKS + "/ZXJnb24=:" + UUID.randomUUID()).status()).isEqualTo(404);
  }
}
