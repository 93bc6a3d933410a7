package io.drover.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.drover.approval.ApprovalMessages;
import io.drover.approval.ApprovalRequest;
import io.drover.approval.ApprovalRequest.State;
import io.drover.approval.Approvals;
import io.drover.approval.Approvers;
import io.drover.approval.Decision;
import io.drover.execution.Execution;
import io.drover.execution.OutboxMessage;
import io.drover.execution.Plan;
import io.drover.runtime.CallFailure.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.jspecify.annotations.Nullable;

/**
 * Shows the body, an object, to the approvers, and ends the exchange until they have answered; the
 * step is then run again, so the facts are read anew. When they are not what was approved, the gate
 * opens anew. What stands under {@code asOf} is shown, but may change: ages and the like.
 */
final class ApprovalProducer extends DefaultAsyncProducer {
  private static final Duration LONGEST = Duration.ofDays(60);
  private static final int MOST = 20;
  private static final int SHOWN = 100_000;

  private final ApprovalEndpoint endpoint;
  private final Engine engine;
  private final Approvals approvals;

  ApprovalProducer(ApprovalEndpoint endpoint, Engine engine, Approvals approvals) {
    super(endpoint);
    this.endpoint = endpoint;
    this.engine = engine;
    this.approvals = approvals;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    try {
      StepContext context = StepContext.of(exchange);
      Run run = context.run();
      if (run == null || !run.isRoot(exchange)) {
        throw new IllegalStateException(
            "approval:" + endpoint.getGate() + " must stand in a step of the runbook itself");
      }
      context.ensureLive();
      if (run.cancelled()) {
        throw new CallFailure(Verdict.REFUSED, "cancelled", "Cancelled by an operator");
      }
      Approvals.Question question = question(exchange, context, run);
      if (context.dry()) {
        wouldAsk(exchange, callback, context, question);
        return false;
      }
      ApprovalRequest request = approvals.ask(question);
      if (request.state() == State.OPEN) {
        tell(request);
        engine.suspend(
            run,
            request.expiresAt(),
            "approval:" + request.id(),
            () -> approvals.find(request.id()).map(now -> now.state() != State.OPEN).orElse(true));
        return false; // the run comes to this step again
      }
      answer(exchange, request);
    } catch (RuntimeException e) {
      exchange.setException(e);
    }
    callback.done(true);
    return true;
  }

  /** Nobody is asked; what would be done after a yes is worth showing. */
  private void wouldAsk(
      Exchange exchange, AsyncCallback callback, StepContext context, Approvals.Question question) {
    String request =
        "ask "
            + endpoint.getApprovers()
            + ", needed: "
            + question.needed()
            + ", for "
            + question.patience()
            + ": "
            + question.shown();
    engine
        .dryRuns()
        .record(
            context,
            new MutatingCalls.Intent(
                "drover", DryRuns.ASK + endpoint.getGate(), question.hash(), null, request))
        .whenComplete(
            (ok, error) -> {
              if (error != null) {
                exchange.setException(error);
              } else {
                Map<String, Object> answer = new LinkedHashMap<>();
                answer.put("approval", DryRuns.KIND);
                answer.put("hash", question.hash());
                answer.put("approvedBy", List.of());
                answer.put("told", "nobody: this is a dry run");
                exchange.getMessage().setBody(answer);
              }
              callback.done(false);
            });
  }

  private Approvals.Question question(Exchange exchange, StepContext context, Run run) {
    Approvers approvers;
    try {
      approvers = Approvers.parse(endpoint.getApprovers());
    } catch (IllegalArgumentException e) {
      throw new CallFailure(
          Verdict.REFUSED,
          "no-approvers",
          "Gate " + endpoint.getGate() + ": " + e.getMessage() + "; nothing was asked");
    }
    String shown = shown(exchange, run);
    return new Approvals.Question(
        run.id(),
        context.key().step(),
        context.key().visit(),
        endpoint.getGate(),
        run.execution().requester(),
        approvers,
        needed(),
        shown,
        hash(engine.codec().read(shown)),
        patience());
  }

  private String shown(Exchange exchange, Run run) {
    Object body = exchange.getMessage().getBody();
    if (!(body instanceof Map)) {
      throw new IllegalArgumentException(
          "Gate "
              + endpoint.getGate()
              + ": the body (expected: an object with the facts that are to be approved)");
    }
    Map<Object, Object> facts = new LinkedHashMap<>((Map<?, ?>) body);
    Execution own = run.execution();
    String started =
        (own.id().equals(own.root()) ? own : engine.executions().find(own.root()).orElse(own))
            .trigger()
            .detail();
    if (started.startsWith(Plan.BOUND)) {
      facts.put("plan", started.substring(Plan.BOUND.length()));
    }
    return engine.codec().encode("what gate " + endpoint.getGate() + " shows", facts, SHOWN);
  }

  /** Of the facts by name, so that the order in which they were gathered does not matter. */
  static String hash(JsonNode facts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      StringBuilder text = new StringBuilder();
      ObjectNode lasting = facts.deepCopy();
      lasting.remove("asOf");
      write(lasting, text);
      return HexFormat.of()
          .formatHex(digest.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private static void write(JsonNode node, StringBuilder to) {
    if (node.isObject()) {
      Map<String, JsonNode> sorted = new TreeMap<>();
      node.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
      to.append('{');
      sorted.forEach(
          (name, value) -> {
            to.append(TextNode.valueOf(name)).append(':');
            write(value, to);
            to.append(',');
          });
      to.append('}');
    } else if (node.isArray()) {
      to.append('[');
      node.forEach(
          value -> {
            write(value, to);
            to.append(',');
          });
      to.append(']');
    } else {
      to.append(node);
    }
  }

  private int needed() {
    int needed = endpoint.getNeeded();
    if (needed < 1 || needed > MOST) {
      throw new IllegalArgumentException(
          "needed: " + needed + " (expected: 1.." + MOST + ") at gate " + endpoint.getGate());
    }
    return needed;
  }

  private Duration patience() {
    String timeout = endpoint.getTimeout();
    try {
      Duration patience = Duration.parse(timeout);
      if (!patience.isNegative() && !patience.isZero() && patience.compareTo(LONGEST) <= 0) {
        return patience;
      }
    } catch (DateTimeParseException e) {
      throw wrongTimeout(timeout, e);
    }
    throw wrongTimeout(timeout, null);
  }

  private IllegalArgumentException wrongTimeout(String timeout, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "timeout: "
            + timeout
            + " (expected: an ISO-8601 duration up to "
            + LONGEST
            + ") at gate "
            + endpoint.getGate(),
        cause);
  }

  /** Once for each round; the link opens a log-in, so no preview of it decides. */
  private void tell(ApprovalRequest request) {
    ObjectNode payload = engine.codec().newObject();
    payload.put("approval", request.id());
    engine
        .journal()
        .outbox(
            new OutboxMessage(
                ApprovalMessages.CHANNEL,
                "approval/" + request.id(),
                payload.toString(),
                request.execution()));
  }

  private void answer(Exchange exchange, ApprovalRequest request) {
    List<Decision> said = approvals.decisions(request.id());
    String names =
        said.stream()
            .map(d -> d.who() + " at " + d.at() + " (\"" + d.reason() + "\")")
            .collect(Collectors.joining(", "));
    if (request.state() != State.APPROVED) {
      throw new CallFailure(
          Verdict.REFUSED,
          "rejected",
          request.state() == State.EXPIRED
              ? "Gate " + request.gate() + ": nobody answered until " + request.expiresAt()
              : "Gate " + request.gate() + " was rejected by " + names);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("approval", request.id());
    answer.put("hash", request.hash());
    answer.put("approvedBy", said.stream().map(Decision::who).toList());
    answer.put("told", names);
    exchange.getMessage().setBody(answer);
  }
}
