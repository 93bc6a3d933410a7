package io.drover.runtime.guest;

import io.drover.runtime.BlockInput;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a healthy guest answers, and how long it must do so. The address is never part of it.
 *
 * @param scheme {@code http} or {@code https}
 * @param port 1..65535
 * @param path with its query; begins with one slash
 * @param status the status expected, 100..599
 * @param body a text that the answer must hold, in its first 64 KiB; null: any
 * @param good how many of the last {@code of} probes must be good, 1..of
 * @param of the probes that are looked at together, 1..100
 * @param interval between two probes, so that {@code of} of them span the stable time
 * @param timeout when it must have become healthy
 */
record HealthCheck(
    String scheme,
    int port,
    String path,
    int status,
    @Nullable String body,
    int good,
    int of,
    Duration interval,
    Duration timeout) {

  static HealthCheck of(Map<?, ?> map) {
    int of = number(map, "of", 3, 1, 100);
    return new HealthCheck(
        scheme(map.get("scheme")),
        number(map, "port", 80, 1, 65_535),
        path(map.get("path")),
        number(map, "status", 200, 100, 599),
        map.get("body") == null ? null : map.get("body").toString(),
        number(map, "good", of, 1, of),
        of,
        Duration.ofMillis(number(map, "intervalMillis", 5_000, 10, 3_600_000)),
        Duration.ofSeconds(number(map, "timeoutSeconds", 300, 1, 86_400)));
  }

  private static String scheme(@Nullable Object scheme) {
    String text = scheme == null ? "http" : scheme.toString();
    if (!text.equals("http") && !text.equals("https")) {
      throw BlockInput.wrong("healthCheck.scheme", text, "http or https");
    }
    return text;
  }

  /** A path must not be able to name another host. */
  private static String path(@Nullable Object path) {
    String text = path == null ? "/" : path.toString();
    boolean fine =
        text.startsWith("/")
            && !text.startsWith("//")
            && text.length() <= 1_000
            && text.chars().allMatch(c -> c > ' ' && c < 127 && c != '\\' && c != '#');
    if (!fine) {
      throw BlockInput.wrong(
          "healthCheck.path", text, "a path like /health, without spaces, # or backslashes");
    }
    return text;
  }

  private static int number(Map<?, ?> map, String name, int otherwise, int least, int most) {
    Object value = map.get(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number
        && number.longValue() >= least
        && number.longValue() <= most) {
      return number.intValue();
    }
    throw BlockInput.wrong("healthCheck." + name, value.toString(), least + ".." + most);
  }

  /** Where to ask; the host is the address, whatever the path is. */
  URI at(InetAddress address) {
    String literal = address.getHostAddress();
    String host = literal.contains(":") ? "[" + literal.replaceFirst("%.*", "") + "]" : literal;
    URI uri = URI.create(scheme + "://" + host + ":" + port + path);
    try {
      if (new URI(scheme, null, host, port, "/", null, null).getHost().equals(uri.getHost())
          && uri.getPort() == port) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new IllegalStateException("an address that is no host: " + literal, e);
    }
    throw BlockInput.wrong("healthCheck.path", path, "a path that names no other host");
  }
}
