package io.drover.runtime;

import io.drover.execution.Effect;
import io.drover.execution.StepKey;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The step that an exchange is in: travels as an exchange property into blocks, doors and splits.
 */
public final class StepContext {
  static final String PROPERTY = "drover.step";

  private final @Nullable Run run;
  private final StepKey key;
  private final boolean recovery;
  private final boolean resumed;
  private final @Nullable Instant notAfter;
  private final Map<String, Effect> effects = new LinkedHashMap<>();
  private final Set<String> claimed = new HashSet<>();
  private boolean effectsRead;

  /**
   * @param recovery whether the step stands in an onException block: exempt from hold and from the
   *     window's end
   * @param resumed whether this attempt was entered before and never ended
   * @param notAfter the window's end; null means none
   */
  public StepContext(StepKey key, boolean recovery, boolean resumed, @Nullable Instant notAfter) {
    this(null, key, recovery, resumed, notAfter);
  }

  StepContext(
      @Nullable Run run,
      StepKey key,
      boolean recovery,
      boolean resumed,
      @Nullable Instant notAfter) {
    this.run = run;
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

  /** Whether nothing may be changed: the execution is a dry run. */
  public boolean dry() {
    return run != null && run.execution().dry();
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
   * Whether calls may still be made for this step: false once the execution was halted, taken over,
   * or is being given back.
   */
  public boolean live() {
    return run == null || !(run.dead() || run.halted());
  }

  /**
   * Doors ask before every call, reads too.
   *
   * @throws CallFailure of kind {@code halted} or {@code interrupted} when no call may be made any
   *     more
   */
  public void ensureLive() {
    if (run != null && run.halted()) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "halted",
          "The execution was halted; no further call is made");
    }
    if (run != null && run.dead()) {
      throw new CallFailure(
          CallFailure.Verdict.TRANSIENT, "interrupted", "The execution is no longer driven here");
    }
  }

  @Nullable Run run() {
    return run;
  }

  synchronized boolean effectsRead() {
    return effectsRead;
  }

  synchronized void remember(Collection<Effect> known) {
    effectsRead = true;
    known.forEach(effect -> effects.put(effect.id(), effect));
  }

  /**
   * An effect of this visit with the same purpose that this attempt has not used yet; claims it.
   * Null if there is none.
   */
  synchronized @Nullable Effect adopt(MutatingCalls.Intent intent) {
    for (Effect effect : effects.values()) {
      boolean same =
          effect.system().equals(intent.system())
              && effect.kind().equals(intent.kind())
              && effect.target().equals(intent.target());
      boolean open = effect.state().mayHaveChanged() && effect.state() != Effect.State.FAILED;
      if (same && open && claimed.add(effect.id())) {
        return effect;
      }
    }
    return null;
  }

  /** The number of the next new effect of this visit. */
  synchronized int nextOrdinal() {
    return effects.values().stream().mapToInt(Effect::ordinal).max().orElse(0) + 1;
  }

  synchronized void add(Effect effect) {
    effects.put(effect.id(), effect);
    claimed.add(effect.id());
  }
}
