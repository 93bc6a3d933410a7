package io.drover.runtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionIds;
import io.drover.execution.Journal;
import io.drover.execution.NewExecution;
import io.drover.execution.Runbooks;
import io.drover.execution.Trigger;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.ObjectHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a runbook: inside a runbook's step a child execution, found again by its key on a resume;
 * elsewhere a top-level one whose id the caller gets at once.
 */
final class RunbookProducer extends DefaultAsyncProducer {
  private static final int DEEPEST = 10;
  private static final Logger LOG = LoggerFactory.getLogger(RunbookProducer.class);

  private final RunbookEndpoint endpoint;
  private final Engine engine;
  private final RunbookStarts starts;

  RunbookProducer(RunbookEndpoint endpoint, Engine engine, RunbookStarts starts) {
    super(endpoint);
    this.endpoint = endpoint;
    this.engine = engine;
    this.starts = starts;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    try {
      StepContext context = StepContext.find(exchange);
      Run parent = context == null ? null : context.run();
      if (parent == null) {
        return startTopLevel(exchange, callback);
      }
      if (endpoint.getKey() == null) {
        throw new IllegalArgumentException(
            "runbook:"
                + endpoint.getName()
                + " inside a runbook needs a key (expected: key=${...})");
      }
      if (endpoint.isEach()) {
        fanOut(exchange, callback, parent);
      } else {
        one(exchange, callback, parent);
      }
      return false;
    } catch (RuntimeException e) {
      exchange.setException(e);
      callback.done(true);
      return true;
    }
  }

  private boolean startTopLevel(Exchange exchange, AsyncCallback callback) {
    String schedule = endpoint.getSchedule();
    if (schedule != null) {
      exchange.getMessage().setBody(starts.fire(endpoint, exchange));
      callback.done(true);
      return true;
    }
    String from =
        exchange.getFromEndpoint() == null ? "" : exchange.getFromEndpoint().getEndpointBaseUri();
    boolean http = from.startsWith("platform-http:");
    String key = EventKeys.of(exchange, endpoint.getName());
    Journal.Created created =
        starts.start(
            new Runbooks.Start(
                endpoint.getName(),
                starts.inputsOf(exchange),
                starts.requester(exchange, endpoint.getRequester()),
                new Trigger(http ? Trigger.Kind.HTTP : Trigger.Kind.EVENT, from),
                key,
                null,
                null));
    if (!http && !created.isNew()) {
      LOG.info("Event {} comes again: it started execution {}", key, created.execution().id());
    }
    if (Boolean.TRUE.equals(endpoint.getWait())) {
      engine
          .watch(created.execution().id())
          .whenCompleteAsync(
              (ended, error) -> {
                if (error == null) {
                  exchange.getMessage().setBody(result(null, ended));
                } else {
                  exchange.setException(error);
                }
                callback.done(false);
              },
              engine.workers());
      return false;
    }
    exchange.getMessage().setBody(Map.of("execution", created.execution().id()));
    callback.done(true);
    return true;
  }

  private void one(Exchange exchange, AsyncCallback callback, Run parent) {
    String key = text(keyExpression(), exchange, exchange.getMessage().getBody());
    Execution existing = engine.executions().child(parent.id(), key).orElse(null);
    child(exchange, parent, key, exchange.getMessage().getBody(), existing)
        .whenCompleteAsync(
            (ended, error) -> {
              if (parent.dead()) {
                return;
              }
              if (error == null) {
                exchange.getMessage().setBody(result(key, ended));
              } else {
                exchange.setException(error);
              }
              callback.done(false);
            },
            engine.workers());
  }

  private void fanOut(Exchange exchange, AsyncCallback callback, Run parent) {
    Object body = exchange.getMessage().getBody();
    Iterator<?> items = ObjectHelper.createIterator(body);
    int slots = number(endpoint.getMaxInFlight(), exchange, "maxInFlight", 1, 10_000, 10);
    int maxBad =
        number(endpoint.getMaxBad(), exchange, "maxBad", -1, Integer.MAX_VALUE, Integer.MAX_VALUE);
    Instant notAfter = notAfter(exchange, parent);
    Map<String, Execution> existing = new HashMap<>();
    if (exchange.getProperty("stepResumed", false, Boolean.class)
        || StepContext.of(exchange).key().attempt() > 1) {
      engine
          .executions()
          .children(parent.id())
          .forEach(child -> existing.put(String.valueOf(child.key()), child));
    }
    FanOut fanOut =
        new FanOut(
            items,
            slots,
            maxBad,
            engine.workers(),
            () -> stopReason(parent, notAfter),
            item -> {
              String key = text(keyExpression(), exchange, item);
              CompletableFuture<Execution> child =
                  child(exchange, parent, key, item, existing.remove(key));
              return new FanOut.Child(key, child);
            },
            (key, ended) -> result(key, ended));
    fanOut.run(
        (results, error) -> {
          if (parent.dead()) {
            return;
          }
          if (error == null) {
            exchange.getMessage().setBody(results);
          } else {
            exchange.setException(error);
          }
          callback.done(false);
        });
  }

  private @Nullable String stopReason(Run parent, @Nullable Instant notAfter) {
    if (parent.dead()) {
      return "interrupted";
    }
    if (parent.halted()) {
      return "halted by an operator before it began";
    }
    if (parent.cancelled()) {
      return "cancelled by an operator before it began";
    }
    if (notAfter != null && engine.now().isAfter(notAfter)) {
      return "the window closed before it began";
    }
    return null;
  }

  private CompletableFuture<Execution> child(
      Exchange exchange,
      Run parent,
      String key,
      @Nullable Object item,
      @Nullable Execution existing) {
    if (existing != null) {
      engine.drive(existing);
      return engine.watch(existing.id());
    }
    LoadedRunbooks.Definition definition =
        engine
            .runbooks()
            .newest(endpoint.getName())
            .orElseThrow(
                () -> new IllegalArgumentException("There is no runbook " + endpoint.getName()));
    Execution from = parent.execution();
    refuseDeep(from);
    NewExecution child =
        new NewExecution(
            ExecutionIds.next(engine.now().toEpochMilli()),
            definition.name(),
            definition.version(),
            from.id(),
            key,
            from.requester(),
            new Trigger(from.dry() ? Trigger.Kind.DRY_RUN : Trigger.Kind.PARENT, from.id()),
            definition.inputs().accept(childInputs(exchange, item)),
            endpoint.getPriority(),
            notAfter(exchange, parent),
            null,
            null);
    return engine
        .journal()
        .create(child, engine.startMessages(child))
        .thenComposeAsync(
            created -> {
              if (created.isNew()) {
                CompletableFuture<Execution> watcher = engine.watchNew(created.execution().id());
                engine.driveNew(created.execution());
                return watcher;
              }
              engine.drive(created.execution());
              return engine.watch(created.execution().id());
            },
            engine.workers());
  }

  /** Runbooks of several files may start each other in a circle, which no file shows. */
  private void refuseDeep(Execution from) {
    Execution at = from;
    for (int depth = 1; at != null; depth++) {
      if (depth > DEEPEST) {
        throw new IllegalArgumentException(
            "runbook:"
                + endpoint.getName()
                + " below "
                + DEEPEST
                + " others (expected: fewer; they may start each other in a circle)");
      }
      String above = at.parent();
      at = above == null ? null : engine.executions().find(above).orElse(null);
    }
  }

  private String keyExpression() {
    String key = endpoint.getKey();
    if (key == null) {
      throw new IllegalArgumentException(
          "runbook:" + endpoint.getName() + " inside a runbook needs a key (expected: key=${...})");
    }
    return key;
  }

  private String childInputs(Exchange exchange, @Nullable Object item) {
    Map<String, Object> inputs = new LinkedHashMap<>();
    String shared = endpoint.getShared();
    if (shared != null && exchange.getVariable(shared) instanceof Map<?, ?> map) {
      map.forEach((name, value) -> inputs.put(String.valueOf(name), value));
    }
    if (item instanceof Map<?, ?> map) {
      map.forEach((name, value) -> inputs.put(String.valueOf(name), value));
    } else if (item != null && endpoint.isEach()) {
      inputs.put("item", item);
    }
    ObjectNode node = engine.codec().newObject();
    inputs.forEach(
        (name, value) ->
            node.set(
                name,
                engine
                    .codec()
                    .raw(
                        engine
                            .codec()
                            .encode("input " + name, value, OutcomeCodec.VARIABLE_LIMIT))));
    return node.toString();
  }

  private @Nullable Instant notAfter(Exchange exchange, Run parent) {
    String expression = endpoint.getNotAfter();
    if (expression == null) {
      return parent.execution().notAfter();
    }
    String text = text(expression, exchange, exchange.getMessage().getBody());
    if (text.isBlank()) {
      return parent.execution().notAfter();
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "notAfter: " + text + " (expected: an instant like 2026-11-01T02:00:00Z)", e);
    }
  }

  /** What a parent reads of a child. */
  private Map<String, @Nullable Object> result(@Nullable String key, Execution ended) {
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    result.put("key", key);
    result.put("execution", ended.id());
    result.put("outcome", ended.outcome() == null ? null : ended.outcome().name());
    result.put("reason", ended.reason());
    result.put("name", ended.subject() == null ? null : ended.subject().name());
    String stored = ended.result();
    result.put(
        "result", stored == null || endpoint.isEach() ? null : engine.codec().decode(stored));
    return result;
  }

  private int number(
      @Nullable String expression,
      Exchange exchange,
      String option,
      int min,
      int max,
      int otherwise) {
    if (expression == null) {
      return otherwise;
    }
    String text = text(expression, exchange, exchange.getMessage().getBody());
    if (text.isBlank()) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text.trim());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + ": " + text + " (expected: a whole number)", e);
    }
    throw new IllegalArgumentException(
        option + ": " + text + " (expected: " + min + ".." + max + ")");
  }

  private String text(String expression, Exchange exchange, @Nullable Object body) {
    Exchange view = new DefaultExchange(getEndpoint().getCamelContext());
    view.getIn().setBody(body);
    if (exchange.hasVariables()) {
      exchange.getVariables().forEach(view::setVariable);
    }
    Expression simple =
        getEndpoint().getCamelContext().resolveLanguage("simple").createExpression(expression);
    simple.init(getEndpoint().getCamelContext());
    String text = simple.evaluate(view, String.class);
    return text == null ? "" : text;
  }
}
