package io.drover.runtime;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** {@code runbook:NAME}: as a consumer the durable route itself, as a producer a start of it. */
@Component("runbook")
final class RunbookComponent extends DefaultComponent {
  private final Engine engine;
  private final RunbookStarts starts;

  RunbookComponent(Engine engine, RunbookStarts starts) {
    this.engine = engine;
    this.starts = starts;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    RunbookEndpoint endpoint = new RunbookEndpoint(uri, this, remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  Engine engine() {
    return engine;
  }

  RunbookStarts starts() {
    return starts;
  }
}
