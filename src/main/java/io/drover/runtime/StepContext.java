package io.drover.runtime;

import io.drover.execution.StepKey;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The step that an exchange is in: travels as an exchange property into blocks, doors and splits.
 */
public final class StepContext {
  static final String PROPERTY = "drover.step";

  private final StepKey key;
  private final boolean recovery;
  private final boolean resumed;
  private final @Nullable Instant notAfter;
  private final Set<String> claimed = new HashSet<>();

  /**
   * @param recovery whether the step stands in an onException block: exempt from hold and from the
   *     window's end
   * @param resumed whether this attempt was entered before and never ended
   * @param notAfter the window's end; null means none
   */
  public StepContext(StepKey key, boolean recovery, boolean resumed, @Nullable Instant notAfter) {
    this.key = key;
    this.recovery = recovery;
    this.resumed = resumed;
    this.notAfter = notAfter;
  }

  /**
   * The step that this exchange is in.
   *
   * @throws IllegalStateException outside a step: side effects belong into steps
   */
  public static StepContext of(Exchange exchange) {
    StepContext context = exchange.getProperty(PROPERTY, StepContext.class);
    if (context == null) {
      throw new IllegalStateException(
          "A call with side effects was made outside a step; put it into a `step:` of the runbook");
    }
    return context;
  }

  /** As {@link #of}, null outside a step. */
  public static @Nullable StepContext find(Exchange exchange) {
    return exchange.getProperty(PROPERTY, StepContext.class);
  }

  /** Puts the context on an exchange; the step does, and tests that call a door without one. */
  public void attach(Exchange exchange) {
    exchange.setProperty(PROPERTY, this);
  }

  public StepKey key() {
    return key;
  }

  public boolean recovery() {
    return recovery;
  }

  public boolean resumed() {
    return resumed;
  }

  public @Nullable Instant notAfter() {
    return notAfter;
  }

  /**
   * Claims an effect for this attempt: false if this attempt made or adopted it already (it is then
   * another call's).
   */
  synchronized boolean claim(String effectId) {
    return claimed.add(effectId);
  }
}
