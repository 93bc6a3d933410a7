package io.drover.runtime.prism;

import io.drover.catalog.AlertOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** Which alerts of one Prism Central are events. */
@UriEndpoint(
    scheme = PrismAlertsComponent.SCHEME,
    title = "Prism alerts",
    syntax = "prism-alerts:system",
    firstVersion = "0.1.0",
    consumerOnly = true)
public final class PrismAlertsEndpoint extends DefaultEndpoint {
  private final PrismAlertsComponent owner;

  @UriPath private final String system;

  @UriParam private Set<String> alertTypes = Set.of();
  @UriParam private Set<String> severities = Set.of();
  @UriParam private Map<String, Set<String>> categories = Map.of();
  @UriParam private Set<String> inputs = Set.copyOf(AlertOption.Fields.ALL);
  @UriParam private Duration poll = Duration.ofSeconds(30);
  @UriParam private Duration maxAge = Duration.ofMinutes(30);
  @UriParam private int maxPerHour = 20;

  PrismAlertsEndpoint(String uri, PrismAlertsComponent owner, String system) {
    super(uri, owner);
    this.owner = owner;
    this.system = system;
  }

  @Override
  public Producer createProducer() {
    throw new UnsupportedOperationException("Drover raises no alerts in Prism");
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    PrismAlertsConsumer consumer =
        new PrismAlertsConsumer(this, processor, owner.alerts(), owner.clock());
    configureConsumer(consumer);
    return consumer;
  }

  String system() {
    return system;
  }

  /** Whether an alert is one of those; its VM's categories are another question. */
  boolean wants(PrismAlert alert) {
    return (alertTypes.isEmpty() || alertTypes.contains(alert.type()))
        && (severities.isEmpty() || severities.contains(alert.severity()));
  }

  /** Wanted values by key; empty: any VM. */
  Map<String, Set<String>> categories() {
    return categories;
  }

  Map<String, Object> inputs(PrismAlert alert) {
    Map<String, Object> all = alert.inputs(system);
    all.keySet().retainAll(inputs);
    return all;
  }

  Duration poll() {
    return poll;
  }

  Duration maxAge() {
    return maxAge;
  }

  int maxPerHour() {
    return maxPerHour;
  }

  /** Ids of alert types with commas; default: every type. */
  public void setAlertTypes(String alertTypes) {
    this.alertTypes = AlertOption.TYPES.items(alertTypes);
  }

  /** INFO, WARNING, CRITICAL with commas; default: all of them. */
  public void setSeverities(String severities) {
    this.severities = AlertOption.SEVERITIES.items(severities);
  }

  /** Key:Value with commas; the VM must have a value of each key. Default: any VM. */
  public void setCategories(String categories) {
    List<String> items = new ArrayList<>(AlertOption.CATEGORIES.items(categories));
    this.categories = PrismInventory.byKey(items);
  }

  /** Which of the event's fields the runbook gets, with commas; default: all. */
  public void setInputs(String inputs) {
    this.inputs = AlertOption.INPUTS.items(inputs);
  }

  /** Between two looks; PT1S to PT1H, default PT30S. */
  public void setPoll(String poll) {
    this.poll = Duration.parse(AlertOption.POLL.checked(poll));
  }

  /** An alert that is older starts nothing; PT1M to PT24H, default PT30M. */
  public void setMaxAge(String maxAge) {
    this.maxAge = Duration.parse(AlertOption.MAX_AGE.checked(maxAge));
  }

  /** Further alerts wait until there is room, or until they are too old; 1 to 1000, default 20. */
  public void setMaxPerHour(String maxPerHour) {
    this.maxPerHour = Integer.parseInt(AlertOption.MAX_PER_HOUR.checked(maxPerHour));
  }
}
