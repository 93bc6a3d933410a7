package io.drover.runtime.prism;

import io.drover.prism.PrismProblem;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The configured Prism Centrals by name. */
final class PrismSystems {
  private final Map<String, PrismCentral> byName;

  PrismSystems(Map<String, PrismCentral> byName) {
    this.byName = Map.copyOf(byName);
  }

  /** In order of their names. */
  List<String> names() {
    return byName.keySet().stream().sorted().toList();
  }

  /**
   * @throws PrismProblem of kind {@code unknown-system} that names those that are configured
   */
  PrismCentral get(@Nullable String name) {
    PrismCentral central = name == null ? null : byName.get(name);
    if (central == null) {
      throw PrismProblem.of(
          PrismProblem.Verdict.REFUSED,
          "unknown-system",
          "system: "
              + name
              + " (expected: one of "
              + byName.keySet().stream().sorted().toList()
              + ")");
    }
    return central;
  }
}
