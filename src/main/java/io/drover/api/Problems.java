package io.drover.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.drover.approval.DecisionRefused;
import io.drover.execution.InvalidInput;
import io.drover.execution.Journal;
import io.drover.execution.LedgerUnavailable;
import io.drover.execution.LostOwnership;
import io.drover.execution.Operations;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** Problem details (RFC 9457): which field, what was given, what was expected. */
@Order(Ordered.HIGHEST_PRECEDENCE) // before the ones that Spring brings
@RestControllerAdvice(basePackageClasses = Problems.class)
class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  @ExceptionHandler
  ProblemDetail invalid(InvalidInput e) {
    ProblemDetail problem = problem(HttpStatus.UNPROCESSABLE_ENTITY, "Invalid input", e);
    List<Map<String, String>> errors =
        e.fields().stream()
            .map(f -> Map.of("field", f.name(), "value", f.value(), "expected", f.expected()))
            .toList();
    problem.setProperty("errors", errors);
    return problem;
  }

  @ExceptionHandler
  ProblemDetail conflict(Journal.KeyConflict e) {
    return problem(HttpStatus.CONFLICT, "Idempotency key in use", e);
  }

  @ExceptionHandler
  ProblemDetail notPossible(Operations.NotPossible e) {
    return problem(HttpStatus.CONFLICT, "Not possible now", e);
  }

  @ExceptionHandler
  ProblemDetail refusedDecision(DecisionRefused e) {
    boolean mayNot =
        e.why() == DecisionRefused.Why.REQUESTER || e.why() == DecisionRefused.Why.NOT_AN_APPROVER;
    return problem(
        mayNot ? HttpStatus.FORBIDDEN : HttpStatus.CONFLICT, "The decision does not count", e);
  }

  @ExceptionHandler
  ProblemDetail notFound(NoSuchElementException e) {
    return problem(HttpStatus.NOT_FOUND, "Not found", e);
  }

  @ExceptionHandler
  ProblemDetail badArgument(IllegalArgumentException e) {
    return problem(HttpStatus.BAD_REQUEST, "Bad request", e);
  }

  @ExceptionHandler
  ProblemDetail badType(MethodArgumentTypeMismatchException e) {
    Class<?> type = e.getRequiredType();
    String expected =
        type != null && type.isEnum()
            ? "one of " + List.of(type.getEnumConstants())
            : type == null ? "another type" : "a " + type.getSimpleName();
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(
            HttpStatus.BAD_REQUEST,
            e.getName()
                + ": "
                + cut(String.valueOf(e.getValue()))
                + " (expected: "
                + expected
                + ")");
    problem.setTitle("Bad request");
    return problem;
  }

  @ExceptionHandler
  ProblemDetail unreadable(HttpMessageNotReadableException e) {
    Throwable cause = e.getCause();
    HttpStatus status = HttpStatus.BAD_REQUEST;
    String detail = "body: (expected: a JSON object)";
    if (cause instanceof StreamConstraintsException
        || String.valueOf(e.getMessage()).contains("1 MiB")) {
      status = HttpStatus.PAYLOAD_TOO_LARGE;
      detail = "A body may have 1 MiB at most";
    } else if (cause instanceof UnrecognizedPropertyException unknown) {
      detail =
          path(unknown)
              + ": (expected: no such field; known are "
              + unknown.getKnownPropertyIds()
              + ")";
    } else if (cause instanceof JsonMappingException mapping) {
      detail = path(mapping) + ": " + cut(mapping.getOriginalMessage());
    } else if (cause instanceof JsonProcessingException json) {
      detail =
          "body: line "
              + json.getLocation().getLineNr()
              + ", column "
              + json.getLocation().getColumnNr()
              + ": "
              + cut(json.getOriginalMessage())
              + " (expected: JSON)";
    }
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setTitle("Bad request");
    return problem;
  }

  @ExceptionHandler({LostOwnership.class, LedgerUnavailable.class})
  ProblemDetail unavailable(RuntimeException e) {
    LOG.warn("The ledger cannot be written", e);
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(
            HttpStatus.SERVICE_UNAVAILABLE, "The ledger cannot be written now; nothing was done");
    problem.setTitle("Not now");
    return problem;
  }

  private static String path(JsonMappingException e) {
    String path =
        e.getPath().stream()
            .map(
                part ->
                    part.getFieldName() == null ? "[" + part.getIndex() + "]" : part.getFieldName())
            .collect(Collectors.joining("."));
    return path.isEmpty() ? "body" : path;
  }

  private static ProblemDetail problem(HttpStatus status, String title, Exception e) {
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(status, String.valueOf(e.getMessage()));
    problem.setTitle(title);
    return problem;
  }

  private static String cut(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }
}
