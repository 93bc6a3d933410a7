package io.drover.access;

import io.drover.runtime.Secret;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Senders that sign their calls: {@code drover.webhooks.*}.
 *
 * @param senders by name; a call to {@code /triggers/webhooks/NAME} must be signed with the secret
 *     of that name
 */
@ConfigurationProperties("drover.webhooks")
record WebhookProperties(@DefaultValue Map<String, Sender> senders) {
  private static final Duration LONGEST = Duration.ofHours(1);

  WebhookProperties {
    senders.forEach(
        (name, sender) -> {
          if (!name.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException(
                "drover.webhooks.senders: " + name + " (expected: a name in kebab-case)");
          }
          String field = "drover.webhooks.senders." + name + ".";
          if (sender.secret == null || !sender.secret.matches("(env|file):.+")) {
            throw new IllegalArgumentException(
                field + "secret (expected: env:NAME or file:PATH of at least 16 characters)");
          }
          if (sender.window.isNegative()
              || sender.window.isZero()
              || sender.window.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                field + "window: " + sender.window + " (expected: more than 0, at most 1h)");
          }
        });
  }

  /**
   * One of them.
   *
   * @param secret {@code env:NAME} or {@code file:PATH}; read at each call, so that it can be
   *     changed while Drover runs
   * @param window how far the sender's clock may be from ours, either way
   */
  record Sender(@Nullable String secret, @DefaultValue("5m") Duration window) {
    /** Empty when it cannot be read. */
    String read() {
      try {
        return secret == null ? "" : new Secret(secret).read();
      } catch (RuntimeException e) {
        return "";
      }
    }

    @Override
    public String toString() {
      return "Sender[window=" + window + "]";
    }
  }
}
