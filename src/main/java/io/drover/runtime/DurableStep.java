package io.drover.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Outcome;
import io.drover.execution.StepKey;
import io.drover.execution.StepRecord;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.spi.IdAware;
import org.apache.camel.spi.RouteIdAware;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;

/**
 * A step whose outcome is written to the ledger before the route goes on, and read from there
 * instead of being run again. Holds no thread while the step waits.
 */
final class DurableStep extends AsyncProcessorSupport
    implements IdAware, RouteIdAware, Navigate<Processor> {
  private static final ExchangePropertyKey[] TRACES = {
    ExchangePropertyKey.EXCEPTION_CAUGHT,
    ExchangePropertyKey.EXCEPTION_HANDLED,
    ExchangePropertyKey.FAILURE_ENDPOINT,
    ExchangePropertyKey.FAILURE_ROUTE_ID,
    ExchangePropertyKey.TO_ENDPOINT,
    ExchangePropertyKey.TRY_ROUTE_BLOCK,
  };

  private final CamelContext camelContext;
  private final String step;
  private final boolean recovery;
  private final AsyncProcessor child;
  private final Engine engine;
  private final ProcessorDefinition<?> definition;
  private String id;
  private @Nullable String routeId;

  DurableStep(
      CamelContext camelContext,
      String id,
      String step,
      boolean recovery,
      Processor child,
      Engine engine,
      ProcessorDefinition<?> definition) {
    this.camelContext = camelContext;
    this.id = id;
    this.step = step;
    this.recovery = recovery;
    this.child = AsyncProcessorConverterHelper.convert(child);
    this.engine = engine;
    this.definition = definition;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Run run = Run.find(exchange);
    if (run == null) {
      return refuse(exchange, callback, "no execution is being driven on this exchange");
    }
    if (run.dead() || engine.stopping()) {
      engine.giveBack(run);
      return false; // never called back: the execution goes on elsewhere or later
    }
    if (run.halted()) {
      engine.haltNow(run);
      return false;
    }
    if (!run.isRoot(exchange)) {
      return refuse(
          exchange, callback, "it stands in a split, multicast, wireTap, aggregate or Kamelet");
    }
    StepKey open = run.open();
    if (open != null) {
      return refuse(exchange, callback, "step " + open.step() + " is still open");
    }
    Run.Arrival arrival = run.arrive(step, exchange.getMessage());
    StepRecord recorded = arrival.recorded();
    if (recorded != null) {
      if (!recorded.key().equals(arrival.key())) {
        engine.diverged(run, recorded.key(), arrival.key());
        return false;
      }
      if (recorded.state() != StepRecord.State.STARTED) {
        replay(exchange, run, recorded);
        callback.done(true);
        return true;
      }
    }
    return runForReal(exchange, callback, run, arrival);
  }

  private boolean runForReal(
      Exchange exchange, AsyncCallback callback, Run run, Run.Arrival arrival) {
    StepRecord interrupted = arrival.recorded();
    boolean resumed = interrupted != null;
    StepRecord started =
        new StepRecord(
            arrival.key(),
            arrival.seq(),
            recovery,
            StepRecord.State.STARTED,
            null,
            null,
            null,
            interrupted != null ? interrupted.startedAt() : engine.now(),
            null);
    Before before = Before.of(exchange, engine.codec());
    StepContext context =
        new StepContext(run, arrival.key(), recovery, resumed, run.execution().notAfter());
    run.enter(arrival.key());
    if (!resumed) {
      engine.journal().stepStarted(started);
    }
    context.attach(exchange);
    exchange.setProperty("stepResumed", resumed);
    exchange.setProperty(ExchangePropertyKey.TRY_ROUTE_BLOCK, true);
    engine.milestones().reached("step-entered", exchange);
    child.process(exchange, doneSync -> end(exchange, callback, run, started, before));
    return false;
  }

  private void end(
      Exchange exchange, AsyncCallback callback, Run run, StepRecord started, Before before) {
    if (run.dead()) {
      return;
    }
    Throwable error = exchange.getException();
    ExchangeExtension extension = exchange.getExchangeExtension();
    if (error == null && Boolean.TRUE.equals(extension.getErrorHandlerHandled())) {
      // A callee's own error handler swallowed it; the step did not do what it says.
      error = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
      if (error == null) {
        error =
            new CallFailure(
                CallFailure.Verdict.UNKNOWN, "error", "The step failed inside a sub-route");
      }
    }
    if (Failures.interrupted(error)) {
      engine.giveBack(run);
      return;
    }
    if (run.execution().dry() && error != null && DryRuns.KIND.equals(Failures.kind(error))) {
      endDry(exchange, callback, run, started, before);
      return;
    }
    end(exchange, callback, run, started, before, error);
  }

  /** A dry run has come to a call that it must not make: it says what would follow, and ends. */
  private void endDry(
      Exchange exchange, AsyncCallback callback, Run run, StepRecord started, Before before) {
    StepContext context = StepContext.of(exchange);
    engine
        .dryRuns()
        .expect(exchange, context, definition)
        .whenCompleteAsync(
            (ok, lost) -> {
              if (lost != null) {
                engine.lost(run, lost);
                return;
              }
              exchange.setException(null);
              exchange.getExchangeExtension().setErrorHandlerHandled(null);
              before.restoreVariables(exchange);
              exchange.getMessage().setBody(null);
              exchange.setVariable("outcome", Outcome.SKIPPED.name());
              exchange.setVariable("outcomeReason", DryRuns.TOLD);
              exchange.getExchangeExtension().setRouteStop(true);
              end(exchange, callback, run, started, before, null);
            },
            engine.workers());
  }

  private void end(
      Exchange exchange,
      AsyncCallback callback,
      Run run,
      StepRecord started,
      Before before,
      @Nullable Throwable error) {
    StepRecord ended;
    try {
      ended = record(exchange, started, before, error);
    } catch (CallFailure unstorable) {
      // What a failed step happened to hold must not hide why it failed.
      exchange.getMessage().setBody(null);
      before.restoreVariables(exchange);
      ended = record(exchange, started, null, error == null ? unstorable : error);
    }
    StepRecord written = ended;
    engine.milestones().reached("step-ending", exchange);
    engine
        .journal()
        .stepEnded(written)
        .whenCompleteAsync(
            (ok, lost) -> {
              if (run.dead()) {
                return;
              }
              if (lost != null) {
                engine.lost(run, lost);
                return;
              }
              run.leave();
              before.restore(exchange);
              replay(exchange, run, written);
              engine.stepEnded(run, written);
              callback.done(false);
            },
            engine.workers());
  }

  /**
   * @param before null leaves body and variables out
   */
  private StepRecord record(
      Exchange exchange, StepRecord started, @Nullable Before before, @Nullable Throwable error) {
    OutcomeCodec codec = engine.codec();
    ObjectNode record = codec.newObject();
    if (before != null) {
      Object body = exchange.getMessage().getBody();
      record.set("body", codec.raw(codec.encode("body", body, OutcomeCodec.BODY_LIMIT)));
      before.changes(exchange, codec, record);
    }
    ExchangeExtension extension = exchange.getExchangeExtension();
    int flags =
        (extension.isRouteStop() ? 1 : 0)
            | (extension.isRollbackOnly() ? 2 : 0)
            | (extension.isRollbackOnlyLast() ? 4 : 0)
            | (error == null && extension.isRedeliveryExhausted() ? 8 : 0);
    if (flags != 0) {
      record.put("flags", flags);
    }
    if (error != null) {
      engine.failed(started.key(), error);
    }
    return new StepRecord(
        started.key(),
        started.seq(),
        recovery,
        error == null ? StepRecord.State.SUCCEEDED : StepRecord.State.FAILED,
        record.toString(),
        error == null ? null : Failures.kind(error),
        error == null ? null : Failures.message(error),
        started.startedAt(),
        engine.now());
  }

  /**
   * Puts a recorded outcome on the exchange: the same code after a live run and on a resume, so
   * that both go on alike.
   */
  private void replay(Exchange exchange, Run run, StepRecord recorded) {
    OutcomeCodec codec = engine.codec();
    String outcome = recorded.outcome();
    JsonNode record = codec.read(outcome == null ? "{}" : outcome);
    Message message = exchange.getIn();
    JsonNode body = record.get("body");
    message.setBody(body == null ? null : codec.fromJson(body));
    JsonNode set = record.get("set");
    if (set != null) {
      set.properties().forEach(e -> exchange.setVariable(e.getKey(), codec.fromJson(e.getValue())));
    }
    JsonNode removed = record.get("removed");
    if (removed instanceof ArrayNode names) {
      names.forEach(name -> exchange.removeVariable(name.asText()));
    }
    ExchangeExtension extension = exchange.getExchangeExtension();
    int flags = record.path("flags").asInt(0);
    extension.setRouteStop((flags & 1) != 0);
    extension.setRollbackOnly((flags & 2) != 0);
    extension.setRollbackOnlyLast((flags & 4) != 0);
    extension.setRedeliveryExhausted((flags & 8) != 0);
    extension.setFailureHandled(false);
    extension.setErrorHandlerHandled(null);
    if (recorded.state() == StepRecord.State.FAILED) {
      String kind = recorded.errorKind();
      String told = recorded.errorMessage();
      exchange.setException(
          new StepFailedException(step, kind == null ? "error" : kind, told == null ? "" : told));
      run.failed(recorded);
    } else {
      exchange.setException(null);
      run.succeeded(recorded.key(), message);
    }
  }

  private boolean refuse(Exchange exchange, AsyncCallback callback, String why) {
    exchange.setException(new IllegalStateException("Step " + step + " may not run here: " + why));
    callback.done(true);
    return true;
  }

  /**
   * The exchange as it was at the step's entry: a step leaves its body and variables, and nothing
   * else.
   */
  private record Before(
      Map<String, Object> headers,
      Map<String, Object> properties,
      Map<ExchangePropertyKey, Object> traces,
      Map<String, @Nullable Object> variables,
      Map<String, String> forms) {

    static Before of(Exchange exchange, OutcomeCodec codec) {
      Map<ExchangePropertyKey, Object> traces = new HashMap<>();
      for (ExchangePropertyKey key : TRACES) {
        Object value = exchange.getProperty(key);
        if (value != null) {
          traces.put(key, value);
        }
      }
      Map<String, @Nullable Object> variables = new HashMap<>();
      Map<String, String> forms = new HashMap<>();
      if (exchange.hasVariables()) {
        for (Map.Entry<String, Object> entry : exchange.getVariables().entrySet()) {
          variables.put(entry.getKey(), entry.getValue());
          if (!immutable(entry.getValue())) {
            // A map changed in place is the same reference; only its form tells.
            forms.put(
                entry.getKey(),
                codec.encode(
                    "variable " + entry.getKey(), entry.getValue(), OutcomeCodec.BODY_LIMIT));
          }
        }
      }
      return new Before(
          new LinkedHashMap<>(exchange.getMessage().getHeaders()),
          new HashMap<>(exchange.getProperties()),
          traces,
          variables,
          forms);
    }

    void changes(Exchange exchange, OutcomeCodec codec, ObjectNode record) {
      ObjectNode set = codec.newObject();
      Map<String, Object> now = exchange.hasVariables() ? exchange.getVariables() : Map.of();
      for (Map.Entry<String, Object> entry : now.entrySet()) {
        Object value = entry.getValue();
        String name = entry.getKey();
        boolean known = variables.containsKey(name);
        if (known && immutable(value) && value.equals(variables.get(name))) {
          continue;
        }
        String told = "variable " + name;
        String unchanged = forms.get(name);
        // Inputs may be larger than what a step may leave; only what it changed is measured.
        if (unchanged == null
            || !unchanged.equals(codec.encode(told, value, OutcomeCodec.BODY_LIMIT))) {
          set.set(name, codec.raw(codec.encode(told, value, OutcomeCodec.VARIABLE_LIMIT)));
        }
      }
      if (!set.isEmpty()) {
        record.set("set", set);
      }
      ArrayNode removed = null;
      for (String name : variables.keySet()) {
        if (!now.containsKey(name)) {
          removed = removed == null ? record.putArray("removed") : removed;
          removed.add(name);
        }
      }
    }

    void restoreVariables(Exchange exchange) {
      if (exchange.hasVariables()) {
        exchange.getVariables().keySet().stream().toList().forEach(exchange::removeVariable);
      }
      variables.forEach(exchange::setVariable);
    }

    void restore(Exchange exchange) {
      if (exchange.hasOut()) {
        exchange.setOut(null);
      }
      exchange.getIn().setHeaders(new LinkedHashMap<>(headers));
      for (String name : exchange.getProperties().keySet().stream().toList()) {
        if (!properties.containsKey(name)) {
          exchange.removeProperty(name);
        }
      }
      properties.forEach(exchange::setProperty);
      for (ExchangePropertyKey key : TRACES) {
        Object value = traces.get(key);
        if (value == null) {
          exchange.removeProperty(key);
        } else {
          exchange.setProperty(key, value);
        }
      }
    }

    private static boolean immutable(@Nullable Object value) {
      return value instanceof String || value instanceof Number || value instanceof Boolean;
    }
  }

  @Override
  protected void doStart() throws Exception {
    ServiceHelper.startService(child);
  }

  @Override
  protected void doStop() throws Exception {
    ServiceHelper.stopService(child);
  }

  @Override
  protected void doInit() throws Exception {
    ServiceHelper.initService(child);
  }

  @Override
  protected void doShutdown() throws Exception {
    ServiceHelper.stopAndShutdownService(child);
  }

  @Override
  public java.util.List<Processor> next() {
    return java.util.List.of(child);
  }

  @Override
  public boolean hasNext() {
    return true;
  }

  @Override
  public String getId() {
    return id;
  }

  @Override
  public void setId(String id) {
    this.id = id;
  }

  @Override
  public @Nullable String getRouteId() {
    return routeId;
  }

  @Override
  public void setRouteId(String routeId) {
    this.routeId = routeId;
  }

  @Override
  public String toString() {
    return "step[" + step + "]";
  }

  CamelContext camelContext() {
    return camelContext;
  }
}
