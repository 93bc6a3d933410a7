package io.drover.runtime;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where operators drop their route files.
 *
 * @param directory need not exist
 * @param scan pause between two looks into it; 50 ms to 1 minute
 * @param settle how long a file must stay as it is before it counts as written; 0 to 1 minute
 */
@ConfigurationProperties("drover.routes")
record RouteFolderProperties(
    @DefaultValue("./routes.d") Path directory,
    @DefaultValue("250ms") Duration scan,
    @DefaultValue("600ms") Duration settle) {

  RouteFolderProperties {
    bounded("scan", scan, 50);
    bounded("settle", settle, 0);
  }

  private static void bounded(String name, Duration value, long least) {
    if (value.toMillis() < least || value.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException(
          "drover.routes." + name + ": " + value + " (expected: " + least + "ms to 1m)");
    }
  }
}
