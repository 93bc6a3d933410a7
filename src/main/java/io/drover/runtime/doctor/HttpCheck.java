package io.drover.runtime.doctor;

import io.drover.prism.PrismSettings;
import io.drover.runtime.prism.PrismClients;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.apache.hc.client5.http.classic.methods.HttpHead;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Whether something answers at an address, with which certificate, and what time it has. */
public final class HttpCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(8);
  private static final Duration RENEW = Duration.ofDays(30);
  private static final Duration NEAR = Duration.ofSeconds(30);

  /** Signatures and tokens of other systems are refused beyond it. */
  private static final Duration FAR = Duration.ofMinutes(5);

  private HttpCheck() {}

  /**
   * One {@code HEAD /}, without credentials.
   *
   * @param client trusts what the door to that system trusts
   * @param setting where its trust is configured, for advice
   * @param checked false: any certificate is taken there
   * @return whether there was an answer; otherwise further checks make no sense
   */
  public static boolean answers(
      Report report, String base, CloseableHttpClient client, String setting, boolean checked) {
    HttpHead head = new HttpHead(base + "/");
    head.setConfig(
        RequestConfig.custom()
            .setResponseTimeout(Timeout.of(PATIENCE))
            .setConnectionRequestTimeout(Timeout.of(PATIENCE))
            .build());
    HttpClientContext context = HttpClientContext.create();
    try {
      // Any status will do: somebody is there.
      Header date = client.execute(head, context, response -> response.getFirstHeader("Date"));
      report.ok("reachable", base + " answers");
      certificate(report, context.getSSLSession(), setting, checked, Instant.now());
      clock(report, date == null ? null : date.getValue(), Instant.now());
      return true;
    } catch (SSLException e) {
      report.fail(
          "certificate",
          base
              + ": "
              + reasons(e)
              + "; renew it, or trust the certificate or its issuer ("
              + setting
              + ")");
      return false;
    } catch (IOException e) {
      report.fail("reachable", base + ": " + why(e));
      return false;
    }
  }

  /** Of a system whose door trusts what the JVM trusts. */
  public static boolean answers(Report report, URI url) throws IOException {
    String base =
        url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    PrismSettings.Tls usual = new PrismSettings.Tls(null, null, null, false, false);
    try (CloseableHttpClient client =
        PrismClients.of("drover.doctor", base, usual, PATIENCE, PATIENCE, 1)) {
      return answers(report, base, client, "the JVM's trust store: javax.net.ssl.trustStore", true);
    }
  }

  private static String why(IOException error) {
    if (error instanceof UnknownHostException) {
      return "its name is not known here; look at the address and at DNS";
    }
    if (error instanceof SocketTimeoutException || error instanceof NoRouteToHostException) {
      return "no answer; look at routes and firewalls";
    }
    return error instanceof ConnectException
        ? "no connection; look at the address, the port and firewalls"
        : error.getClass().getSimpleName();
  }

  /** The innermost says what is wrong: expired, not trusted, another name. */
  private static String reasons(SSLException error) {
    List<String> reasons = new ArrayList<>();
    Throwable inner = error;
    while (inner.getCause() != null && inner.getCause() != inner) {
      inner = inner.getCause();
    }
    reasons.add(inner.getClass().getSimpleName());
    reasons.add(String.valueOf(inner.getMessage()));
    return String.join(": ", reasons);
  }

  static void certificate(
      Report report, @Nullable SSLSession session, String setting, boolean checked, Instant now) {
    if (session == null) {
      return; // plain HTTP, which is for this machine alone
    }
    Instant end;
    try {
      end = ((X509Certificate) session.getPeerCertificates()[0]).getNotAfter().toInstant();
    } catch (SSLException | ClassCastException e) {
      report.warn("certificate", "cannot be read (" + e.getClass().getSimpleName() + ")");
      return;
    }
    String until = "until " + end.atOffset(ZoneOffset.UTC).toLocalDate();
    if (now.isAfter(end)) {
      report.fail("certificate", "expired: it was valid " + until);
    } else if (!checked) {
      report.warn(
          "certificate", "not compared (" + setting + "): whoever answers gets credentials");
    } else if (now.plus(RENEW).isAfter(end)) {
      report.warn(
          "certificate", until + ", " + Duration.between(now, end).toDays() + " days: renew it");
    } else {
      report.ok("certificate", until);
    }
  }

  static void clock(Report report, @Nullable String date, Instant now) {
    if (date == null) {
      return; // HTTP leaves it to servers that have no clock
    }
    Duration off;
    try {
      off =
          Duration.between(
                  now, ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant())
              .truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
    } catch (DateTimeParseException e) {
      return;
    }
    String text =
        off.abs().getSeconds() <= 1
            ? "as ours"
            : off.abs().getSeconds() + " s " + (off.isNegative() ? "behind" : "ahead of") + " ours";
    if (off.abs().compareTo(FAR) > 0) {
      report.fail("clock", text + "; look at NTP on both sides");
    } else if (off.abs().compareTo(NEAR) > 0) {
      report.warn("clock", text + "; look at NTP on both sides");
    } else {
      report.ok("clock", text);
    }
  }
}
