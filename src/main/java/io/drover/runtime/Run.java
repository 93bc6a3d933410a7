package io.drover.runtime;

import io.drover.execution.Execution;
import io.drover.execution.StepKey;
import io.drover.execution.StepRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * One execution being driven by this process: where its replay stands, and whether it is still
 * ours. A run ends once; whatever comes back to a dead run is dropped.
 */
final class Run {
  static final String PROPERTY = "drover.run";
  private static final String[] REDELIVERY_HEADERS = {
    Exchange.REDELIVERED, Exchange.REDELIVERY_COUNTER, Exchange.REDELIVERY_MAX_COUNTER
  };

  private final Execution execution;
  private final List<StepRecord> recorded;
  private final Map<String, Visit> visits = new HashMap<>();
  private volatile boolean dead;
  private volatile boolean halted;
  private volatile boolean cancelled;
  private boolean ending;
  private @Nullable String exchangeId;
  private @Nullable String failedStep;
  private @Nullable StepKey open;
  private @Nullable StepRecord lastFailure;
  private int arrivals;

  Run(Execution execution, List<StepRecord> recorded) {
    this.execution = execution;
    this.recorded = recorded;
    this.cancelled = execution.cancelRequested();
    this.halted = execution.haltRequested();
  }

  static @Nullable Run find(Exchange exchange) {
    return exchange.getProperty(PROPERTY, Run.class);
  }

  void begin(Exchange exchange) {
    exchangeId = exchange.getExchangeId();
    exchange.setProperty(PROPERTY, this);
  }

  Execution execution() {
    return execution;
  }

  String id() {
    return execution.id();
  }

  boolean dead() {
    return dead;
  }

  /** Gives the run up. True for the one caller that did it. */
  synchronized boolean kill() {
    if (dead) {
      return false;
    }
    dead = true;
    return true;
  }

  boolean halted() {
    return halted;
  }

  void halt() {
    halted = true;
  }

  /** True for the one that may write the execution's end. */
  synchronized boolean claimEnd() {
    if (ending || dead) {
      return false;
    }
    ending = true;
    return true;
  }

  boolean cancelled() {
    return cancelled;
  }

  void cancel() {
    cancelled = true;
  }

  boolean isRoot(Exchange exchange) {
    return exchange.getExchangeId().equals(exchangeId);
  }

  /** The step that is running; null between steps. */
  synchronized @Nullable StepKey open() {
    return open;
  }

  synchronized void enter(StepKey key) {
    open = key;
  }

  synchronized void leave() {
    open = null;
  }

  /** The last attempt that failed, for telling how a failed execution ended; null if none did. */
  @Nullable StepRecord lastFailure() {
    return lastFailure;
  }

  /**
   * The key of the attempt that begins now. It is another attempt of the same visit only if the
   * event before it was this very step failing and Camel counts a redelivery; Camel's header alone
   * stays set after a success.
   */
  Arrival arrive(String step, Message message) {
    Integer counter = message.getHeader(Exchange.REDELIVERY_COUNTER, Integer.class);
    boolean again = step.equals(failedStep) && counter != null && counter > 0;
    failedStep = null;
    Visit visit = visits.computeIfAbsent(step, s -> new Visit());
    if (again) {
      visit.attempt++;
    } else {
      visit.number++;
      visit.attempt = 1;
      visit.base.clear();
      for (String name : REDELIVERY_HEADERS) {
        Object value = message.getHeader(name);
        if (value != null) {
          visit.base.put(name, value);
        }
      }
    }
    int seq = arrivals++;
    StepKey key = new StepKey(execution.id(), step, visit.number, visit.attempt);
    return new Arrival(key, seq, seq < recorded.size() ? recorded.get(seq) : null);
  }

  void failed(StepRecord record) {
    failedStep = record.key().step();
    lastFailure = record;
  }

  /**
   * Puts Camel's redelivery headers back to what they were when the visit began, so that one step's
   * retries are not another's.
   */
  void succeeded(StepKey key, Message message) {
    Visit visit = visits.get(key.step());
    for (String name : REDELIVERY_HEADERS) {
      Object value = visit == null ? null : visit.base.get(name);
      if (value == null) {
        message.removeHeader(name);
      } else {
        message.setHeader(name, value);
      }
    }
  }

  /**
   * One arrival at a step, and what the ledger holds at this place; null when it has never been
   * here.
   */
  record Arrival(StepKey key, int seq, @Nullable StepRecord recorded) {}

  private static final class Visit {
    final Map<String, Object> base = new HashMap<>();
    int number;
    int attempt;
  }
}
