package io.drover.runtime;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the engine runs.
 *
 * @param threads platform threads that drive executions where the JVM has no virtual ones; 1..1000
 * @param virtualThreads whether to use virtual threads on JDK 21 and later
 * @param routes patterns of route files in the order they are loaded, folder by folder
 */
@ConfigurationProperties("drover.runtime")
record RuntimeProperties(
    @DefaultValue("32") int threads,
    @DefaultValue("true") boolean virtualThreads,
    @DefaultValue({
          "classpath:routes/policies/*.camel.yaml",
          "classpath:routes/systems/*.camel.yaml",
          "classpath:routes/*.camel.yaml"
        })
        List<String> routes) {

  RuntimeProperties {
    if (threads < 1 || threads > 1000) {
      throw new IllegalArgumentException(
          "drover.runtime.threads: " + threads + " (expected: 1..1000)");
    }
  }
}
