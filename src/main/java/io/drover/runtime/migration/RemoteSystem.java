package io.drover.runtime.migration;

import io.drover.prism.PrismSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one vCenter or Move appliance is reached.
 *
 * @param url e.g. {@code https://vcenter.example.com}; http only to this machine
 * @param username who Drover is there
 * @param password a secret: {@code env:NAME}, {@code file:PATH}, or itself
 * @param tls null means the JVM's trust store
 * @param timeout of an answer, 1 s .. 10 min; null is 60 s
 */
record RemoteSystem(
    URI url,
    String username,
    String password,
    PrismSettings.@Nullable Tls tls,
    @Nullable Duration timeout) {
  private static final Set<String> HERE = Set.of("127.0.0.1", "localhost", "[::1]");

  RemoteSystem {
    require(url != null && url.getHost() != null, "url", url, "https://HOST");
    require(
        "https".equals(url.getScheme())
            || ("http".equals(url.getScheme()) && HERE.contains(url.getHost())),
        "url",
        url,
        "https, or http to this machine");
    require(url.getUserInfo() == null, "url", url.getHost(), "no credentials inside the URL");
    require(username != null && !username.isBlank(), "username", username, "a name");
    require(password != null && !password.isBlank(), "password", "nothing", "a secret");
    timeout = timeout == null ? Duration.ofSeconds(60) : timeout;
    require(
        timeout.compareTo(Duration.ofSeconds(1)) >= 0
            && timeout.compareTo(Duration.ofMinutes(10)) <= 0,
        "timeout",
        timeout,
        "1s..10m");
    tls = tls == null ? new PrismSettings.Tls(null, null, null, false, false) : tls;
  }

  private static void require(
      boolean holds, String field, @Nullable Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(field + ": " + value + " (expected: " + expected + ")");
    }
  }

  /** Scheme, host and port. */
  String base() {
    return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }

  /** Never with a secret in it. */
  @Override
  public String toString() {
    return "RemoteSystem[" + base() + "]";
  }
}
