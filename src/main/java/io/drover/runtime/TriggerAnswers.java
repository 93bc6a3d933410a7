package io.drover.runtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.InvalidInput;
import io.drover.execution.Journal;
import java.util.NoSuchElementException;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What HTTP endpoints answer that start runbooks: 202 with the execution's id, or a problem. */
final class TriggerAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(TriggerAnswers.class);
  private final OutcomeCodec codec = new OutcomeCodec();

  /** Body: what {@code runbook:} left. */
  void started(Exchange exchange) {
    String body = codec.encode("body", exchange.getMessage().getBody(), OutcomeCodec.BODY_LIMIT);
    Object execution = ((java.util.Map<?, ?>) exchange.getMessage().getBody()).get("execution");
    answer(exchange, 202, "application/json", body);
    if (execution != null) {
      exchange.getMessage().setHeader("Location", "/api/v1/executions/" + execution);
    }
  }

  /** Tells of an event that can start nothing, and lets it go. */
  void rejected(Exchange exchange) {
    LOG.warn(
        "Event {} of {} starts nothing: {}",
        EventKeys.of(exchange),
        exchange.getFromRouteId(),
        Failures.message(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)));
    exchange.getMessage().setBody(null);
    exchange.setProperty(FileTaking.REFUSED, true);
  }

  /** RFC 9457; what is not the caller's fault is not told him in detail. */
  void problem(Exchange exchange) {
    Throwable error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    InvalidInput invalid = find(error, InvalidInput.class);
    Journal.KeyConflict conflict = find(error, Journal.KeyConflict.class);
    NoSuchElementException none = find(error, NoSuchElementException.class);
    ObjectNode problem = codec.newObject();
    int status;
    if (invalid != null) {
      status = 422;
      problem.put("title", "Invalid input");
      problem.put("detail", invalid.getMessage());
      for (InvalidInput.Field field : invalid.fields()) {
        problem
            .withArray("errors")
            .addObject()
            .put("field", field.name())
            .put("value", field.value())
            .put("expected", field.expected());
      }
    } else if (conflict != null) {
      status = 409;
      problem.put("title", "Idempotency key in use");
      problem.put("detail", conflict.getMessage());
    } else if (none != null) {
      status = 404;
      problem.put("title", "Not found");
      problem.put("detail", none.getMessage());
    } else {
      status = 500;
      problem.put("title", "It could not be started");
      problem.put("detail", "The log has more. Nothing was started.");
      LOG.error("An HTTP trigger failed", error);
    }
    problem.put("status", status);
    answer(exchange, status, "application/problem+json", problem.toString());
  }

  private static void answer(Exchange exchange, int status, String type, String body) {
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, type);
    exchange.getMessage().setBody(body);
  }

  private static <T extends Throwable> @Nullable T find(@Nullable Throwable error, Class<T> type) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
    }
    return null;
  }
}
