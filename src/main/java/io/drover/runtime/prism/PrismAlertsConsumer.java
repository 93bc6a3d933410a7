package io.drover.runtime.prism;

import io.drover.execution.LedgerClock;
import io.drover.runtime.EventKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.ScheduledPollConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for alerts again and again, since v4 of Prism's API tells nobody of them. Each look goes
 * back as far as alerts may be old, or some minutes behind the look before it; what it saw then is
 * known by its id, here and, after a restart or in another process, by the ledger.
 */
final class PrismAlertsConsumer extends ScheduledPollConsumer {
  private static final Logger LOG = LoggerFactory.getLogger(PrismAlertsConsumer.class);

  /** An alert may show so much later than it says that it was made. */
  private static final Duration LATE = Duration.ofMinutes(5);

  private static final Duration HOUR = Duration.ofHours(1);

  private final PrismAlertsEndpoint endpoint;
  private final PrismAlerts alerts;
  private final LedgerClock clock;
  private final Map<String, Instant> settled = new HashMap<>();
  private final Deque<Instant> started = new ArrayDeque<>();
  private @Nullable Instant seenUntil;
  private boolean failing;
  private boolean full;

  PrismAlertsConsumer(
      PrismAlertsEndpoint endpoint, Processor processor, PrismAlerts alerts, LedgerClock clock) {
    super(endpoint, processor);
    this.endpoint = endpoint;
    this.alerts = alerts;
    this.clock = clock;
    setDelay(endpoint.poll().toMillis());
    setInitialDelay(0);
    setUseFixedDelay(true);
  }

  @Override
  protected int poll() {
    try {
      int taken = look(clock.now());
      if (failing) {
        failing = false;
        LOG.info("Alerts of {} can be read again", endpoint.system());
      }
      return taken;
    } catch (RuntimeException e) {
      if (!failing && isRunAllowed()) {
        LOG.warn(
            "Route {}: alerts of {} cannot be read; it is tried again every {}: {}",
            getRouteId(),
            endpoint.system(),
            endpoint.poll(),
            PrismProblemsIn.unwrap(e).getMessage());
      }
      failing = true;
      return 0;
    }
  }

  private int look(Instant now) {
    Instant oldest = now.minus(endpoint.maxAge());
    Instant from = seenUntil == null ? oldest : seenUntil.minus(LATE);
    List<PrismAlert> found =
        alerts.since(endpoint.system(), from.isBefore(oldest) ? oldest : from).stream()
            .filter(alert -> !settled.containsKey(alert.extId()))
            .filter(endpoint::wants)
            .toList();
    List<Set<String>> categories =
        found.isEmpty() ? List.of() : alerts.categories(endpoint.system(), endpoint.categories());
    int taken = 0;
    boolean all = true;
    for (PrismAlert alert : found) {
      if (!isRunAllowed()) {
        return taken;
      }
      boolean wanted =
          categories.isEmpty() || alerts.has(endpoint.system(), alert.vm(), categories);
      if (wanted && !room(now)) {
        all = false;
        break;
      }
      if (!wanted || start(alert, now)) {
        settled.put(alert.extId(), now);
        taken += wanted ? 1 : 0;
      } else {
        all = false;
      }
    }
    if (all) {
      seenUntil = now;
    }
    // Whatever is older is not asked for any more.
    settled.values().removeIf(at -> at.isBefore(oldest.minus(LATE).minus(LATE)));
    return taken;
  }

  /** A storm of alerts must not become a storm of runbooks. */
  private boolean room(Instant now) {
    while (!started.isEmpty() && started.peekFirst().isBefore(now.minus(HOUR))) {
      started.removeFirst();
    }
    boolean room = started.size() < endpoint.maxPerHour();
    if (!room && !full) {
      LOG.warn(
          "Route {}: {} alerts of {} in an hour (maxPerHour); further ones wait, and start nothing"
              + " once they are older than {}",
          getRouteId(),
          started.size(),
          endpoint.system(),
          endpoint.maxAge());
    }
    full = !room;
    return room;
  }

  /** Whether it is dealt with: it started a runbook, or can start none. */
  private boolean start(PrismAlert alert, Instant now) {
    Exchange exchange = createExchange(false);
    exchange.getMessage().setBody(endpoint.inputs(alert));
    exchange.setProperty(EventKeys.PROPERTY, "prism-alert " + alert.extId());
    try {
      getProcessor().process(exchange);
    } catch (Exception e) {
      exchange.setException(e);
    }
    Exception error = exchange.getException();
    if (error != null) {
      LOG.warn(
          "Route {}: alert {} about VM {} has not started its runbook yet; it is tried again: {}",
          getRouteId(),
          alert.extId(),
          alert.vm(),
          error.getMessage());
      return false;
    }
    started.addLast(now);
    return true;
  }
}
