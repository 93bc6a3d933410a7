package io.drover.runtime.dr;

import io.drover.dr.Protections;
import io.drover.execution.LedgerClock;
import io.drover.execution.LostOwnership;
import io.drover.runtime.Workers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far copies lag, by category: {@code drover.dr.rpo.lag} (seconds, of the VM that is worst off
 * among those with a copy), {@code drover.dr.vms}, {@code drover.dr.vms.over.rpo} and {@code
 * drover.dr.vms.without.copy}.
 */
final class ProtectionMetrics {
  private static final Logger LOG = LoggerFactory.getLogger(ProtectionMetrics.class);
  private static final Duration BETWEEN = Duration.ofSeconds(30);

  private final Protections protections;
  private final LedgerClock clock;
  private final MultiGauge lag;
  private final MultiGauge vms;
  private final MultiGauge overRpo;
  private final MultiGauge withoutCopy;

  ProtectionMetrics(
      MeterRegistry registry, Protections protections, LedgerClock clock, Workers workers) {
    this.protections = protections;
    this.clock = clock;
    this.lag =
        MultiGauge.builder("drover.dr.rpo.lag")
            .description("Age of the oldest newest copy of a category's VMs")
            .baseUnit("seconds")
            .register(registry);
    this.vms = MultiGauge.builder("drover.dr.vms").description("Protected VMs").register(registry);
    this.overRpo =
        MultiGauge.builder("drover.dr.vms.over.rpo")
            .description("VMs whose newest copy is older than it may be, or that have none")
            .register(registry);
    this.withoutCopy =
        MultiGauge.builder("drover.dr.vms.without.copy")
            .description("VMs of which there is no copy")
            .register(registry);
    workers.every(BETWEEN, this::read);
  }

  void read() {
    Instant now = clock.now();
    List<MultiGauge.Row<?>> lags = new ArrayList<>();
    List<MultiGauge.Row<?>> all = new ArrayList<>();
    List<MultiGauge.Row<?>> over = new ArrayList<>();
    List<MultiGauge.Row<?>> none = new ArrayList<>();
    try {
      for (Protections.Sum sum : protections.sums(now)) {
        Tags tags =
            Tags.of("system", sum.system(), "target", sum.target(), "category", sum.category());
        Duration oldest = sum.oldest();
        if (oldest != null) {
          lags.add(MultiGauge.Row.of(tags, oldest.toSeconds()));
        }
        all.add(MultiGauge.Row.of(tags, sum.vms()));
        over.add(MultiGauge.Row.of(tags, sum.overRpo()));
        none.add(MultiGauge.Row.of(tags, sum.withoutCopy()));
      }
    } catch (LostOwnership e) {
      return;
    } catch (RuntimeException e) {
      LOG.debug("The protections could not be read; they are read again soon", e);
      return;
    }
    lag.register(lags, true);
    vms.register(all, true);
    overRpo.register(over, true);
    withoutCopy.register(none, true);
  }
}
