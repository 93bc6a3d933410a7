package io.drover.runtime.prism;

import io.drover.prism.PrismSettings;
import java.util.Map;

/** The configured Prism Centrals by name, for checks that call nobody. */
public record ConfiguredPrisms(Map<String, PrismSettings> settings) {
  public ConfiguredPrisms {
    settings = Map.copyOf(settings);
  }
}
