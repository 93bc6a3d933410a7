package io.drover.runtime;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where files that start runbooks are dropped.
 *
 * @param directory need not exist; routes name folders in it
 * @param settle how long a file must stay as it is before it counts as written; 0 to 1 minute
 */
@ConfigurationProperties("drover.files")
record FilesProperties(
    @DefaultValue("./files.d") Path directory, @DefaultValue("1s") Duration settle) {

  FilesProperties {
    if (settle.isNegative() || settle.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException("drover.files.settle: " + settle + " (expected: 0 to 1m)");
    }
  }
}
