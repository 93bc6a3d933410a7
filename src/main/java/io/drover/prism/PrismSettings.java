package io.drover.prism;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one Prism Central is reached. Secrets are given as {@code env:NAME}, {@code file:PATH} or as
 * themselves.
 *
 * @param url e.g. {@code https://pc.example.com:9440}; http only to this machine
 * @param username for basic authentication; null with an API key
 * @param password a secret
 * @param apiKey a secret; Prism refuses it for replication
 * @param api minor version by namespace ({@code vmm, dataprotection, prism}): {@code auto} or a
 *     number like {@code 4.0}; a missing one is auto
 * @param tiers rate limits; null means those that Prism declares
 * @param tls null means the JVM's trust store
 * @param calls timeouts and repetitions; null means the usual ones
 */
public record PrismSettings(
    URI url,
    @Nullable String username,
    @Nullable String password,
    @Nullable String apiKey,
    @Nullable Map<String, String> api,
    @Nullable Tiers tiers,
    @Nullable Tls tls,
    @Nullable Calls calls) {

  public PrismSettings {
    require(url != null && url.getHost() != null, "url", url, "https://HOST:9440");
    boolean here =
        "127.0.0.1".equals(url.getHost())
            || "localhost".equals(url.getHost())
            || "[::1]".equals(url.getHost());
    require(
        "https".equals(url.getScheme()) || ("http".equals(url.getScheme()) && here),
        "url",
        url,
        "https, or http to this machine");
    require(url.getUserInfo() == null, "url", url.getHost(), "no credentials inside the URL");
    boolean basic = username != null && password != null && apiKey == null;
    boolean key = apiKey != null && username == null && password == null;
    require(
        basic || key,
        "username, password, api-key",
        username == null ? "no username" : "username " + username,
        "username and password, or api-key");
    api = api == null ? Map.of() : Map.copyOf(api);
    for (Map.Entry<String, String> version : api.entrySet()) {
      require(
          version.getValue().matches("auto|v?4\\.\\d{1,2}"),
          "api." + version.getKey(),
          version.getValue(),
          "auto or a version like 4.0");
    }
    tiers = tiers == null ? new Tiers(false, null, null) : tiers;
    tls = tls == null ? new Tls(null, null, null, false, false) : tls;
    calls = calls == null ? new Calls(null, null, null, null, null) : calls;
  }

  /** The pinned minor of a namespace; null where it is to be found out. */
  public @Nullable Integer minor(Namespace namespace) {
    String version = api == null ? null : api.get(namespace.path());
    return version == null || version.equals("auto")
        ? null
        : Integer.valueOf(version.substring(version.indexOf('.') + 1));
  }

  /** Scheme, host and port. */
  public String base() {
    int port = url.getPort();
    return url.getScheme() + "://" + url.getHost() + (port < 0 ? ":9440" : ":" + port);
  }

  /** Never with a secret in it. */
  @Override
  public String toString() {
    return "PrismSettings[" + base() + "]";
  }

  private static void require(
      boolean holds, String field, @Nullable Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(field + ": " + value + " (expected: " + expected + ")");
    }
  }

  /**
   * Rate limits.
   *
   * @param off no limits of our own; a 429 is obeyed all the same
   * @param times a multiple of the declared limits, 1..1000; null is 1
   * @param limits calls a second by tier, e.g. {@code vm-list: 2}, 1..100000; overrides the
   *     multiple
   */
  public record Tiers(boolean off, @Nullable Integer times, @Nullable Map<String, Integer> limits) {
    public Tiers {
      int factor = times == null ? 1 : times;
      require(factor >= 1 && factor <= 1000, "tiers.times", times, "1..1000");
      times = factor;
      limits = limits == null ? Map.of() : Map.copyOf(limits);
      for (Map.Entry<String, Integer> limit : limits.entrySet()) {
        boolean known = false;
        for (Tier tier : Tier.values()) {
          known |= tier.key().equals(limit.getKey());
        }
        require(known, "tiers.limits", limit.getKey(), "a tier, e.g. vm-list");
        require(
            limit.getValue() >= 1 && limit.getValue() <= 100_000,
            "tiers.limits." + limit.getKey(),
            limit.getValue(),
            "1..100000");
      }
    }

    /** Calls a second by tier; 0 is no limit. */
    public Map<Tier, Integer> perSecond() {
      Map<Tier, Integer> out = new EnumMap<>(Tier.class);
      for (Tier tier : Tier.values()) {
        Integer own = limits == null ? null : limits.get(tier.key());
        int factor = times == null ? 1 : times;
        out.put(tier, off ? 0 : own != null ? own : tier.perSecond() * factor);
      }
      return out;
    }
  }

  /**
   * Whom to trust.
   *
   * @param trustPem a file of certificates; null none
   * @param trustStore a PKCS12 or JKS file; null none
   * @param trustStorePassword a secret; null none
   * @param anyHostName does not compare the certificate's name with the host; only together with
   *     trustPem or trustStore
   * @param insecure takes any certificate at all; never for production
   */
  public record Tls(
      @Nullable Path trustPem,
      @Nullable Path trustStore,
      @Nullable String trustStorePassword,
      boolean anyHostName,
      boolean insecure) {
    public Tls {
      require(
          !anyHostName || trustPem != null || trustStore != null,
          "tls.any-host-name",
          true,
          "only together with tls.trust-pem or tls.trust-store");
      require(
          trustPem == null || trustStore == null,
          "tls.trust-pem, tls.trust-store",
          "both",
          "one of them");
    }

    @Override
    public String toString() {
      return "Tls[insecure=" + insecure + "]";
    }
  }

  /**
   * Timeouts and repetitions.
   *
   * @param connect how long to try to connect; null is 10 s
   * @param answer how long to wait for bytes of an answer; null is 60 s
   * @param attempts tries of a call that may be repeated, 1..50; null is 6
   * @param patience no new try after so long; null is 2 min
   * @param connections at the same time, 1..10000; null is 256
   */
  public record Calls(
      @Nullable Duration connect,
      @Nullable Duration answer,
      @Nullable Integer attempts,
      @Nullable Duration patience,
      @Nullable Integer connections) {
    public Calls {
      connect = positive("calls.connect", connect, Duration.ofSeconds(10));
      answer = positive("calls.answer", answer, Duration.ofSeconds(60));
      patience = positive("calls.patience", patience, Duration.ofMinutes(2));
      attempts = between("calls.attempts", attempts, 6, 50);
      connections = between("calls.connections", connections, 256, 10_000);
    }

    private static Duration positive(String field, @Nullable Duration value, Duration usual) {
      require(
          value == null || (!value.isNegative() && !value.isZero()), field, value, "more than 0");
      return value == null ? usual : value;
    }

    private static Integer between(String field, @Nullable Integer value, int usual, int most) {
      require(value == null || (value >= 1 && value <= most), field, value, "1.." + most);
      return value == null ? usual : value;
    }
  }
}
