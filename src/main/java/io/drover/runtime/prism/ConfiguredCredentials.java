package io.drover.runtime.prism;

import io.drover.prism.PrismProblem;
import io.drover.prism.PrismSettings;
import io.drover.prism.Timeline;
import io.drover.runtime.CallFailure;
import io.drover.runtime.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Basic authentication or an API key from configuration. After a second 401 in a row the same
 * secret is not sent again for a minute: Prism locks accounts.
 */
final class ConfiguredCredentials implements Credentials {
  private static final Duration KEPT = Duration.ofMinutes(5);
  private static final Duration BARRED = Duration.ofMinutes(1);

  private final String system;
  private final PrismSettings settings;
  private final Timeline timeline;
  private @Nullable Header known;
  private long readAt;
  private @Nullable Header barred;
  private long barredUntil;

  ConfiguredCredentials(String system, PrismSettings settings, Timeline timeline) {
    this.system = system;
    this.settings = settings;
    this.timeline = timeline;
  }

  @Override
  public synchronized Header current() {
    long now = timeline.nanos();
    Header header = known;
    if (header == null || now - readAt >= KEPT.toNanos()) {
      header = read();
      known = header;
      readAt = now;
    }
    if (header.equals(barred)) {
      if (now - barredUntil < 0) {
        known = null; // a changed secret is seen at once
        throw PrismProblem.of(
            PrismProblem.Verdict.REFUSED,
            "http-401",
            system
                + " refused our credentials; the same ones are not sent again for a minute, because"
                + " Prism locks accounts. Put the right ones into its configuration");
      }
      barred = null;
    }
    return header;
  }

  @Override
  public synchronized boolean rejected(Header sent, boolean secondTime) {
    known = null;
    if (secondTime) {
      barred = sent;
      barredUntil = timeline.nanos() + BARRED.toNanos();
    }
    return !secondTime;
  }

  private Header read() {
    String key = settings.apiKey();
    if (key != null) {
      return new Header("X-ntnx-api-key", secret(key));
    }
    String password = settings.password();
    String pair = settings.username() + ":" + secret(password == null ? "" : password);
    return new Header(
        "Authorization",
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  private static String secret(String reference) {
    try {
      return new Secret(reference).read();
    } catch (CallFailure e) {
      throw PrismProblem.of(
          PrismProblem.Verdict.TRANSIENT, e.getKind(), String.valueOf(e.getMessage()));
    }
  }
}
