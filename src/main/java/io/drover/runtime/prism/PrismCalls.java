package io.drover.runtime.prism;

import io.drover.execution.ServedSystems;
import io.drover.prism.Namespace;
import io.drover.prism.PrismAnswer;
import io.drover.prism.PrismBudget;
import io.drover.prism.PrismProblem;
import io.drover.prism.PrismProblems;
import io.drover.prism.PrismRequest;
import io.drover.prism.PrismRequests;
import io.drover.prism.PrismSettings;
import io.drover.prism.RateAdvice;
import io.drover.prism.Tier;
import io.drover.prism.Timeline;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes calls: each in its tier's turn, with credentials of the moment, one login anew after a 401,
 * and repeated where that cannot do anything twice.
 */
final class PrismCalls {
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(200);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(20);
  private static final Logger LOG = LoggerFactory.getLogger(PrismCalls.class);
  private static final Pattern VERSION = Pattern.compile("v4\\.(\\d{1,3})(\\..*)?");

  private final PrismWire wire;
  private final Timeline timeline;
  private final Clock clock;
  private final Random jitter = new Random();
  private final @Nullable ServedSystems served;

  /**
   * @param served compares each system with the one that the ledger knows; null: nothing is
   *     compared
   */
  PrismCalls(PrismWire wire, Timeline timeline, Clock clock, @Nullable ServedSystems served) {
    this.wire = wire;
    this.timeline = timeline;
    this.clock = clock;
    this.served = served;
  }

  /** Effects and ids in the ledger mean one Prism Central; another of its name is not talked to. */
  private CompletableFuture<@Nullable Void> identify(PrismCentral central, ServedSystems ledger) {
    PrismRequest ask = PrismRequests.domainManagers();
    return new Call(central, ask, () -> ask, Caller.HOUSE, attempts(central))
        .begin()
        .handle(
            (answer, error) -> {
              if (error == null) {
                compare(central, ledger, answer);
                return null;
              }
              PrismProblem problem = PrismProblemsIn.find(error);
              if (problem == null || (problem.status() != 403 && problem.status() != 404)) {
                throw PrismProblemsIn.rethrown(error);
              }
              LOG.warn(
                  "{} does not tell its user which domain manager it is; it is not compared with"
                      + " the one that the ledger knows",
                  central.name());
              return null;
            });
  }

  private static void compare(PrismCentral central, ServedSystems ledger, PrismAnswer answer) {
    Set<String> found = new TreeSet<>();
    answer.data().forEach(row -> found.add(row.path("extId").asText()));
    boolean known =
        ledger.all().stream()
            .anyMatch(
                system ->
                    system.name().equals(central.name()) && found.contains(system.domainManager()));
    if (known || found.isEmpty()) {
      return;
    }
    try {
      ledger.serve(central.name(), found.iterator().next());
    } catch (ServedSystems.AnotherSystem e) {
      throw PrismProblem.of(
          PrismProblem.Verdict.REFUSED, "another-system", String.valueOf(e.getMessage()));
    }
  }

  /** A read, repeated while Prism is away, busy or asks for patience. */
  CompletableFuture<PrismAnswer> read(PrismCentral central, PrismRequest request, Caller caller) {
    return new Call(central, request, () -> request, caller, attempts(central)).begin();
  }

  /**
   * One read whose content is asked for when its turn has come; null then makes none. Not repeated
   * but after a 401.
   *
   * @param shape a request of the same tier and namespace
   */
  CompletableFuture<@Nullable PrismAnswer> readOnce(
      PrismCentral central,
      PrismRequest shape,
      Supplier<@Nullable PrismRequest> content,
      Caller caller) {
    return new Call(central, shape, content, caller, 1).begin();
  }

  /**
   * A write, sent again only where it certainly did not arrive. A {@link PrismProblem} of verdict
   * UNKNOWN means: look.
   */
  CompletableFuture<PrismAnswer> write(PrismCentral central, PrismRequest request, Caller caller) {
    return new Call(central, request, () -> request, caller, attempts(central)).begin();
  }

  private static int attempts(PrismCentral central) {
    PrismSettings.Calls calls = central.settings().calls();
    return calls == null || calls.attempts() == null ? 1 : calls.attempts();
  }

  private CompletableFuture<Integer> discover(PrismCentral central, Namespace namespace) {
    PrismRequest ask =
        new PrismRequest(
            "OPTIONS",
            namespace,
            List.of("unversioned", "info"),
            io.drover.odata.ODataQuery.ALL,
            null,
            Tier.DOMAIN_MANAGER_READ,
            null,
            null);
    return new Call(central, ask, () -> ask, Caller.HOUSE, attempts(central))
        .begin()
        .handle(
            (answer, error) -> {
              if (error == null) {
                return newest(namespace, answer);
              }
              PrismProblem problem = PrismProblemsIn.find(error);
              if (problem != null
                  && problem.status() >= 400
                  && problem.status() < 500
                  && problem.status() != 401) {
                return 0; // old Prism Centrals do not tell; they serve the first
              }
              throw PrismProblemsIn.rethrown(error);
            });
  }

  private static int newest(Namespace namespace, PrismAnswer answer) {
    Matcher version = VERSION.matcher(answer.data().asText(""));
    return version.matches()
        ? Math.min(Integer.parseInt(version.group(1)), namespace.newestKnown())
        : 0;
  }

  /** One call with its repetitions. */
  private final class Call {
    private final PrismCentral central;
    private final PrismRequest shape;
    private final Supplier<@Nullable PrismRequest> content;
    private final Caller caller;
    private final int attempts;
    private final long began = timeline.nanos();
    private final CompletableFuture<PrismAnswer> result = new CompletableFuture<>();
    private int attempt;
    private boolean loggedInAnew;

    Call(
        PrismCentral central,
        PrismRequest shape,
        Supplier<@Nullable PrismRequest> content,
        Caller caller,
        int attempts) {
      this.central = central;
      this.shape = shape;
      this.content = content;
      this.caller = caller;
      this.attempts = attempts;
    }

    CompletableFuture<PrismAnswer> begin() {
      attempt++;
      try {
        caller.ensureLive().run(); // what is found out on the way is a call, too
      } catch (RuntimeException stop) {
        result.completeExceptionally(stop);
        return result;
      }
      CompletableFuture<Integer> minor =
          shape.path().get(0).equals("unversioned")
              ? CompletableFuture.completedFuture(0)
              : central.minor(shape.namespace(), namespace -> discover(central, namespace));
      ServedSystems ledger = served;
      CompletableFuture<@Nullable Void> itself =
          ledger == null || shape.tier() == Tier.DOMAIN_MANAGER_READ
              ? CompletableFuture.completedFuture(null)
              : central.identity(() -> identify(central, ledger));
      itself
          .thenCompose(ok -> minor)
          .thenCompose(
              version ->
                  central
                      .budget()
                      .acquire(shape.tier(), caller.urgent())
                      .thenCompose(slot -> inTurn(slot, version)))
          .whenComplete((ok, error) -> failUnlessDone(error));
      return result;
    }

    private void failUnlessDone(@Nullable Throwable error) {
      if (error != null) {
        PrismProblem problem = PrismProblemsIn.find(error);
        result.completeExceptionally(problem == null ? PrismProblemsIn.unwrap(error) : problem);
      }
    }

    @SuppressWarnings("NullAway") // a call that found nothing to ask has no answer
    private CompletableFuture<@Nullable Void> inTurn(PrismBudget.Slot slot, int minor) {
      PrismRequest request;
      Credentials.Header who;
      try {
        caller.ensureLive().run();
        request = content.get();
        if (request == null) {
          slot.unused();
          result.complete(null);
          return CompletableFuture.completedFuture(null);
        }
        who = central.credentials().current();
      } catch (RuntimeException e) {
        slot.unused();
        throw e;
      }
      Runnable sent = () -> {};
      if (!request.reads()) {
        caller.passes().accept("call-before-send");
        sent = () -> caller.passes().accept("call-after-send");
      }
      return wire.send(central, request, minor, who, sent)
          .handle(
              (answer, error) -> {
                if (error != null) {
                  slot.lost();
                  lost(request, PrismProblemsIn.unwrap(error));
                } else {
                  answered(slot, request, who, answer);
                }
                return null;
              });
    }

    private void answered(
        PrismBudget.Slot slot, PrismRequest request, Credentials.Header who, PrismAnswer answer) {
      Instant now = clock.instant();
      RateAdvice advice = RateAdvice.of(answer::header, now);
      slot.answered(advice, answer.status());
      central.sawDate(answer.header("Date"), now);
      if (PrismProblems.fine(answer.status())) {
        PrismProblem garbled = PrismProblems.garbled(central.name(), request, answer);
        if (garbled == null) {
          result.complete(answer);
        } else {
          decide(garbled);
        }
        return;
      }
      if (answer.status() == 401 && central.credentials().rejected(who, loggedInAnew)) {
        loggedInAnew = true;
        attempt--;
        begin();
        return;
      }
      decide(PrismProblems.of(central.name(), request, answer, advice.retryAfter()));
    }

    private void lost(PrismRequest request, Throwable error) {
      if (error instanceof RejectedExecutionException || error instanceof InterruptedException) {
        result.completeExceptionally(error); // the house is stopping: not the call's failure
        return;
      }
      decide(connection(request, error));
    }

    private PrismProblem connection(PrismRequest request, Throwable error) {
      boolean read = request.reads();
      String told = error.getClass().getSimpleName();
      if (has(error, SSLHandshakeException.class)
          || has(error, SSLPeerUnverifiedException.class)
          || has(error, CertificateException.class)) {
        return new PrismProblem(
            PrismProblem.Verdict.REFUSED,
            "tls",
            0,
            List.of(),
            null,
            central.name()
                + ": its certificate is not trusted ("
                + told
                + "); nothing was sent. Configure tls.trust-pem with the certificate or its issuer",
            error);
      }
      if (has(error, BoundedAnswer.TooLarge.class)) {
        return new PrismProblem(
            read ? PrismProblem.Verdict.REFUSED : PrismProblem.Verdict.UNKNOWN,
            "answer-too-large",
            0,
            List.of(),
            null,
            central.name()
                + ": the answer to "
                + request.method()
                + " "
                + String.join("/", request.path())
                + " is larger than "
                + BoundedAnswer.MOST
                + " bytes; ask for fewer rows or fields",
            error);
      }
      boolean never =
          has(error, ConnectException.class)
              || has(error, ConnectTimeoutException.class)
              || has(error, ConnectionRequestTimeoutException.class)
              || has(error, UnknownHostException.class)
              || has(error, NoRouteToHostException.class);
      return new PrismProblem(
          never || read ? PrismProblem.Verdict.TRANSIENT : PrismProblem.Verdict.UNKNOWN,
          "connection",
          0,
          List.of(),
          null,
          central.name()
              + (never ? " cannot be reached (" : ": the answer was lost (")
              + told
              + ") at "
              + request.method()
              + " "
              + String.join("/", request.path()),
          error);
    }

    private void decide(PrismProblem problem) {
      PrismSettings.Calls calls = central.settings().calls();
      Duration patience = calls == null ? null : calls.patience();
      Duration wait = pause(problem.retryAfter());
      boolean time =
          patience == null || timeline.nanos() - began + wait.toNanos() <= patience.toNanos();
      if (problem.verdict() != PrismProblem.Verdict.TRANSIENT
          || problem.status() == 500
          || attempt >= attempts
          || !time) {
        result.completeExceptionally(problem);
        return;
      }
      timeline.after(wait, this::begin);
    }

    private Duration pause(@Nullable Duration retryAfter) {
      double backoff =
          Math.min(LONGEST_BACKOFF.toNanos(), FIRST_BACKOFF.toNanos() * Math.pow(2, attempt - 1.0));
      Duration own = Duration.ofNanos((long) (backoff * (0.5 + jitter.nextDouble())));
      return retryAfter != null && retryAfter.compareTo(own) > 0 ? retryAfter : own;
    }
  }

  private static boolean has(Throwable error, Class<? extends Throwable> type) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return true;
      }
    }
    return false;
  }
}
