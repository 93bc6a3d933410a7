package io.drover.runtime.prism;

import io.drover.execution.LedgerClock;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** {@code prism-alerts:SYSTEM}: an event for each alert about a VM. */
@Component(PrismAlertsComponent.SCHEME)
final class PrismAlertsComponent extends DefaultComponent {
  static final String SCHEME = "prism-alerts";

  private final PrismAlerts alerts;
  private final LedgerClock clock;

  PrismAlertsComponent(PrismAlerts alerts, LedgerClock clock) {
    this.alerts = alerts;
    this.clock = clock;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    alerts.check(remaining);
    PrismAlertsEndpoint endpoint = new PrismAlertsEndpoint(uri, this, remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  PrismAlerts alerts() {
    return alerts;
  }

  LedgerClock clock() {
    return clock;
  }
}
