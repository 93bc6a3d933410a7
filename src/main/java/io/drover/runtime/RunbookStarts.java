package io.drover.runtime;

import io.drover.execution.Execution;
import io.drover.execution.ExecutionIds;
import io.drover.execution.InvalidInput;
import io.drover.execution.Journal;
import io.drover.execution.LedgerClock;
import io.drover.execution.NewExecution;
import io.drover.execution.Operations;
import io.drover.execution.Runbooks;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.springboot.PlatformHttpMessage;
import org.jspecify.annotations.Nullable;

/** The one way to start a runbook: inputs checked, execution recorded durably, then driven. */
final class RunbookStarts implements Runbooks {
  /** Request attribute under which whoever let the call in put its caller, a {@link Principal}. */
  private static final String CALLER = "drover.caller";

  private final Engine engine;
  private final LedgerClock clock;
  private final Journal journal;
  private final List<StartCheck> checks;
  private @Nullable Schedules schedules;

  RunbookStarts(Engine engine, Journal journal, LedgerClock clock, List<StartCheck> checks) {
    this.engine = engine;
    this.checks = List.copyOf(checks);
    this.journal = journal;
    this.clock = clock;
  }

  void schedules(Schedules known) {
    this.schedules = known;
  }

  @Override
  public List<Runbook> list() {
    return engine.runbooks().all().stream().map(RunbookStarts::describe).toList();
  }

  @Override
  public Optional<Runbook> find(String name) {
    return engine.runbooks().newest(name).map(RunbookStarts::describe);
  }

  private static Runbook describe(LoadedRunbooks.Definition d) {
    return new Runbook(d.name(), d.version(), d.description(), d.schema(), d.mutating());
  }

  @Override
  public Journal.Created start(Start start) {
    LoadedRunbooks.Definition definition =
        engine
            .runbooks()
            .newest(start.runbook())
            .orElseThrow(
                () -> new NoSuchElementException("There is no runbook " + start.runbook()));
    if (definition.internal()) {
      throw new Operations.NotPossible(
          definition.name() + " is started by other runbooks only; nothing was started");
    }
    String inputs = definition.inputs().accept(start.inputs());
    for (StartCheck check : checks) {
      if (check.runbook().equals(definition.name())) {
        check.check(engine.codec().read(inputs));
      }
    }
    NewExecution execution =
        new NewExecution(
            ExecutionIds.next(clock.now().toEpochMilli()),
            definition.name(),
            definition.version(),
            null,
            null,
            start.requester(),
            start.trigger(),
            inputs,
            0,
            start.notAfter(),
            start.rerunOf(),
            null);
    Journal.Created created;
    try {
      created =
          start.idempotencyKey() == null
              ? journal.create(execution, engine.startMessages(execution)).join()
              : journal
                  .create(
                      execution,
                      start.idempotencyKey(),
                      hash(start.runbook() + "\n" + inputs),
                      engine.startMessages(execution))
                  .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
    if (created.isNew()) {
      engine.driveNew(created.execution());
    }
    return created;
  }

  /** A schedule's firing; what became of it, for the route's body. */
  Map<String, Object> fire(RunbookEndpoint endpoint, Exchange exchange) {
    Schedules known = schedules;
    if (known == null) {
      throw new IllegalStateException("Schedules are not up yet");
    }
    java.util.Date planned =
        exchange.getMessage().getHeader("scheduledFireTime", java.util.Date.class);
    Instant fireTime = planned == null ? clock.now() : planned.toInstant();
    return known.fire(
        endpoint.getName(),
        String.valueOf(endpoint.getSchedule()),
        fireTime,
        inputsOf(exchange),
        endpoint.getRequester());
  }

  /** The body of a triggering route as inputs: a map, JSON text, or nothing. */
  String inputsOf(Exchange exchange) {
    Object body = exchange.getMessage().getBody();
    if (body == null) {
      return "{}";
    }
    if (body instanceof Map<?, ?>) {
      return engine.codec().encode("body", body, OutcomeCodec.BODY_LIMIT);
    }
    if (body instanceof FileTaking.TooLarge tooLarge) {
      throw new InvalidInput(
          List.of(
              new InvalidInput.Field(
                  "(file)", tooLarge.bytes() + " bytes", "a JSON object of at most 1 MiB")));
    }
    String text = exchange.getMessage().getBody(String.class);
    if (text == null) {
      throw new InvalidInput(
          List.of(
              new InvalidInput.Field("(body)", body.getClass().getSimpleName(), "a JSON object")));
    }
    return text;
  }

  /**
   * Who is answerable: the authenticated caller of an HTTP trigger, else the route's configured
   * owner.
   */
  String requester(Exchange exchange, String configured) {
    if (exchange.getIn() instanceof PlatformHttpMessage http) {
      // Camel is on another thread than the servlet, where getUserPrincipal() knows nobody.
      if (http.getRequest().getAttribute(CALLER) instanceof Principal principal) {
        return principal.getName();
      }
    }
    return configured;
  }

  Optional<Execution> execution(String id) {
    return engine.executions().find(id);
  }

  private static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
