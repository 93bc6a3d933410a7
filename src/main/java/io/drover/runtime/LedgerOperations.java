package io.drover.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import io.drover.execution.Operations;
import io.drover.execution.Outcome;
import io.drover.execution.Runbooks;
import io.drover.execution.StepRecord;
import io.drover.execution.Trigger;
import java.util.LinkedHashSet;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What operators do, carried out on the ledger and on what this process drives. */
final class LedgerOperations implements Operations {
  private final Engine engine;
  private final Executions executions;
  private final Runbooks runbooks;
  private final JournaledCalls calls;

  LedgerOperations(Engine engine, Executions executions, Runbooks runbooks, JournaledCalls calls) {
    this.engine = engine;
    this.executions = executions;
    this.runbooks = runbooks;
    this.calls = calls;
  }

  @Override
  public Execution cancel(String id, String who) {
    open(id);
    executions.requestCancel(id, who);
    below(id).forEach(engine::cancel);
    executions.wake(id);
    return find(id);
  }

  @Override
  public Execution halt(String id, String who) {
    open(id);
    executions.requestHalt(id, who);
    below(id).forEach(engine::halt);
    calls.releaseAll();
    executions.wake(id);
    return find(id);
  }

  @Override
  public Execution retry(String id, String who) {
    Execution execution = ended(id);
    JsonNode result = execution.result() == null ? null : engine.codec().read(execution.result());
    ArrayNode again = (ArrayNode) engine.codec().raw("[]");
    if (result != null && result.path("vms").isArray()) {
      for (JsonNode row : result.path("vms")) {
        Outcome outcome = Outcome.valueOf(row.path("outcome").asText());
        if (outcome != Outcome.SUCCEEDED && outcome.safe()) {
          again.add(row.path("vm").asText());
        }
      }
    } else {
      for (Execution child : executions.children(id)) {
        Outcome outcome = child.outcome();
        if (outcome != null
            && outcome != Outcome.SUCCEEDED
            && outcome.safe()
            && child.key() != null) {
          again.add(child.key());
        }
      }
    }
    if (again.isEmpty()) {
      throw new NotPossible(
          "Execution "
              + id
              + " has no child that failed, was skipped or never began; those that need a human are resolved first");
    }
    ObjectNode inputs = (ObjectNode) engine.codec().read(execution.inputs());
    inputs.remove("categories");
    inputs.remove("windowEnd"); // that window is over; its length, if it has one, counts from now
    inputs.set("vms", again);
    return start(execution, inputs, who, Trigger.Kind.RETRY);
  }

  @Override
  public Execution rerun(String id, String who, @Nullable String recoveryPoint) {
    Execution execution = ended(id);
    ObjectNode inputs = (ObjectNode) engine.codec().read(execution.inputs());
    inputs.remove("goBackTo");
    if (recoveryPoint != null) {
      if (execution.subject() == null) {
        throw new NotPossible(
            "Execution "
                + id
                + " is not about one VM; only such a one can go back to a recovery point");
      }
      inputs.put("goBackTo", recoveryPoint);
    }
    inputs.remove("windowEnd");
    return start(execution, inputs, who, Trigger.Kind.RERUN);
  }

  @Override
  public Execution retryRollback(String id, String who) {
    Execution execution = ended(id);
    boolean open =
        (execution.outcome() == Outcome.ROLLBACK_UNPROVEN
                || execution.outcome() == Outcome.NEEDS_HUMAN)
            && execution.resolution() == null;
    if (!open || execution.subject() == null) {
      throw new NotPossible(
          "Execution " + id + " has no rollback to retry: it is " + execution.outcome());
    }
    ObjectNode inputs = (ObjectNode) engine.codec().read(execution.inputs());
    inputs.remove("goBackTo");
    inputs.put("execution", id);
    if (inputs.path("recoveryPoint").isMissingNode()) {
      inputs.set("recoveryPoint", variable(execution, "recoveryPoint"));
      JsonNode boot = variable(execution, "bootId");
      if (!boot.isMissingNode()) {
        inputs.set("bootId", boot);
      }
    }
    if (!inputs.path("recoveryPoint").isObject()) {
      throw new NotPossible("Execution " + id + " has no recovery point of its own");
    }
    return runbooks
        .start(
            new Runbooks.Start(
                "roll-back-vm",
                inputs.toString(),
                who,
                new Trigger(Trigger.Kind.RETRY, id),
                null,
                id,
                null))
        .execution();
  }

  @Override
  public Execution resolve(String id, String who, String reason) {
    if (reason.strip().length() < 3) {
      throw new NotPossible("reason: \"" + reason + "\" (expected: at least 3 characters)");
    }
    find(id);
    if (!executions.resolve(id, who, reason.strip())) {
      throw new NotPossible("Execution " + id + " has nothing to resolve");
    }
    return find(id);
  }

  private Execution start(Execution before, ObjectNode inputs, String who, Trigger.Kind kind) {
    return runbooks
        .start(
            new Runbooks.Start(
                before.runbook(),
                inputs.toString(),
                who,
                new Trigger(kind, before.id()),
                null,
                before.id(),
                null))
        .execution();
  }

  /** The value that the execution's steps last set. */
  private JsonNode variable(Execution execution, String name) {
    JsonNode value = engine.codec().read("{}").path("missing");
    for (StepRecord step : executions.steps(execution.id())) {
      if (step.outcome() != null) {
        JsonNode set = engine.codec().read(step.outcome()).path("set").path(name);
        value = set.isMissingNode() ? value : set;
      }
    }
    return value;
  }

  private Set<String> below(String id) {
    Set<String> ids = new LinkedHashSet<>();
    ids.add(id);
    executions.children(id).stream()
        .filter(child -> child.state() != ExecutionState.ENDED)
        .forEach(child -> ids.addAll(below(child.id())));
    return ids;
  }

  private Execution find(String id) {
    return executions
        .find(id)
        .orElseThrow(() -> new NoSuchElementException("There is no execution " + id));
  }

  private Execution open(String id) {
    Execution execution = find(id);
    if (execution.state() == ExecutionState.ENDED) {
      throw new NotPossible("Execution " + id + " has ended " + execution.outcome());
    }
    return execution;
  }

  private Execution ended(String id) {
    Execution execution = find(id);
    if (execution.state() != ExecutionState.ENDED) {
      throw new NotPossible("Execution " + id + " is still " + execution.state());
    }
    return execution;
  }

  /** Effects whose fate nobody followed to the end. */
  static boolean unfinished(Effect effect) {
    return effect.state() == Effect.State.JOURNALED || effect.state() == Effect.State.ACCEPTED;
  }
}
