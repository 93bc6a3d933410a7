package io.drover.runtime.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.drover.execution.Doctor.Checkup;
import io.drover.execution.Doctor.Result;
import io.drover.prism.PrismSettings;
import io.drover.runtime.prism.PrismClients;
import io.drover.runtime.prism.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpCheckTest {

  @Test
  void saysWhatIsWrongWithACertificate(@TempDir Path folder) throws IOException {
    TestCertificate certificate = TestCertificate.create(folder);
    Path own = folder.resolve("own.pem");
    assertThat(look(certificate.context(), own, false))
        .satisfiesExactly(
            reachable -> assertThat(reachable.result()).isEqualTo(Result.OK),
            soon -> {
              assertThat(soon.result()).isEqualTo(Result.WARNING);
              assertThat(soon.text()).contains("1 days: renew it");
            },
            clock -> assertThat(clock.result()).isEqualTo(Result.OK));
    assertThat(look(certificate.context(), own, true))
        .anySatisfy(
            check -> {
              assertThat(check.check()).isEqualTo("certificate");
              assertThat(check.result()).isEqualTo(Result.WARNING);
              assertThat(check.text()).contains("not compared");
            });
    refused(look(certificate.context(), null, false), "unable to find valid certification path");
    refused(look(certificate.expired(), folder.resolve("expired.pem"), false), "expired");
    refused(look(certificate.otherName(), folder.resolve("other.pem"), false), "127.0.0.1");
    // Whoever takes any certificate hears that it expired all the same.
    refused(look(certificate.expired(), null, true), "expired");
  }

  private static void refused(List<Checkup> checks, String why) {
    Checkup last =
        checks.stream().filter(c -> c.result() == Result.FAILED).findFirst().orElseThrow();
    assertThat(last.check()).isEqualTo("certificate");
    assertThat(last.text()).contains(why);
  }

  private static List<Checkup> look(SSLContext shown, @Nullable Path trusted, boolean insecure)
      throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(shown));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    String base = "https://127.0.0.1:" + server.getAddress().getPort();
    PrismSettings.Tls tls = new PrismSettings.Tls(trusted, null, null, false, insecure);
    Report report = new Report("system");
    try (CloseableHttpClient client =
        PrismClients.of("test", base, tls, Duration.ofSeconds(5), Duration.ofSeconds(5), 1)) {
      HttpCheck.answers(report, base, client, "setting", !insecure);
    } finally {
      server.stop(0);
    }
    return report.checks();
  }

  @Test
  void tellsClocksApart() {
    assertThat(clock(Duration.ofMillis(400))).isEqualTo(Result.OK);
    assertThat(clock(Duration.ofSeconds(-20))).isEqualTo(Result.OK);
    assertThat(clock(Duration.ofSeconds(45))).isEqualTo(Result.WARNING);
    assertThat(clock(Duration.ofMinutes(-6))).isEqualTo(Result.FAILED);
    Report report = new Report("system");
    HttpCheck.clock(report, "no date", Instant.now());
    assertThat(report.checks()).isEmpty();
  }

  private static Result clock(Duration off) {
    Instant now = Instant.parse("2026-05-04T10:00:00Z");
    Report report = new Report("system");
    HttpCheck.clock(
        report,
        DateTimeFormatter.RFC_1123_DATE_TIME.format(now.plus(off).atOffset(ZoneOffset.UTC)),
        now);
    return report.checks().get(0).result();
  }
}
