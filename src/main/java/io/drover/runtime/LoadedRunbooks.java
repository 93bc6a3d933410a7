package io.drover.runtime;

import io.drover.inputs.InputSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The runbooks whose routes are up, every loaded version of each. */
final class LoadedRunbooks {
  private final Map<String, RunbookConsumer> consumers = new ConcurrentHashMap<>();
  private final Map<String, Definition> newest = new ConcurrentHashMap<>();

  /** The version that new executions take from now on. */
  void publish(Definition definition) {
    newest.put(definition.name(), definition);
  }

  /** New executions of it no longer begin; those on it go on. A newer version stays. */
  void withdraw(String name, String version) {
    newest.computeIfPresent(
        name, (same, definition) -> definition.version().equals(version) ? null : definition);
  }

  void up(RunbookConsumer consumer) {
    consumers.put(key(consumer.name(), consumer.version()), consumer);
  }

  void down(RunbookConsumer consumer) {
    consumers.remove(key(consumer.name(), consumer.version()), consumer);
  }

  @Nullable RunbookConsumer consumer(String name, String version) {
    return consumers.get(key(name, version));
  }

  Optional<Definition> newest(String name) {
    return Optional.ofNullable(newest.get(name));
  }

  List<Definition> all() {
    return newest.values().stream()
        .sorted(java.util.Comparator.comparing(Definition::name))
        .toList();
  }

  private static String key(String name, String version) {
    return name + "@" + version;
  }

  /**
   * A runbook of a loaded file.
   *
   * @param schema JSON Schema of the inputs, as text
   * @param internal whether only other runbooks start it
   */
  record Definition(
      String name,
      String version,
      String description,
      String schema,
      InputSchema inputs,
      boolean mutating,
      boolean internal) {}
}
