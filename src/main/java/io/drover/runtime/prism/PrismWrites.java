package io.drover.runtime.prism;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.execution.Effect;
import io.drover.execution.LedgerClock;
import io.drover.prism.PrismAnswer;
import io.drover.prism.PrismChange;
import io.drover.prism.PrismProblem;
import io.drover.prism.PrismRequest;
import io.drover.runtime.Milestones;
import io.drover.runtime.MutatingCalls;
import io.drover.runtime.MutatingCalls.Opened;
import io.drover.runtime.StepContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Makes a change once: writes the effect down, sends the call, and where its fate is unknown looks
 * before sending it again under the same request id.
 */
final class PrismWrites {
  /** A VM's entity tag changes with every background update; after so many it is not chance. */
  private static final int STALE_TAGS = 5;

  /** How often a call of unknown fate is sent in all. */
  private static final int SENDINGS = 3;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  private final PrismCalls calls;
  private final PrismLook look;
  private final MutatingCalls effects;
  private final Milestones milestones;
  private final LedgerClock clock;
  private final Duration settle;

  PrismWrites(
      PrismCalls calls,
      PrismLook look,
      MutatingCalls effects,
      Milestones milestones,
      LedgerClock clock,
      Duration settle) {
    this.calls = calls;
    this.look = look;
    this.effects = effects;
    this.milestones = milestones;
    this.clock = clock;
    this.settle = settle;
  }

  /**
   * What became of it: a task to wait for, or a result at once.
   *
   * @param opened null when nothing had to be done
   */
  record Submitted(
      @Nullable Opened opened, @Nullable String taskExtId, @Nullable Map<String, Object> result) {}

  CompletableFuture<Submitted> submit(
      Exchange exchange, PrismCentral central, PrismChange change, Duration patience) {
    return new Submission(exchange, central, change, patience).begin();
  }

  /** The effect has happened; its result is kept for a resume. */
  CompletableFuture<@Nullable Void> done(Opened opened, Map<String, Object> result) {
    try {
      return effects.done(opened, JSON.writeValueAsString(result));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A map of JSON values can be written", e);
    }
  }

  CompletableFuture<@Nullable Void> failed(Opened opened, PrismProblem problem) {
    return effects.failed(opened, String.valueOf(problem.getMessage()));
  }

  private final class Submission {
    private final Exchange exchange;
    private final PrismCentral central;
    private final PrismChange change;
    private final Duration patience;
    private final Caller caller;
    private int sendings;
    private int staleTags;
    private boolean unsure;

    Submission(Exchange exchange, PrismCentral central, PrismChange change, Duration patience) {
      this.exchange = exchange;
      this.central = central;
      this.change = change;
      this.patience = patience;
      this.caller = Caller.of(exchange);
    }

    CompletableFuture<Submitted> begin() {
      StepContext step = StepContext.of(exchange);
      boolean mayBeOpen = step.resumed() || step.key().attempt() > 1;
      if (!change.skipIfThere() || mayBeOpen) {
        return open(change.skipIfThere());
      }
      return look.proof(central, change, null, caller)
          .thenCompose(
              there ->
                  there != null
                      ? CompletableFuture.completedFuture(new Submitted(null, null, there))
                      : open(false));
    }

    private CompletableFuture<Submitted> open(boolean checkFirst) {
      MutatingCalls.Intent intent =
          new MutatingCalls.Intent(
              central.name(), change.kind(), change.target(), change.targetName(), told());
      return effects
          .open(exchange, intent)
          .thenCompose(
              opened ->
                  switch (opened.situation()) {
                    case FRESH -> checkFirst ? unlessThere(opened) : send(opened);
                    case UNKNOWN -> {
                      unsure = true;
                      yield look(opened);
                    }
                    case ACCEPTED -> goOn(opened);
                    case DONE ->
                        CompletableFuture.completedFuture(
                            new Submitted(opened, null, recorded(opened)));
                  });
    }

    /** A dry run shows the call itself; in the history stands what it does. */
    private String told() {
      StepContext context = StepContext.of(exchange);
      return context.dry()
          ? change.write().apply(MutatingCalls.unsent(context.key())).told()
          : change.told();
    }

    private CompletableFuture<Submitted> unlessThere(Opened opened) {
      return look.proof(central, change, opened.effect(), caller)
          .thenCompose(there -> there == null ? send(opened) : over(opened, there));
    }

    private CompletableFuture<Submitted> goOn(Opened opened) {
      String task = opened.effect().taskExtId();
      if (task == null) { // taken without a task: what it did can only be looked up
        unsure = true;
        return look(opened);
      }
      return CompletableFuture.completedFuture(new Submitted(opened, task, null));
    }

    private Map<String, Object> recorded(Opened opened) {
      String result = opened.effect().result();
      try {
        return result == null ? Map.of() : JSON.readValue(result, MAP);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(
            "The result of effect " + opened.effect().id() + " is not a JSON object", e);
      }
    }

    private CompletableFuture<Submitted> over(Opened opened, Map<String, Object> result) {
      return done(opened, result).thenApply(ok -> new Submitted(opened, null, result));
    }

    private CompletableFuture<Submitted> send(Opened opened) {
      sendings++;
      Effect effect = opened.effect();
      PrismRequest bare = change.write().apply(effect).requestId(effect.requestId());
      return tagged(bare)
          .thenCompose(
              request -> calls.write(central, request, caller.telling(milestones, exchange)))
          .handle(
              (answer, error) -> error == null ? accepted(opened, answer) : refused(opened, error))
          .thenCompose(next -> next);
    }

    /** Entity tags go stale by any background update, so each sending reads a fresh one. */
    private CompletableFuture<PrismRequest> tagged(PrismRequest request) {
      PrismRequest read = change.tagged();
      return read == null
          ? CompletableFuture.completedFuture(request)
          : calls
              .read(central, read, caller)
              .thenApply(answer -> request.ifMatch(answer.entityTag()));
    }

    private CompletableFuture<Submitted> accepted(Opened opened, PrismAnswer answer) {
      milestones.reached("call-answered", exchange);
      String task = answer.taskExtId();
      if (task == null) {
        return over(opened, Map.of());
      }
      return effects.accepted(opened, task).thenApply(ok -> new Submitted(opened, task, null));
    }

    private CompletableFuture<Submitted> refused(Opened opened, Throwable error) {
      PrismProblem problem = PrismProblemsIn.find(error);
      if (problem == null) {
        return CompletableFuture.failedFuture(PrismProblemsIn.unwrap(error)); // a stop, a halt
      }
      if (problem.verdict() == PrismProblem.Verdict.UNKNOWN) {
        unsure = true;
        return look(opened);
      }
      boolean stale = problem.staleTag() && change.tagged() != null && ++staleTags < STALE_TAGS;
      if (unsure) {
        // An earlier sending may have got through; a stale tag can be its trace.
        return found(opened, problem, stale);
      }
      if (stale) {
        return send(opened);
      }
      return effects
          .refused(opened, String.valueOf(problem.getMessage()))
          .thenCompose(ok -> CompletableFuture.failedFuture(problem));
    }

    private CompletableFuture<Submitted> look(Opened opened) {
      return found(opened, null, true);
    }

    private CompletableFuture<Submitted> found(
        Opened opened, @Nullable PrismProblem refusal, boolean sendAgain) {
      return look.look(central, change, opened.effect(), caller, patience)
          .thenCompose(
              found -> {
                Map<String, Object> result = found.result();
                String task = found.taskExtId();
                if (result != null) {
                  return over(opened, result);
                }
                if (task != null) {
                  return effects
                      .accepted(opened, task)
                      .thenApply(ok -> new Submitted(opened, task, null));
                }
                return nothingFound(opened, refusal, sendAgain);
              });
    }

    private CompletableFuture<Submitted> nothingFound(
        Opened opened, @Nullable PrismProblem refusal, boolean sendAgain) {
      Duration age = Duration.between(opened.effect().journaledAt(), clock.now());
      if (age.compareTo(settle) < 0) {
        // What was sent a moment ago may not be visible yet.
        return look.pause(settle.minus(age)).thenCompose(ok -> found(opened, refusal, sendAgain));
      }
      if (refusal != null && refusal.verdict() == PrismProblem.Verdict.REFUSED && !sendAgain) {
        return effects
            .refused(opened, String.valueOf(refusal.getMessage()))
            .thenCompose(ok -> CompletableFuture.failedFuture(refusal));
      }
      if (sendAgain && sendings < SENDINGS) {
        return send(opened);
      }
      return CompletableFuture.failedFuture(
          refusal != null
              ? refusal
              : PrismProblem.of(
                  PrismProblem.Verdict.UNKNOWN,
                  "unknown-outcome",
                  change.told()
                      + " was sent "
                      + sendings
                      + " times to "
                      + central.name()
                      + ", the answers were lost and nothing of it can be found there; look before"
                      + " repeating it"));
    }
  }
}
