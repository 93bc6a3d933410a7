package io.drover.runtime;

import io.drover.execution.LostOwnership;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelExchangeException;
import org.apache.camel.ExchangeTimedOutException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jspecify.annotations.Nullable;

/**
 * What a throwable out of a step means: a failure with a stable kind, or an interruption, which is
 * no failure.
 */
final class Failures {
  private static final int MESSAGE_LIMIT = 2_000;

  private Failures() {}

  /**
   * Whether the attempt was cut off by a stop, a takeover or a halt instead of failing. Camel
   * throws {@link RejectedExecutionException} out of a wait whose route was stopped meanwhile.
   */
  static boolean interrupted(@Nullable Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof RejectedExecutionException
          || t instanceof InterruptedException
          || t instanceof LostOwnership
          || t instanceof CancellationException) {
        return true;
      }
      if (t instanceof CallFailure failure && failure.getKind().equals("interrupted")) {
        return true;
      }
    }
    return false;
  }

  /** The stable kind of a failure. */
  static String kind(Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof CallFailure failure) {
        return failure.getKind();
      }
      if (t instanceof StepFailedException failed) {
        return failed.getKind();
      }
      if (t instanceof HttpOperationFailedException http) {
        return "http-" + http.getStatusCode();
      }
      if (t instanceof TimeoutException || t instanceof ExchangeTimedOutException) {
        return "timeout";
      }
    }
    return "error";
  }

  /** The failure in words: of the innermost thing that says something, without exchange ids. */
  static String message(Throwable error) {
    Throwable told = error;
    while (told instanceof CamelExchangeException && told.getCause() != null) {
      told = told.getCause(); // its own text holds the exchange id, which differs on every replay
    }
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof CallFailure || t instanceof StepFailedException) {
        told = t;
        break;
      }
    }
    String message = told.getMessage();
    if (message == null || message.isBlank()) {
      message = told.getClass().getSimpleName();
    } else if (!(told instanceof CallFailure) && !(told instanceof StepFailedException)) {
      message = told.getClass().getSimpleName() + ": " + message;
    }
    return message.length() > MESSAGE_LIMIT ? message.substring(0, MESSAGE_LIMIT) + "…" : message;
  }
}
