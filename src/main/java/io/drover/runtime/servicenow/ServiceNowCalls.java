package io.drover.runtime.servicenow;

import io.drover.prism.Timeline;
import io.drover.runtime.CallFailure;
import io.drover.runtime.CallFailure.Verdict;
import io.drover.runtime.Workers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Calls with who we are, what failed in stable words, and patience: reads are repeated, writes are
 * made once. Blocks its thread.
 */
final class ServiceNowCalls {
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Duration SLICE = Duration.ofMillis(500);

  private final ServiceNowSettings settings;
  private final ServiceNowWire wire;
  private final ServiceNowLogin login;
  private final Timeline timeline;
  private final Workers workers;
  private final Clock clock;

  ServiceNowCalls(
      ServiceNowSettings settings,
      ServiceNowWire wire,
      ServiceNowLogin login,
      Timeline timeline,
      Workers workers,
      Clock clock) {
    this.settings = settings;
    this.wire = wire;
    this.login = login;
    this.timeline = timeline;
    this.workers = workers;
    this.clock = clock;
  }

  /**
   * A read, repeated while ServiceNow is away, busy or asks for patience.
   *
   * @param ensureLive throws when no call may be made any more
   */
  ServiceNowAnswer read(ServiceNowRequest request, Runnable ensureLive) {
    return workers.blocking(() -> repeated(request, ensureLive));
  }

  private ServiceNowAnswer repeated(ServiceNowRequest request, Runnable ensureLive) {
    for (int attempt = 1; ; attempt++) {
      ensureLive.run();
      Duration pause = settings.pause().multipliedBy(1L << (attempt - 1));
      CallFailure failure;
      try {
        ServiceNowAnswer answer = authorised(request);
        if (answer.ok() || answer.nothingFound()) {
          return answer;
        }
        Duration asked = answer.retryAfter(clock.instant());
        pause = asked == null ? pause : asked;
        failure = refused(request, answer);
      } catch (CallFailure e) {
        failure = e;
      }
      if (failure.getVerdict() == Verdict.REFUSED
          || failure.getKind().equals("credentials")
          || attempt >= settings.attempts()) {
        throw failure;
      }
      pause(pause.compareTo(LONGEST) > 0 ? LONGEST : pause, ensureLive);
    }
  }

  /** A read whose caller comes again by himself. */
  ServiceNowAnswer readOnce(ServiceNowRequest request) {
    ServiceNowAnswer answer = workers.blocking(() -> authorised(request));
    if (!answer.ok() && !answer.nothingFound()) {
      throw refused(request, answer);
    }
    return answer;
  }

  /**
   * A write, made once. A failure of verdict UNKNOWN may have done it: look before repeating.
   *
   * @throws CallFailure unless it was done
   */
  void write(ServiceNowRequest request) {
    ServiceNowAnswer answer = workers.blocking(() -> authorised(request));
    if (!answer.ok()) {
      throw refused(request, answer);
    }
  }

  private ServiceNowAnswer authorised(ServiceNowRequest request) {
    if (settings.base() == null) {
      throw new CallFailure(
          Verdict.REFUSED,
          "not-configured",
          "ServiceNow is not configured (drover.systems.servicenow.url)");
    }
    ServiceNowAnswer answer = send(request, login.headers(this::token));
    return answer.status() == 401 && login.renew()
        ? send(request, login.headers(this::token))
        : answer;
  }

  private ServiceNowAnswer token(ServiceNowRequest request) {
    return send(request, Map.of());
  }

  private ServiceNowAnswer send(ServiceNowRequest request, Map<String, String> headers) {
    String base = String.valueOf(settings.base());
    try {
      return wire.send(base, request, headers);
    } catch (Exception e) {
      throw lost(request, base, e);
    }
  }

  private static CallFailure lost(ServiceNowRequest request, String base, Exception e) {
    Throwable inner = e;
    while (!(inner instanceof IOException) && inner.getCause() != null) {
      inner = inner.getCause();
    }
    boolean slow = inner instanceof InterruptedIOException; // a socket's timeout is one
    // Its text may hold what the far side sent; its class says enough.
    return new CallFailure(
        request.method().equals("GET") ? Verdict.TRANSIENT : Verdict.UNKNOWN,
        slow ? "timeout" : "connection",
        "ServiceNow at "
            + base
            + " did not answer "
            + request
            + ": "
            + inner.getClass().getSimpleName());
  }

  private static CallFailure refused(ServiceNowRequest request, ServiceNowAnswer answer) {
    String why = answer.why();
    return new CallFailure(
        answer.busy() ? Verdict.TRANSIENT : Verdict.REFUSED,
        "http-" + answer.status(),
        "ServiceNow answered "
            + request
            + " with status "
            + answer.status()
            + (why.isEmpty() ? "" : ": " + why));
  }

  /** In slices, so that whoever halts the execution need not wait for the end of it. */
  private void pause(Duration pause, Runnable ensureLive) {
    long end = timeline.nanos() + pause.toNanos();
    for (long left = pause.toNanos(); left > 0; left = end - timeline.nanos()) {
      Duration slice = Duration.ofNanos(Math.min(left, SLICE.toNanos()));
      CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
      timeline.after(slice, () -> over.complete(null));
      over.join();
      ensureLive.run();
    }
  }
}
