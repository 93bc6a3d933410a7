package io.drover.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guests over real SSH and HTTP. */
class GuestsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String BOOT_ID = "cat /proc/sys/kernel/random/boot_id";
  private static Wire wire;
  private static final SshClient ssh = SshClient.setUpDefaultClient();
  private static final List<PublicKey> seenKeys = new CopyOnWriteArrayList<>();
  private static final HttpClient http = HttpClient.newHttpClient();
  private static int used;

  @BeforeAll
  static void start() {
    wire = Wire.to("--vms=40");
    ssh.setServerKeyVerifier(
        (session, remote, key) -> {
          seenKeys.add(key);
          return true;
        });
    ssh.start();
  }

  @AfterAll
  static void stop() {
    ssh.stop();
    wire.close();
  }

  @AfterEach
  void noFaults() {
    wire.noFaults();
  }

  /** A guest that takes apt, or dnf, and that no other test touches. */
  private static String fresh(String distribution) {
    String vm = wire.vm(++used);
    return wire.guest(vm).distribution.equals(distribution) ? vm : fresh(distribution);
  }

  record Told(int exit, String out) {}

  private static ClientSession connect(String vm) throws IOException {
    return ssh.connect(
            wire.credential("guestUser"),
            wire.guest(vm).address,
            wire.ready().path("guestSshPort").asInt())
        .verify(PATIENCE)
        .getSession();
  }

  private static ClientSession session(String vm) throws IOException {
    ClientSession session = connect(vm);
    session.addPasswordIdentity(wire.credential("guestPassword"));
    session.auth().verify(PATIENCE);
    return session;
  }

  private static Told run(ClientSession session, String script) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ClientChannel channel = session.createExecChannel(script)) {
      channel.setOut(out);
      channel.open().verify(PATIENCE);
      channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE);
      Integer exit = channel.getExitStatus();
      if (exit == null) {
        throw new IOException("dropped");
      }
      return new Told(exit, out.toString(StandardCharsets.UTF_8));
    }
  }

  private static Told run(String vm, String script) throws IOException {
    try (ClientSession session = session(vm)) {
      return run(session, script);
    }
  }

  private static void awaitUp(String vm) {
    await().atMost(PATIENCE).ignoreExceptions().until(() -> run(vm, "true").exit() == 0);
  }

  private static HttpResponse<String> health(String vm) throws Exception {
    String url =
        "http://"
            + wire.guest(vm).address
            + ":"
            + wire.ready().path("guestHttpPort").asInt()
            + "/health";
    return http.send(
        HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static long count(String event, String vm) {
    List<JsonNode> lines = new ArrayList<>();
    wire.control("/log", null).forEach(lines::add);
    return lines.stream()
        .filter(line -> line.path("event").asText().equals(event))
        .filter(line -> line.path("vm").asText().equals(vm))
        .count();
  }

  @Test
  void hasAHostKeyPerGuestThatIsInKnownHosts() throws Exception {
    String one = fresh("apt");
    String other = fresh("apt");
    seenKeys.clear();
    assertThat(run(one, "hostname").out().strip()).isEqualTo(wire.guest(one).name);
    assertThat(run(other, "hostname").out().strip()).isEqualTo(wire.guest(other).name);
    wire.change(one, "hostKeyVersion", 1);
    run(one, "true");
    assertThat(seenKeys).hasSize(3).doesNotHaveDuplicates();
    HttpResponse<String> known =
        http.send(
            HttpRequest.newBuilder(
                    URI.create(wire.ready().path("control").asText() + "/known-hosts"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    String line =
        "["
            + wire.guest(other).address
            + "]:"
            + wire.ready().path("guestSshPort").asInt()
            + " "
            + PublicKeyEntry.toString(seenKeys.get(1));
    assertThat(known.body().lines()).hasSize(40).contains(line);
  }

  @Test
  void letsInByPasswordOrKeyAndNobodyElse() throws Exception {
    String vm = fresh("apt");
    assertThat(run(vm, "true").exit()).isZero();
    try (ClientSession session = connect(vm)) {
      for (KeyPair key :
          new FileKeyPairProvider(Path.of(wire.credential("guestKey"))).loadKeys(session)) {
        session.addPublicKeyIdentity(key);
      }
      session.auth().verify(PATIENCE);
      assertThat(run(session, "echo in").out()).isEqualTo("in\n");
    }
    try (ClientSession session = connect(vm)) {
      session.addPasswordIdentity("wrong");
      assertThatThrownBy(() -> session.auth().verify(PATIENCE)).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "echo a && echo b ~ 0 ~ a;b;",
        "false || echo c ~ 0 ~ c;",
        "if test -e /none; then echo yes; else echo no; fi ~ 0 ~ no;",
        "mkdir /tmp/x && mkdir /tmp/x ~ 1 ~ mkdir: cannot create directory '/tmp/x': File exists;",
        "echo 'a;b' > /tmp/f; cat /tmp/f ~ 0 ~ a;b;",
        "echo one > /tmp/g; echo two >> /tmp/g; cat /tmp/g | wc -l ~ 0 ~ 2;",
        "cat /none 2>/dev/null; true ~ 0 ~ ",
        "sudo -n id ~ 0 ~ uid=0(root);",
        "fly to the moon ~ 127 ~ sh: fly: not found;",
        "false; echo $? ~ 0 ~ 1;",
      })
  void runsTheShellThatItTakes(String script, int exit, String out) throws Exception {
    Told told = run(wire.vm(40), script);
    assertThat(told.exit()).as(told.out()).isEqualTo(exit);
    String lines =
        told.out().replace("\n", ";").replace("cat: /none: No such file or directory;", "");
    assertThat(lines).isEqualTo(out == null ? "" : out);
    run(wire.vm(40), "rm -rf /tmp/x /tmp/f /tmp/g");
  }

  @Test
  void updatesDetachedOnceAndKeepsWhatItMade() throws Exception {
    String vm = fresh("apt");
    assertThat(run(vm, "apt-get -s dist-upgrade | grep -c '^Inst '").out()).isEqualTo("3\n");
    String body =
        "if mkdir /var/lib/u/begun; then sh -c 'apt-get -y dist-upgrade' > /var/lib/u/out 2>&1;"
            + " echo $? > /var/lib/u/exit; fi";
    String start = "mkdir -p /var/lib/u && systemd-run --unit=%s sh -c \"" + body + "\"";
    String together =
        String.join(
            "; ",
            String.format(start, "u1"),
            "systemctl is-active u1",
            "test -d /var/lib/u/begun && echo begun",
            String.format(start, "u1"),
            String.format(start, "u2"),
            "systemctl is-active u2");
    assertThat(run(vm, together).out().lines())
        .containsExactly(
            "active",
            "begun",
            "Failed to start transient service unit: Unit u1.service already exists.",
            "inactive");
    await().atMost(PATIENCE).until(() -> run(vm, "cat /var/lib/u/exit").out().equals("0\n"));
    assertThat(run(vm, "systemctl is-active u1").exit()).isEqualTo(3);
    assertThat(run(vm, "cat /var/lib/u/out").out()).contains("Setting up pkg-1");
    assertThat(run(vm, "test -e /var/run/reboot-required").exit()).isZero();
    assertThat(wire.guest(vm).updates).isEqualTo(1);
    assertThat(count("update-started", vm)).isEqualTo(1);
    assertThat(count("update-finished", vm)).isEqualTo(1);
    assertThat(run(vm, "dnf -y update").exit()).isEqualTo(127);
  }

  @Test
  void forgetsAnUpdateThatWasCutOff() throws Exception {
    String vm = fresh("dnf");
    wire.change(vm, "behaviour", "updateHangs");
    run(
        vm,
        "systemd-run --unit=u sh -c 'mkdir /var/lib/begun; dnf -y update; echo $? > /var/exit'");
    wire.end(wire.act(vm, "reset", ""));
    awaitUp(vm);
    assertThat(run(vm, "systemctl is-active u").exit()).isEqualTo(3);
    assertThat(run(vm, "test -d /var/lib/begun").exit()).isZero();
    assertThat(run(vm, "test -e /var/exit").exit()).isEqualTo(1);
    assertThat(wire.guest(vm).disk.files).containsKey(Disk.HALF_INSTALLED);
    assertThat(wire.guest(vm).disk.release).isEqualTo(1);
    assertThat(count("update-interrupted", vm)).isEqualTo(1);
  }

  @Test
  void dropsSessionsAndChangesItsBootIdInAReboot() throws Exception {
    String vm = fresh("apt");
    try (ClientSession session = session(vm)) {
      String before = run(session, BOOT_ID).out();
      assertThat(before).hasSize(37);
      assertThat(run(session, "sudo systemctl reboot").exit()).isZero();
      await().atMost(PATIENCE).until(session::isClosed);
      awaitUp(vm);
      assertThat(run(vm, BOOT_ID).out()).isNotEqualTo(before);
      assertThat(wire.guest(vm).boots).isEqualTo(2);
    }
    wire.change(vm, "behaviour", "ignoresReboot");
    String before = run(vm, BOOT_ID).out();
    run(vm, "reboot");
    await()
        .during(Duration.ofMillis(150))
        .atMost(PATIENCE)
        .until(() -> run(vm, BOOT_ID).out().equals(before));
  }

  @Test
  void isNotThereWhileOffAndLosesItsMarkersInARevert() throws Exception {
    String vm = fresh("apt");
    String point = wire.recoveryPoint(vm);
    run(vm, "mkdir -p /var/lib/drover; echo mark > /var/lib/drover/marker");
    wire.end(wire.act(vm, "power-off", ""));
    assertThatThrownBy(() -> run(vm, "true")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> health(vm)).isInstanceOf(IOException.class);
    String body = "{\"vmRecoveryPointExtId\":\"" + wire.nested(point) + "\"}";
    wire.end(wire.act(vm, "revert", body));
    wire.end(wire.act(vm, "power-on", ""));
    awaitUp(vm);
    assertThat(run(vm, "test -e /var/lib/drover/marker").exit()).isEqualTo(1);
    wire.change(vm, "delete", true);
    assertThatThrownBy(() -> ssh.connect("x", wire.guest(vm).address, 1).verify(PATIENCE))
        .isInstanceOf(Exception.class);
  }

  @Test
  void showsItsHealthAndItsReleaseOnAPage() throws Exception {
    String vm = fresh("apt");
    assertThat(health(vm).statusCode()).isEqualTo(200);
    assertThat(health(vm).body()).isEqualTo("OK release=1");
    wire.change(vm, "behaviour", "unhealthyAfterPatch");
    run(vm, "apt-get -y upgrade");
    assertThat(health(vm).statusCode()).isEqualTo(503);
    wire.fault("status", "system", "guest-http", "status", 500, "vm", vm);
    assertThat(health(vm).statusCode()).isEqualTo(500);
    String flapping = fresh("apt");
    wire.change(flapping, "behaviour", "flappingAfterPatch");
    run(flapping, "apt-get -y upgrade");
    assertThat(List.of(health(flapping).statusCode(), health(flapping).statusCode()))
        .containsExactlyInAnyOrder(200, 503);
  }

  @ParameterizedTest
  @CsvSource({"updateFails,100,true,1", "noRebootNeeded,0,false,2", "healthy,0,false,2"})
  void updatesAsItsBehaviourSays(String behaviour, int exit, boolean half, int release)
      throws Exception {
    String vm = fresh("dnf");
    wire.change(vm, "behaviour", behaviour);
    assertThat(run(vm, "dnf check-update").exit()).isEqualTo(100);
    assertThat(run(vm, "dnf -y update").exit()).isEqualTo(exit);
    Disk disk = wire.guest(vm).disk;
    assertThat(disk.files.containsKey(Disk.HALF_INSTALLED)).isEqualTo(half);
    assertThat(disk.release).isEqualTo(release);
    assertThat(run(vm, "needs-restarting -r").exit())
        .isEqualTo(behaviour.equals("healthy") ? 1 : 0);
  }

  @Test
  void staysAwayWhenAPatchBrokeItsBoot() throws Exception {
    String vm = fresh("apt");
    String point = wire.recoveryPoint(vm);
    wire.change(vm, "behaviour", "neverComesBack");
    run(vm, "apt-get -y upgrade");
    wire.end(wire.act(vm, "reset", ""));
    await()
        .during(Duration.ofMillis(200))
        .atMost(PATIENCE)
        .until(() -> !wire.control("/vm?vm=" + vm, null).path("up").asBoolean());
    wire.end(wire.act(vm, "power-off", ""));
    String body = "{\"vmRecoveryPointExtId\":\"" + wire.nested(point) + "\"}";
    wire.end(wire.act(vm, "revert", body));
    wire.end(wire.act(vm, "power-on", ""));
    awaitUp(vm);
  }

  @Test
  void dropsAndRefusesSshWhenAFaultSaysSo() throws Exception {
    String vm = fresh("apt");
    wire.fault("ssh-drop", "vm", vm);
    assertThatThrownBy(() -> run(vm, "touch /var/done")).isInstanceOf(IOException.class);
    assertThat(run(vm, "test -e /var/done").exit()).as("done, but not told").isZero();
    wire.fault("ssh-drop-before", "vm", vm);
    assertThatThrownBy(() -> run(vm, "touch /var/never")).isInstanceOf(IOException.class);
    assertThat(run(vm, "test -e /var/never").exit()).isEqualTo(1);
    wire.fault("ssh-hang", "vm", vm);
    try (ClientSession session = session(vm);
        ClientChannel channel = session.createExecChannel("touch /var/hung")) {
      channel.open().verify(PATIENCE);
      assertThat(channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), Duration.ofMillis(200)))
          .contains(ClientChannelEvent.TIMEOUT);
    }
    assertThat(run(vm, "test -e /var/hung").exit()).isZero();
    wire.fault("away", "system", "guest-http", "vm", vm, "count", -1); // the client asks twice
    assertThatThrownBy(() -> health(vm)).isInstanceOf(IOException.class);
    wire.noFaults();
    assertThat(health(vm).statusCode()).isEqualTo(200);
    wire.fault("ssh-refuse", "vm", vm);
    assertThatThrownBy(() -> run(vm, "true")).isInstanceOf(IOException.class);
    assertThat(run(vm, "true").exit()).isZero();
  }
}
