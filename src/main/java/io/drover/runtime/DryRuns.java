package io.drover.runtime;

import io.drover.catalog.Kamelet;
import io.drover.catalog.Known;
import io.drover.execution.Effect;
import io.drover.execution.ExecutionIds;
import io.drover.execution.Executions;
import io.drover.execution.Journal;
import io.drover.execution.LedgerClock;
import io.drover.execution.StepKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.StepDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.jspecify.annotations.Nullable;

/**
 * What a dry run writes down. Until its first call that would change something, an execution is a
 * real one: it reads, decides and starts children. That call is recorded as it would have been made
 * and not made. Whatever follows would depend on its answer, so from there on the route itself is
 * read: the calls it expects to make, what it waits for, and what would undo them.
 */
final class DryRuns {
  /** Kind of the failure by which a recorded call ends its step. */
  static final String KIND = "dry-run";

  /** What is said of an execution that would have changed something. */
  static final String TOLD = "Dry run: nothing was changed";

  private static final String TELL = "tell-";
  static final String ASK = "approval:";
  private static final String KAMELET = "kamelet:";
  private static final int MOST = 200;
  private static final Map<String, Kamelet> KAMELETS = Known.packaged().kamelets();

  private final Journal journal;
  private final LedgerClock clock;

  DryRuns(Journal journal, LedgerClock clock) {
    this.journal = journal;
    this.clock = clock;
  }

  /** Writes down what would have been done; completes when it is in the ledger. */
  CompletableFuture<@Nullable Void> record(StepContext context, MutatingCalls.Intent intent) {
    return write(context, context.key().step(), intent, Effect.State.RECORDED);
  }

  /**
   * Writes down what would be told to somebody.
   *
   * @param text left out once a call was recorded before: what would be told depends on its answer
   */
  CompletableFuture<@Nullable Void> tell(
      StepContext context, String channel, String text, Executions executions) {
    boolean known = !recorded(context.key().execution(), executions);
    return record(
        context,
        new MutatingCalls.Intent(
            channel, TELL + channel, channel, null, known ? text : "(depends on what happened)"));
  }

  /** Whether a call that changes something was recorded by an execution or a child of it. */
  static boolean recorded(String execution, Executions executions) {
    return executions.effects(execution).stream()
            .anyMatch(
                effect ->
                    effect.state() == Effect.State.RECORDED
                        && !effect.kind().startsWith(TELL)
                        && !effect.kind().startsWith(ASK))
        || executions.children(execution).stream()
            .anyMatch(child -> recorded(child.id(), executions));
  }

  private CompletableFuture<@Nullable Void> write(
      StepContext context, String step, MutatingCalls.Intent intent, Effect.State state) {
    StepKey key = context.key();
    int ordinal = context.nextOrdinal();
    String id = ExecutionIds.effect(key.execution(), key.step(), key.visit(), ordinal);
    Effect effect =
        new Effect(
            id,
            key.execution(),
            step,
            key.visit(),
            key.attempt(),
            ordinal,
            intent.system(),
            intent.kind(),
            intent.target(),
            intent.targetName(),
            ExecutionIds.requestId(id),
            intent.request(),
            state,
            null,
            null,
            clock.now(),
            clock.now());
    context.add(effect);
    return journal.effectJournaled(effect);
  }

  /** By which the step of a recorded call ends. */
  static CallFailure recorded(String what) {
    return new CallFailure(CallFailure.Verdict.REFUSED, KIND, "Dry run: not done: " + what);
  }

  /** Writes down what a step's route would go on to do after the call that was recorded in it. */
  CompletableFuture<@Nullable Void> expect(
      Exchange exchange, StepContext context, ProcessorDefinition<?> step) {
    String system = text(exchange, "system");
    String target = text(exchange, "vmExtId");
    String name = text(exchange, "vmName");
    CompletableFuture<@Nullable Void> all = CompletableFuture.completedFuture(null);
    for (Expected next : following(step)) {
      String request = exchange.getContext().resolvePropertyPlaceholders(next.request);
      MutatingCalls.Intent intent =
          new MutatingCalls.Intent(
              system.isEmpty() ? "-" : system, next.kind, target, name, request);
      all =
          all.thenCombine(write(context, next.step, intent, Effect.State.EXPECTED), (a, b) -> null);
    }
    return all;
  }

  private static String text(Exchange exchange, String variable) {
    Object value = exchange.getVariable(variable);
    return value == null ? "" : value.toString();
  }

  /** The rest of the route in its order, then its ways back. */
  private static List<Expected> following(ProcessorDefinition<?> step) {
    List<Expected> found = new ArrayList<>();
    boolean recorded = false;
    for (ProcessorDefinition<?> to : calls(step)) {
      boolean changing = changing(uri(to));
      if (recorded || !changing) {
        add(to, "then", !recorded, found);
      }
      recorded |= changing;
    }
    RouteDefinition route = null;
    ProcessorDefinition<?> at = step;
    while (at != null && route == null) {
      ProcessorDefinition<?> parent = at.getParent();
      if (parent != null) {
        boolean behind = false;
        for (ProcessorDefinition<?> sibling : parent.getOutputs()) {
          if (behind && !branch(sibling)) {
            calls(sibling).forEach(to -> add(to, "then", false, found));
          }
          behind |= sibling == at;
        }
      }
      route = parent instanceof RouteDefinition whole ? whole : null;
      at = parent;
    }
    if (route != null) {
      for (ProcessorDefinition<?> output : route.getOutputs()) {
        if (output instanceof OnExceptionDefinition back) {
          calls(back).forEach(to -> add(to, "if it fails", false, found));
        }
      }
    }
    return found.subList(0, Math.min(MOST, found.size()));
  }

  /** Another branch of the same choice or try is taken instead, not afterwards. */
  private static boolean branch(ProcessorDefinition<?> sibling) {
    return sibling instanceof OnExceptionDefinition
        || sibling.getShortName().equals("when")
        || sibling.getShortName().equals("otherwise")
        || sibling.getShortName().equals("doCatch");
  }

  private static List<ProcessorDefinition<?>> calls(ProcessorDefinition<?> under) {
    List<ProcessorDefinition<?>> calls = new ArrayList<>();
    if (under instanceof ToDefinition || under instanceof ToDynamicDefinition) {
      calls.add(under);
    }
    for (ProcessorDefinition<?> output : under.getOutputs()) {
      calls.addAll(calls(output));
    }
    return calls;
  }

  private static String uri(ProcessorDefinition<?> call) {
    String uri =
        call instanceof ToDefinition to
            ? to.getEndpointUri()
            : call instanceof ToDynamicDefinition dynamic ? dynamic.getUri() : null;
    return uri == null ? "" : uri;
  }

  private static boolean changing(String uri) {
    Kamelet kamelet = kamelet(uri);
    return kamelet != null && kamelet.effect() != Kamelet.Effect.READS;
  }

  private static @Nullable Kamelet kamelet(String uri) {
    return uri.startsWith(KAMELET) ? KAMELETS.get(name(uri)) : null;
  }

  private static String name(String uri) {
    String name = uri.substring(uri.indexOf(':') + 1).replaceFirst("[?].*", "");
    // The loader gives a file's own sub-routes and runbooks their version.
    return name.replaceFirst("--[0-9a-f]{12}$", "");
  }

  private static void add(
      ProcessorDefinition<?> call, String when, boolean onlyWaits, List<Expected> found) {
    String uri = uri(call);
    Kamelet kamelet = kamelet(uri);
    String given = uri.indexOf('?') < 0 ? "" : " with " + uri.substring(uri.indexOf('?') + 1);
    if (kamelet != null) {
      boolean waits = kamelet.name().contains("-await-");
      if (waits) {
        found.add(
            new Expected(step(call), kamelet.name(), when + ": wait: " + kamelet.title() + given));
      } else if (kamelet.effect() != Kamelet.Effect.READS && !onlyWaits) {
        String undone =
            kamelet.undoneBy().isEmpty()
                ? ""
                : "; undone by " + String.join(", ", kamelet.undoneBy());
        found.add(
            new Expected(
                step(call), kamelet.name(), when + ": " + kamelet.title() + given + undone));
      }
    } else if (uri.startsWith("runbook:") && !onlyWaits) {
      found.add(
          new Expected(step(call), "runbook:" + name(uri), when + ": start runbook " + name(uri)));
    } else if (uri.startsWith("approval:") && !onlyWaits) {
      found.add(
          new Expected(step(call), "approval:" + name(uri), when + ": ask for approval" + given));
    }
  }

  /** The step that a call stands in; its own id where it stands in none. */
  private static String step(ProcessorDefinition<?> call) {
    ProcessorDefinition<?> at = call;
    while (at.getParent() != null && !(at instanceof StepDefinition)) {
      at = at.getParent();
    }
    String id = at instanceof StepDefinition ? at.getId() : null;
    return id == null ? "-" : id.substring(id.lastIndexOf('/') + 1);
  }

  private record Expected(String step, String kind, String request) {}
}
