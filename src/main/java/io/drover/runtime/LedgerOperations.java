package io.drover.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import io.drover.execution.Operations;
import io.drover.execution.OutboxMessage;
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
    if (recoveryPoint != null) {
      if (!execution.runbook().equals("patch-vm")) {
        throw new NotPossible(
            "Execution "
                + id
                + " is not the patch of one VM; only such a one can go back to a recovery point");
      }
      return goBack(execution, inputs, who, recoveryPoint);
    }
    inputs.remove("windowEnd");
    return start(execution, inputs, who, Trigger.Kind.RERUN);
  }

  private Execution goBack(
      Execution execution, ObjectNode patch, String who, String recoveryPoint) {
    patch.put("whenLocked", "refuse"); // it was this VM's turn a moment ago
    ObjectNode inputs = engine.codec().newObject();
    inputs.set("system", patch.path("system"));
    inputs.set("extId", patch.path("extId"));
    inputs.put("recoveryPoint", recoveryPoint);
    inputs.put("rerunOf", execution.id());
    inputs.set("patch", patch);
    return runbooks
        .start(
            new Runbooks.Start(
                "go-back-vm",
                inputs.toString(),
                who,
                new Trigger(Trigger.Kind.RERUN, execution.id()),
                null,
                execution.id(),
                null))
        .execution();
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
    inputs.put("execution", id);
    if (!inputs.has("recoveryPoint")) {
      inputs.put("markerOf", id);
      inputs.set("recoveryPoint", body(execution, "create-recovery-point"));
      inputs.set("address", body(execution, "check-eligibility").path("address"));
      JsonNode rebooted = body(execution, "reboot").path("bootId");
      JsonNode before = body(execution, "read-boot-id").path("bootId");
      JsonNode last = rebooted.isTextual() ? rebooted : before;
      if (last.isTextual()) {
        inputs.set("bootId", last);
      }
    }
    if (!inputs.path("recoveryPoint").isObject() || !inputs.path("address").isTextual()) {
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
    ObjectNode event = engine.codec().newObject();
    event.put("event_action", "resolve").put("dedup_key", "drover/" + id);
    engine.journal().outbox(new OutboxMessage("pager", "resolved/" + id, event.toString(), id));
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

  /** What a step of the execution left as its body; missing if it never succeeded. */
  private JsonNode body(Execution execution, String step) {
    JsonNode body = engine.codec().read("{}").path("missing");
    for (StepRecord record : executions.steps(execution.id())) {
      if (record.key().step().equals(step)
          && record.state() == StepRecord.State.SUCCEEDED
          && record.outcome() != null) {
        body = engine.codec().read(record.outcome()).path("body");
      }
    }
    return body;
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
    if (execution.dry()) {
      throw new NotPossible("Execution " + id + " is a dry run; start the runbook itself");
    }
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
