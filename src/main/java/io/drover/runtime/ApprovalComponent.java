package io.drover.runtime;

import io.drover.approval.Approvals;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** {@code approval:GATE}: a question to people, for which the execution waits in the ledger. */
@Component("approval")
final class ApprovalComponent extends DefaultComponent {
  private final Engine engine;
  private final Approvals approvals;

  ApprovalComponent(Engine engine, Approvals approvals) {
    this.engine = engine;
    this.approvals = approvals;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    ApprovalEndpoint endpoint = new ApprovalEndpoint(uri, this, remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  Engine engine() {
    return engine;
  }

  Approvals approvals() {
    return approvals;
  }
}
