package io.drover.runtime.prism;

import io.drover.prism.PrismSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The systems that Drover reaches.
 *
 * @param prism Prism Centrals by the name that inputs call them; null means none
 */
@ConfigurationProperties("drover.systems")
record PrismProperties(@Nullable Map<String, PrismSettings> prism) {
  PrismProperties {
    prism = prism == null ? Map.of() : Map.copyOf(prism);
    for (String name : prism.keySet()) {
      if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
        throw new IllegalArgumentException(
            "drover.systems.prism." + name + " (expected: a name of a-z, 0-9 and -)");
      }
    }
  }
}
