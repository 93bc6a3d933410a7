package io.drover.runtime.prism;

import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/** Lets out the headers that the door writes, and nothing else. */
final class PrismHeaders implements HeaderFilterStrategy {
  private static final Set<String> OURS = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

  static {
    OURS.addAll(Set.of("Authorization", "X-ntnx-api-key", "Accept", "If-Match", "NTNX-Request-Id"));
  }

  @Override
  public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
    return !OURS.contains(name);
  }

  @Override
  public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
    return name.regionMatches(true, 0, "Camel", 0, 5);
  }
}
