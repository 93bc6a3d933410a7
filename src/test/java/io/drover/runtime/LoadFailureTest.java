package io.drover.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.FailedToCreateRouteException;
import org.junit.jupiter.api.Test;

/** What only Camel finds wrong is told where it is, as well as Camel's words allow. */
class LoadFailureTest {
  private static final String TEXT =
      """
      - route:
          id: other
          from: { uri: "direct:other", steps: [ { log: "${strange}" } ] }
      - route:
          id: mine
          from:
            uri: "direct:mine"
            steps:
              - log: "fine"
              - log: "${strange}"
      """;

  @Test
  void atWhatTheMessageQuotes() {
    Exception error =
        new FailedToCreateRouteException(
            "mine@0123", "Route(mine)", "no", new IllegalArgumentException("What is ${strange}?"));
    assertThat(LoadFailure.of("mine.camel.yaml", TEXT, error).line()).isEqualTo(10);
  }

  @Test
  void elseWhereTheRouteBegins() {
    Exception error =
        new FailedToCreateRouteException(
            "mine", "?", "?", new IllegalArgumentException("No such thing"));
    assertThat(LoadFailure.of("mine.camel.yaml", TEXT, error).line()).isEqualTo(5);
  }
}
