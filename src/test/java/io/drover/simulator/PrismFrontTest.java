package io.drover.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may call, how often, and at which addresses. */
class PrismFrontTest {
  private static Wire wire;

  @BeforeAll
  static void start() {
    wire = Wire.to("--vms=12");
  }

  @AfterAll
  static void stop() {
    wire.close();
  }

  @Test
  void letsInByPasswordByKeyAndBySession() {
    assertThat(wire.send(wire.bare(Wire.VMS)).status()).isEqualTo(401);
    assertThat(wire.send(wire.bare(Wire.VMS).header("Authorization", "Basic bm86bm8=")).status())
        .isEqualTo(401);
    assertThat(wire.send(wire.bare(Wire.VMS).header("X-ntnx-api-key", "wrong")).status())
        .isEqualTo(401);
    assertThat(
            wire.send(wire.bare(Wire.VMS).header("X-ntnx-api-key", wire.credential("apiKey")))
                .status())
        .isEqualTo(200);
    String cookie = String.valueOf(wire.get(Wire.VMS).header("Set-Cookie"));
    assertThat(cookie).contains("HttpOnly").containsIgnoringCase("secure");
    String session = cookie.split(";")[0];
    assertThat(wire.send(wire.bare(Wire.VMS).header("Cookie", session)).status()).isEqualTo(200);
  }

  @Test
  void refusesReplicationByKeyAndWritesByAViewer() {
    String point = wire.recoveryPoint(wire.vm(1));
    String body =
        "{\"pcExtId\":\""
            + Seeds.DOMAIN_MANAGER
            + "\",\"clusterExtId\":\""
            + Seeds.CLUSTER_B
            + "\"}";
    HttpRequest.Builder replicate =
        wire.bare(Wire.POINTS + "/" + point + "/$actions/replicate")
            .header("NTNX-Request-Id", UUID.randomUUID().toString())
            .POST(BodyPublishers.ofString(body));
    assertThat(wire.send(replicate.header("X-ntnx-api-key", wire.credential("apiKey"))).status())
        .isEqualTo(403);
    String pair = wire.credential("viewerUsername") + ":" + wire.credential("viewerPassword");
    String basic =
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    assertThat(wire.send(wire.bare(Wire.VMS).header("Authorization", basic)).status())
        .isEqualTo(200);
    assertThat(
            wire.send(
                    wire.bare(Wire.POINTS)
                        .header("Authorization", basic)
                        .POST(BodyPublishers.ofString("{}")))
                .status())
        .isEqualTo(403);
  }

  @Test
  void changesPasswordsAndExpiresSessionsWhileRunning() {
    try (Wire other = Wire.to("--vms=2")) {
      String session = String.valueOf(other.get(Wire.VMS).header("Set-Cookie")).split(";")[0];
      other.control("/credentials", Json.object().put("expire", 1));
      assertThat(other.get(Wire.VMS).status()).as("mid-run, once").isEqualTo(401);
      assertThat(other.send(other.bare(Wire.VMS).header("Cookie", session)).status())
          .isEqualTo(401);
      assertThat(other.get(Wire.VMS).status()).isEqualTo(200);
      other.control("/credentials", Json.object().put("password", "changed"));
      assertThat(other.get(Wire.VMS).status()).isEqualTo(401);
      assertThat(other.by("production").get(Wire.VMS).status()).as("by the file").isEqualTo(200);
    }
  }

  @Test
  void keepsItsSecretsFromOthers() throws Exception {
    Path file = Path.of(wire.ready().path("credentials").asText());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(file.resolveSibling("requests.jsonl")))
        .doesNotContain(wire.credential("password"));
  }

  @Test
  void servesTheMinorsThatItHasAndNoOther() {
    for (String wrong :
        List.of("/api/vmm/v4.9/ahv/config/vms", "/api/vmm/v3.0/ahv/config/vms", "/api/x/v4.0/a")) {
      Wire.Reply reply = wire.get(wrong);
      assertThat(reply.status()).isEqualTo(404);
      assertThat(reply.json().has("data")).isFalse();
      assertThat(reply.json().path("message").asText()).contains("not found");
    }
    assertThat(
            wire.get("/api/vmm/v4.2/ahv/config/vms").json().path("$reserved").path("$fv").asText())
        .isEqualTo("v4.r2");
    Wire.Reply info =
        wire.send(
            wire.asked("/api/vmm/unversioned/info").method("OPTIONS", BodyPublishers.noBody()));
    assertThat(info.json().path("data").asText()).isEqualTo("v4.2");
    assertThat(info.header("X-Ntnx-Product")).isEqualTo("pc.7.5");
    assertThat(info.header("X-Ntnx-Env")).isEqualTo("pc");
    try (Wire mixed = Wire.to("--vms=1", "--versions=vmm:4.0,prism:4.3", "--version-info=off")) {
      assertThat(mixed.get("/api/vmm/v4.1/ahv/config/vms").status()).isEqualTo(404);
      assertThat(mixed.get("/api/prism/v4.3/config/categories").status()).isEqualTo(200);
      assertThat(
              mixed
                  .send(
                      mixed
                          .asked("/api/vmm/unversioned/info")
                          .method("OPTIONS", BodyPublishers.noBody()))
                  .status())
          .isEqualTo(404);
    }
  }

  @Test
  void refusesMoreThanATierTakes() {
    try (Wire slow = Wire.to("--vms=2", "--tiers=real")) {
      List<Wire.Reply> replies = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        replies.add(slow.get(Wire.VMS));
      }
      Wire.Reply refused =
          replies.stream().filter(reply -> reply.status() == 429).findFirst().orElseThrow();
      assertThat(refused.group()).isEqualTo("RATE_LIMIT_EXCEEDED");
      assertThat(refused.header("X-Api-Ratelimit-Limit")).isEqualTo("2");
      assertThat(refused.header("X-Api-Ratelimit-Remaining")).isEqualTo("0");
      assertThat(refused.header("X-Api-Ratelimit-Refresh-Period-Seconds")).isEqualTo("1");
      assertThat(refused.header("X-Ratelimit-Limit")).isEqualTo("80");
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(replies.get(0).status()).isEqualTo(200);
      assertThat(slow.get(Wire.CATEGORIES).status()).as("a tier of its own").isEqualTo(200);
      JsonNode stats = slow.control("/stats", null);
      assertThat(stats.path("mostInASecond").path("vm-list").asInt()).isEqualTo(2);
      assertThat(stats.path("refused429").asInt()).isPositive();
      assertThat(stats.path("calls").path("GET vm-list").asInt()).isEqualTo(12);
    }
    try (Wire quick = Wire.to("--vms=2", "--tiers=10", "--retry-after=off")) {
      assertThat(quick.get(Wire.VMS).header("X-Api-Ratelimit-Limit")).isEqualTo("20");
    }
  }

  @Test
  void isSeveralPrismCentralsThatReplicateToEachOther() {
    try (Wire here = Wire.to("--vms=4", "--prism-centrals=production,dr")) {
      Wire there = here.by("dr");
      String managers = "/api/prism/v4.0/config/domain-managers";
      String pc = there.get(managers).all("extId").get(0);
      assertThat(pc).isNotEqualTo(here.get(managers).all("extId").get(0));
      String cluster =
          there.get("/api/clustermgmt/v4.0/config/clusters", "$limit", "1").all("extId").get(0);
      assertThat(there.get(Wire.VMS).all("extId"))
          .hasSize(4)
          .doesNotContainAnyElementsOf(here.get(Wire.VMS).all("extId"));
      String point = here.recoveryPoint(here.vm(1));
      String to = "{\"pcExtId\":\"" + pc + "\",\"clusterExtId\":\"" + cluster + "\"}";
      JsonNode task =
          here.end(here.post(Wire.POINTS + "/" + point + "/$actions/replicate", null, to));
      String copy = Wire.detail(task, "recoveryPointExtId");
      assertThat(here.get(Wire.POINTS + "/" + copy).status()).isEqualTo(404);
      JsonNode row = there.get(Wire.POINTS + "/" + copy).data();
      assertThat(row.path("locationReferences").path(0).path("locationExtId").asText())
          .isEqualTo(cluster);
      assertThat(row.path("vmRecoveryPoints").path(0).path("vmExtId").asText())
          .isEqualTo(here.vm(1));
    }
  }

  @Test
  void speaksTlsWithACertificateThatCanBeTrusted() throws Exception {
    try (Wire secure = Wire.to("--vms=2", "--tls=on")) {
      assertThatThrownBy(() -> secure.get(Wire.VMS))
          .hasRootCauseInstanceOf(CertPathBuilderException.class);
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      try (InputStream pem =
          Files.newInputStream(Path.of(secure.ready().path("certificate").asText()))) {
        trusted.setCertificateEntry(
            "prism", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      HttpClient client = HttpClient.newBuilder().sslContext(context).build();
      for (String system : List.of("prism", "slack")) {
        String url = secure.ready().path(system).asText();
        assertThat(url).startsWith("https://127.0.0.1:");
        HttpResponse<String> answer =
            client.send(
                HttpRequest.newBuilder(URI.create(url + "/api/auth.test"))
                    .header("Authorization", "Bearer xoxb-1")
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(system.equals("prism") ? 401 : 200);
      }
    }
  }
}
