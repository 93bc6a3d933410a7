package io.drover.runtime.migration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.execution.LedgerClock;
import io.drover.runtime.CallFailure;
import io.drover.runtime.Milestones;
import io.drover.runtime.MutatingCalls;
import io.drover.runtime.MutatingCalls.Intent;
import io.drover.runtime.MutatingCalls.Opened;
import io.drover.runtime.MutatingCalls.Situation;
import io.drover.runtime.StepContext;
import io.drover.runtime.Workers;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Brings something at vCenter or Move about, once: looks, and only while nothing is to be seen of
 * it sends the call, after it was written down; then looks until it is done. What a lost answer
 * meant is thus seen and not guessed.
 */
final class DesiredState {
  private static final int SENDINGS = 3;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() {};

  private final MutatingCalls effects;
  private final Milestones milestones;
  private final Workers workers;
  private final LedgerClock clock;
  private final Duration settle;

  DesiredState(
      MutatingCalls effects,
      Milestones milestones,
      Workers workers,
      LedgerClock clock,
      Duration settle) {
    this.effects = effects;
    this.milestones = milestones;
    this.workers = workers;
    this.clock = clock;
    this.settle = settle;
  }

  /** How far it is. */
  enum Where {
    /** Nothing is to be seen of it: the call may be sent. */
    NOT_YET,
    /** It was taken and is going on. */
    GOING,
    DONE,
    /** It was taken and failed for certain, or cannot be taken any more. */
    FAILED
  }

  /**
   * What a look showed.
   *
   * @param result of what is done
   * @param kind of what failed
   * @param told for people
   * @param task what the far side calls what is going on; null where it has no name
   */
  record Look(
      Where where, Map<String, Object> result, String kind, String told, @Nullable String task) {
    static Look notYet(String told) {
      return new Look(Where.NOT_YET, Map.of(), "", told, null);
    }

    static Look going(String told) {
      return going(told, null);
    }

    static Look going(String told, @Nullable String task) {
      return new Look(Where.GOING, Map.of(), "", told, task);
    }

    static Look done(Map<String, Object> result) {
      return new Look(Where.DONE, result, "", "", null);
    }

    static Look failed(String kind, String told) {
      return new Look(Where.FAILED, Map.of(), kind, told, null);
    }
  }

  /** What is to be brought about. */
  interface Change {
    CompletableFuture<Look> look();

    /** Makes the call, on this thread. */
    void send();
  }

  /**
   * Brings it about.
   *
   * @param pause between two looks
   * @param patience how long it may take after it was begun
   */
  CompletableFuture<Map<String, Object>> reach(
      Exchange exchange, Intent intent, Change change, Duration pause, Duration patience) {
    StepContext step = StepContext.of(exchange);
    Reaching reaching = new Reaching(exchange, step, intent, change, pause, patience);
    // On a worker: what follows makes calls that block.
    return CompletableFuture.supplyAsync(
            () -> {
              boolean mayBeOpen = step.resumed() || step.key().attempt() > 1;
              return mayBeOpen ? reaching.open() : reaching.unlessThere();
            },
            workers.pool())
        .thenCompose(all -> all)
        // The ledger's thread tells of the last write; what follows must not keep it.
        .whenCompleteAsync((result, error) -> {}, workers.pool());
  }

  private final class Reaching {
    private final Exchange exchange;
    private final StepContext step;
    private final Intent intent;
    private final Change change;
    private final Duration pause;
    private final long deadline;
    private int sendings;
    private boolean accepted;
    private @Nullable Instant sent;
    private @Nullable CallFailure refusal;
    private @Nullable CallFailure trouble;

    Reaching(
        Exchange exchange,
        StepContext step,
        Intent intent,
        Change change,
        Duration pause,
        Duration patience) {
      this.exchange = exchange;
      this.step = step;
      this.intent = intent;
      this.change = change;
      this.pause = pause;
      this.deadline = System.nanoTime() + patience.toNanos();
    }

    CompletableFuture<Map<String, Object>> unlessThere() {
      step.ensureLive();
      return change
          .look()
          .thenComposeAsync(
              look ->
                  switch (look.where()) {
                    case DONE -> {
                      Map<String, Object> result = new LinkedHashMap<>(look.result());
                      result.put("already", true);
                      yield CompletableFuture.completedFuture(result);
                    }
                    case FAILED ->
                        CompletableFuture.failedFuture(
                            new CallFailure(CallFailure.Verdict.REFUSED, look.kind(), look.told()));
                    default -> open();
                  },
              workers.pool());
    }

    CompletableFuture<Map<String, Object>> open() {
      return effects
          .open(exchange, intent)
          .thenComposeAsync(
              opened -> {
                if (opened.situation() == Situation.DONE) {
                  return CompletableFuture.completedFuture(recorded(opened));
                }
                accepted = opened.situation() == Situation.ACCEPTED;
                if (opened.situation() == Situation.UNKNOWN) {
                  sent = opened.effect().journaledAt();
                }
                return look(opened);
              },
              workers.pool());
    }

    private CompletableFuture<Map<String, Object>> look(Opened opened) {
      step.ensureLive();
      return change
          .look()
          .handleAsync((look, error) -> seen(opened, look, error), workers.pool())
          .thenCompose(next -> next);
    }

    private CompletableFuture<Map<String, Object>> seen(
        Opened opened, @Nullable Look look, @Nullable Throwable error) {
      if (error != null || look == null) {
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        if (cause instanceof CallFailure failure
            && failure.getVerdict() == CallFailure.Verdict.TRANSIENT
            && !failure.getKind().equals("interrupted")) {
          trouble = failure;
          return later(opened, failure.getMessage());
        }
        return CompletableFuture.failedFuture(
            cause == null ? new IllegalStateException("A look without a result") : cause);
      }
      return switch (look.where()) {
        case DONE -> done(opened, look.result());
        case FAILED -> failed(opened, look);
        case GOING -> taken(opened, look.task()).thenCompose(ok -> later(opened, look.told()));
        case NOT_YET -> notYet(opened, look);
      };
    }

    private CompletableFuture<Map<String, Object>> notYet(Opened opened, Look look) {
      Instant last = sent;
      CallFailure refused = refusal;
      if (refused != null) {
        return effects
            .refused(opened, String.valueOf(refused.getMessage()))
            .thenCompose(ok -> CompletableFuture.failedFuture(refused));
      }
      // What was sent a moment ago may not be visible yet.
      boolean settling = last != null && Duration.between(last, clock.now()).compareTo(settle) < 0;
      if (settling || System.nanoTime() - deadline >= 0) {
        return later(opened, look.told());
      }
      if (sendings >= SENDINGS) {
        return CompletableFuture.failedFuture(
            new CallFailure(
                CallFailure.Verdict.UNKNOWN,
                "unknown-outcome",
                intent.kind()
                    + " of "
                    + intent.targetName()
                    + " was sent "
                    + sendings
                    + " times to "
                    + intent.system()
                    + " and nothing of it is to be seen ("
                    + look.told()
                    + "); look before repeating it"));
      }
      sendings++;
      sent = clock.now();
      step.ensureLive();
      try {
        change.send();
        milestones.reached("call-answered", exchange);
      } catch (CallFailure e) {
        if (e.getVerdict() == CallFailure.Verdict.REFUSED) {
          refusal = e;
        } else {
          trouble = e;
        }
      }
      return look(opened);
    }

    private CompletableFuture<?> taken(Opened opened, @Nullable String task) {
      if (accepted) {
        return CompletableFuture.completedFuture(null);
      }
      accepted = true;
      return effects.accepted(opened, task);
    }

    private CompletableFuture<Map<String, Object>> later(Opened opened, @Nullable String told) {
      if (System.nanoTime() - deadline >= 0) {
        CallFailure known = trouble;
        return CompletableFuture.failedFuture(
            new CallFailure(
                CallFailure.Verdict.UNKNOWN,
                known == null ? "timeout" : known.getKind(),
                intent.kind()
                    + " of "
                    + intent.targetName()
                    + " at "
                    + intent.system()
                    + " has not come to an end in time: "
                    + told));
      }
      CompletableFuture<Map<String, Object>> next = new CompletableFuture<>();
      workers.after(
          pause,
          () -> {
            try {
              // Each round by itself: all of a long wait inside one another would overflow a stack,
              // and nobody would ever hear of its end.
              look(opened)
                  .whenCompleteAsync(
                      (result, error) -> {
                        if (error == null) {
                          next.complete(result);
                        } else {
                          next.completeExceptionally(error);
                        }
                      },
                      workers.pool());
            } catch (RuntimeException e) {
              next.completeExceptionally(e);
            }
          });
      return next;
    }

    private CompletableFuture<Map<String, Object>> done(Opened opened, Map<String, Object> result) {
      try {
        return effects.done(opened, JSON.writeValueAsString(result)).thenApply(ok -> result);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("A map of JSON values can be written", e);
      }
    }

    private CompletableFuture<Map<String, Object>> failed(Opened opened, Look look) {
      return effects
          .failed(opened, look.told())
          .thenCompose(
              ok ->
                  CompletableFuture.failedFuture(
                      new CallFailure(CallFailure.Verdict.FAILED, look.kind(), look.told())));
    }
  }

  private static Map<String, Object> recorded(Opened opened) {
    String result = opened.effect().result();
    try {
      return result == null ? Map.of() : JSON.readValue(result, MAP);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "The result of effect " + opened.effect().id() + " is not a JSON object", e);
    }
  }
}
