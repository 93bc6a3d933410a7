package io.drover.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.access.Caller;
import io.drover.api.Views.ExecutionView;
import io.drover.execution.Audit;
import io.drover.execution.InvalidInput;
import io.drover.execution.Journal;
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
  private final Audit audit;

  RunbooksApi(Runbooks runbooks, Audit audit) {
    this.runbooks = runbooks;
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
   */
  record StartRequest(@Nullable ObjectNode inputs, @Nullable Instant notAfter) {}

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
              + " 200 with the first one; with other inputs 409.")
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
    Journal.Created created =
        runbooks.start(
            new Runbooks.Start(
                name,
                request.inputs() == null ? "{}" : request.inputs().toString(),
                caller.name(),
                new Trigger(Trigger.Kind.OPERATOR, "API"),
                key,
                null,
                request.notAfter()));
    String id = created.execution().id();
    if (created.isNew()) {
      audit.record(caller.name(), "start", id, name, http.getRemoteAddr());
    }
    URI location = URI.create("/api/v1/executions/" + id);
    return ResponseEntity.status(created.isNew() ? 201 : 200)
        .location(location)
        .body(ExecutionView.of(created.execution()));
  }
}
