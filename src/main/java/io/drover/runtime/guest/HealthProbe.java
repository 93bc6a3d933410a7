package io.drover.runtime.guest;

import io.drover.runtime.CallFailure;
import io.drover.runtime.CallFailure.Verdict;
import io.drover.runtime.StepContext;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Probes a guest until enough of the last probes were good, or its time is up. */
final class HealthProbe implements GuestWork {
  private static final int BODY = 64 * 1024;

  private final HttpClient client;
  private final Executor workers;
  private final GuestShell shell;
  private final Guest guest;
  private final HealthCheck check;
  private final long deadline;
  private final Deque<Boolean> last = new ArrayDeque<>();
  private int probes;
  private String trouble = "it was not asked yet";

  HealthProbe(
      HttpClient client, Executor workers, GuestShell shell, Guest guest, HealthCheck check) {
    this.client = client;
    this.workers = workers;
    this.shell = shell;
    this.guest = guest;
    this.check = check;
    this.deadline = System.nanoTime() + check.timeout().toNanos();
  }

  @Override
  public CompletableFuture<Look> look(Exchange exchange) {
    StepContext context = StepContext.find(exchange);
    if (context != null) {
      context.ensureLive();
    }
    HttpRequest request =
        HttpRequest.newBuilder(check.at(guest.address()))
            .timeout(Duration.ofSeconds(10))
            .header("User-Agent", "Drover")
            .GET()
            .build();
    return client
        .sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
        .handleAsync((answer, error) -> trouble(answer, error), workers)
        .thenCompose(Function.identity())
        .thenCompose(this::count);
  }

  /** Null when the answer is as it should be. */
  private CompletableFuture<@Nullable String> trouble(
      @Nullable HttpResponse<InputStream> answer, @Nullable Throwable error) {
    if (answer == null) {
      Throwable cause = error == null ? null : GuestShell.unwrap(error);
      return CompletableFuture.completedFuture(
          "it does not answer (" + (cause == null ? "" : cause.getClass().getSimpleName()) + ")");
    }
    try (InputStream in = answer.body()) {
      String body = new String(in.readNBytes(BODY), StandardCharsets.UTF_8);
      if (answer.statusCode() != check.status()) {
        return CompletableFuture.completedFuture(
            "status " + answer.statusCode() + " (expected: " + check.status() + ")");
      }
      String wanted = check.body();
      return CompletableFuture.completedFuture(
          wanted == null || body.contains(wanted) ? null : "its body lacks the expected text");
    } catch (java.io.IOException e) {
      return CompletableFuture.completedFuture("it broke off its answer");
    }
  }

  private CompletableFuture<Look> count(@Nullable String wrong) {
    probes++;
    last.addLast(wrong == null);
    if (last.size() > check.of()) {
      last.removeFirst();
    }
    if (wrong != null) {
      trouble = wrong;
    }
    long good = last.stream().filter(Boolean::booleanValue).count();
    // The last one must be good: an old success does not speak for now.
    if (last.size() == check.of() && good >= check.good() && wrong == null) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("healthy", true);
      result.put("probes", probes);
      result.put("good", good);
      return CompletableFuture.completedFuture(Look.over(result));
    }
    if (System.nanoTime() + check.interval().toNanos() - deadline > 0) {
      return CompletableFuture.failedFuture(
          new CallFailure(
              Verdict.FAILED,
              "probe-unhealthy",
              guest
                  + " is not healthy: "
                  + good
                  + " of the last "
                  + last.size()
                  + " probes of port "
                  + check.port()
                  + " were good (expected: "
                  + check.good()
                  + " of "
                  + check.of()
                  + " within "
                  + check.timeout()
                  + "); "
                  + trouble));
    }
    return shell.pause(check.interval()).thenApply(ok -> Look.AGAIN);
  }
}
