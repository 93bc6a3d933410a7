package io.drover.runtime.dr;

import io.drover.runtime.CallFailure;
import io.drover.runtime.MutatingCalls;
import io.drover.runtime.MutatingCalls.Intent;
import io.drover.runtime.MutatingCalls.Opened;
import io.drover.runtime.MutatingCalls.Situation;
import io.drover.runtime.Secret;
import io.drover.runtime.dr.DrProperties.Action;
import io.drover.runtime.dr.DrProperties.Hook;
import io.drover.runtime.dr.DrProperties.Http;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * Leads users to the other side and back, as configuration says: an HTTP call or a named command,
 * each with what undoes it. Both must be such that they may be made twice: after a crash, whoever
 * answered last is not known.
 */
public final class RoutingBlocks {
  private static final String OPENED = "routingOpened";
  private static final String DEBT = "routingOpen";

  private final @Nullable Hook before;
  private final @Nullable Hook after;
  private final MutatingCalls calls;

  RoutingBlocks(DrProperties settings, MutatingCalls calls) {
    DrProperties.Routing routing = settings.routing();
    this.before = routing == null ? null : routing.before();
    this.after = routing == null ? null : routing.after();
    this.calls = calls;
  }

  /** What is configured, for people to read: no secrets. */
  Map<String, Object> told() {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("before", before == null ? "nothing" : before.apply().told());
    told.put("after", after == null ? "nothing" : after.apply().told());
    told.put("undoAfter", after == null ? "nothing" : after.undo().told());
    told.put("undoBefore", before == null ? "nothing" : before.undo().told());
    return told;
  }

  /**
   * Which way it is done, for the route's choice: {@code http}, {@code command} or {@code none}.
   */
  public String way(String hook, boolean undo) {
    Action action = action(hook, undo);
    return action == null ? "none" : action.http() != null ? "http" : "command";
  }

  private @Nullable Action action(String name, boolean undo) {
    Hook hook = name.equals("before") ? before : after;
    return hook == null ? null : undo ? hook.undo() : hook.apply();
  }

  private static String kind(String hook, boolean undo) {
    return "routing-" + hook + (undo ? "-undo" : "");
  }

  /** Writes the call down, unless it was made; the body is what the route's choice looks at. */
  CompletableFuture<?> open(Exchange exchange, String hook, boolean undo) {
    Action action = action(hook, undo);
    if (action == null || action.http() == null) {
      throw new IllegalStateException("There is no HTTP routing " + hook);
    }
    Http http = action.http();
    Intent intent = new Intent("routing", kind(hook, undo), hook, null, action.told());
    return calls
        .open(exchange, intent)
        .thenAccept(
            opened -> {
              exchange.setProperty(OPENED, opened);
              exchange.setProperty(DEBT, opened.situation() != Situation.DONE);
              exchange.setProperty("routingAddress", http.url().toString());
              Message message = exchange.getMessage();
              message.removeHeaders("*");
              message.setHeader(Exchange.HTTP_METHOD, http.method());
              message.setHeader("Idempotency-Key", opened.effect().requestId());
              if (http.headers() != null) {
                http.headers()
                    .forEach((name, value) -> message.setHeader(name, new Secret(value).read()));
              }
              message.setBody(http.body());
            });
  }

  /** Reads the answer, and closes what was written down. */
  CompletableFuture<?> judge(Exchange exchange) {
    Opened opened = exchange.getProperty(OPENED, Opened.class);
    Integer status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setBody(null);
    if (status != null && status / 100 == 2) {
      exchange.setProperty(DEBT, false);
      return calls.done(opened, null);
    }
    CallFailure failure =
        new CallFailure(
            status != null && status / 100 == 4
                ? CallFailure.Verdict.REFUSED
                : CallFailure.Verdict.TRANSIENT,
            "http-" + status,
            opened.effect().kind() + " was answered with status " + status);
    if (failure.getVerdict() == CallFailure.Verdict.REFUSED) {
      return calls
          .refused(opened, String.valueOf(failure.getMessage()))
          .thenCompose(ok -> CompletableFuture.failedFuture(failure));
    }
    return CompletableFuture.failedFuture(failure);
  }

  /** The command, for the guests' door. */
  public Map<String, Object> command(String hook, boolean undo) {
    Action action = action(hook, undo);
    DrProperties.Command command = action == null ? null : action.command();
    if (command == null) {
      throw new IllegalStateException("There is no routing command " + hook);
    }
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("kind", kind(hook, undo));
    input.put("address", command.address());
    input.put("script", command.run());
    return input;
  }
}
