package io.drover.runtime.events;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where events of executions go: {@code drover.events.kafka.*}. Brokers are camel-kafka's setting.
 *
 * @param topic null or empty: nothing is sent
 * @param children whether executions that others started have events too
 */
@ConfigurationProperties("drover.events.kafka")
record EventsProperties(@Nullable String topic, @DefaultValue("true") boolean children) {

  EventsProperties {
    if (topic != null && !topic.isBlank() && !topic.matches("[A-Za-z0-9._-]{1,249}")) {
      throw new IllegalArgumentException(
          "drover.events.kafka.topic: "
              + topic
              + " (expected: 1 to 249 letters, digits, full stops, underscores and hyphens)");
    }
  }

  boolean configured() {
    return topic != null && !topic.isBlank();
  }
}
