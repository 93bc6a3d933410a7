package io.drover.runtime.migration;

import io.drover.runtime.Secret;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of migration waves.
 *
 * @param directory where dependency files are; null: {@code waves}
 * @param poll between two looks at Move; 10 ms .. 1 h, null: 30 s
 * @param settle how long a call may take to show; null: 10 s
 * @param guests with whom Move prepares guests; null: Move prepares none by itself
 */
@ConfigurationProperties("drover.waves")
record WaveProperties(
    @Nullable Path directory,
    @Nullable Duration poll,
    @Nullable Duration settle,
    @Nullable Guests guests) {

  WaveProperties {
    directory = directory == null ? Path.of("waves") : directory;
    poll = poll == null ? Duration.ofSeconds(30) : poll;
    settle = settle == null ? Duration.ofSeconds(10) : settle;
    if (poll.toMillis() < 10 || poll.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("drover.waves.poll: " + poll + " (expected: 10ms..1h)");
    }
  }

  /** A login of guests; passwords are secrets. */
  record Guests(
      @Nullable String linuxUsername,
      @Nullable String linuxPassword,
      @Nullable String windowsUsername,
      @Nullable String windowsPassword) {

    static String read(@Nullable String secret) {
      return secret == null ? "" : new Secret(secret).read();
    }

    @Override
    public String toString() {
      return "Guests[…]";
    }
  }

  Path folder() {
    return directory == null ? Path.of("waves") : directory;
  }

  Duration pause() {
    return poll == null ? Duration.ofSeconds(30) : poll;
  }

  Duration settling() {
    return settle == null ? Duration.ofSeconds(10) : settle;
  }
}
