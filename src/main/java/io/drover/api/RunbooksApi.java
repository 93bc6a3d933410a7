package io.drover.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.access.Caller;
import io.drover.api.Views.ExecutionView;
import io.drover.execution.Audit;
import io.drover.execution.Executions;
import io.drover.execution.InvalidInput;
import io.drover.execution.Journal;
import io.drover.execution.Operations;
import io.drover.execution.Plan;
import io.drover.execution.Runbooks;
import io.drover.execution.Trigger;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/runbooks")
@Tag(name = "Runbooks", description = "What can be started")
class RunbooksApi {
  private final Runbooks runbooks;
  private final Executions executions;
  private final Audit audit;

  RunbooksApi(Runbooks runbooks, Executions executions, Audit audit) {
    this.runbooks = runbooks;
    this.executions = executions;
    this.audit = audit;
  }

  /** A runbook with the JSON Schema of its inputs. */
  record RunbookView(
      String name,
      String version,
      String description,
      boolean mutating,
      @Nullable JsonNode inputSchema) {
    static RunbookView of(Runbooks.Runbook r) {
      return new RunbookView(
          r.name(), r.version(), r.description(), r.mutating(), Views.json(r.schema()));
    }
  }

  /**
   * A wish to start one.
   *
   * @param notAfter no mutating step begins after it; null: no end
   * @param plan what was seen and is to happen; null: not compared
   */
  record StartRequest(
      @Nullable ObjectNode inputs, @Nullable Instant notAfter, @Nullable PlanReference plan) {}

  /**
   * A dry run that somebody looked at. The inputs are taken from it.
   *
   * @param execution the dry run
   * @param hash of its plan
   */
  record PlanReference(String execution, String hash) {}

  /** Inputs to try. */
  record DryRunRequest(@Nullable ObjectNode inputs) {}

  @GetMapping
  @Operation(summary = "All runbooks by name")
  List<RunbookView> list() {
    return runbooks.list().stream().map(RunbookView::of).toList();
  }

  @GetMapping("/{name}")
  @Operation(summary = "One runbook with its input schema")
  RunbookView get(@PathVariable String name) {
    return runbooks
        .find(name)
        .map(RunbookView::of)
        .orElseThrow(() -> new NoSuchElementException("There is no runbook " + name));
  }

  @PostMapping("/{name}/executions")
  @Operation(
      summary = "Start a runbook",
      description =
          "201 with the execution, as soon as it is recorded. The same Idempotency-Key again gives"
              + " 200 with the first one; with other inputs 409. With a plan: 409 when it does not"
              + " hold any more; every question of the execution shows the plan's hash.")
  ResponseEntity<ExecutionView> start(
      @PathVariable String name,
      @RequestBody StartRequest request,
      @Parameter(description = "1 to 200 printable ASCII characters")
          @RequestHeader(name = "Idempotency-Key", required = false)
          @Nullable String key,
      @AuthenticationPrincipal Caller caller,
      HttpServletRequest http) {
    if (key != null && !key.matches("[\\x21-\\x7e]{1,200}")) {
      throw new InvalidInput(
          List.of(
              new InvalidInput.Field(
                  "Idempotency-Key",
                  key.length() > 200 ? key.substring(0, 200) + "…" : key,
                  "1 to 200 printable ASCII characters")));
    }
    String inputs = request.inputs() == null ? "{}" : request.inputs().toString();
    String detail = "API";
    if (request.plan() != null) {
      inputs = planned(name, request, request.plan());
      detail = Plan.BOUND + request.plan().hash() + " of dry run " + request.plan().execution();
    }
    Journal.Created created =
        runbooks.start(
            new Runbooks.Start(
                name,
                inputs,
                caller.name(),
                new Trigger(Trigger.Kind.OPERATOR, detail),
                key,
                null,
                request.notAfter()));
    return answer(created, "start", name, caller, http);
  }

  @PostMapping("/{name}/dry-runs")
  @Operation(
      summary = "Say what a runbook would do, and change nothing",
      description =
          "Reads happen; the first call of each VM that would change something is recorded and not"
              + " made, with what would follow it. No VM is locked and nobody is told or asked."
              + " The plan is at /executions/{id}/plan.")
  ResponseEntity<ExecutionView> dryRun(
      @PathVariable String name,
      @RequestBody DryRunRequest request,
      @AuthenticationPrincipal Caller caller,
      HttpServletRequest http) {
    Journal.Created created =
        runbooks.start(
            new Runbooks.Start(
                name,
                request.inputs() == null ? "{}" : request.inputs().toString(),
                caller.name(),
                new Trigger(Trigger.Kind.DRY_RUN, "API"),
                null,
                null,
                null));
    return answer(created, "dry run", name, caller, http);
  }

  /** The inputs of a plan that still holds. */
  private String planned(String name, StartRequest request, PlanReference reference) {
    if (request.inputs() != null && !request.inputs().isEmpty()) {
      throw new InvalidInput(
          List.of(
              new InvalidInput.Field(
                  "inputs", request.inputs().toString(), "none: they are those of the plan")));
    }
    Plan plan = Plan.of(reference.execution(), executions);
    String version = get(name).version();
    String why =
        !plan.runbook().equals(name)
            ? "it is of runbook " + plan.runbook()
            : !plan.complete()
                ? "the dry run has not ended"
                : !plan.version().equals(version)
                    ? "the runbook is another version now: " + version
                    : !plan.hash().equals(reference.hash()) ? "its hash is another" : null;
    if (why != null) {
      throw new Operations.NotPossible(
          "Plan " + reference.execution() + " cannot be started: " + why);
    }
    return executions.find(plan.execution()).orElseThrow().inputs();
  }

  private ResponseEntity<ExecutionView> answer(
      Journal.Created created, String action, String name, Caller caller, HttpServletRequest http) {
    String id = created.execution().id();
    if (created.isNew()) {
      audit.record(caller.name(), action, id, name, http.getRemoteAddr());
    }
    URI location = URI.create("/api/v1/executions/" + id);
    return ResponseEntity.status(created.isNew() ? 201 : 200)
        .location(location)
        .body(ExecutionView.of(created.execution()));
  }
}
