package io.drover.api;

import io.drover.access.Caller;
import io.drover.api.Views.EffectView;
import io.drover.api.Views.ExecutionView;
import io.drover.api.Views.StepView;
import io.drover.execution.Artifacts;
import io.drover.execution.Artifacts.Artifact;
import io.drover.execution.Audit;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import io.drover.execution.Operations;
import io.drover.execution.Outcome;
import io.drover.execution.Plan;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

@RestController
@RequestMapping("/api/v1/executions")
@Tag(name = "Executions", description = "Runs of runbooks: their history, and what operators do")
class ExecutionsApi {
  private final Executions executions;
  private final Operations operations;
  private final Artifacts artifacts;
  private final Audit audit;
  private final Followers followers;

  ExecutionsApi(
      Executions executions,
      Operations operations,
      Artifacts artifacts,
      Audit audit,
      Followers followers) {
    this.executions = executions;
    this.operations = operations;
    this.artifacts = artifacts;
    this.audit = audit;
    this.followers = followers;
  }

  /** One page; {@code next} is the cursor of the page after it, null at the end. */
  record PageView(List<ExecutionView> rows, @Nullable String next) {}

  /** What goes back to an earlier recovery point first, if anything. */
  record RerunRequest(@Nullable String recoveryPoint) {}

  /** Why it is closed. */
  record ResolveRequest(String reason) {}

  @GetMapping
  @Operation(summary = "Executions, newest first")
  PageView list(
      @RequestParam(required = false) @Nullable String runbook,
      @RequestParam(required = false) @Nullable ExecutionState state,
      @RequestParam(required = false) @Nullable Outcome outcome,
      @RequestParam(required = false) @Nullable String requester,
      @RequestParam(required = false) @Nullable String vm,
      @RequestParam(required = false) @Nullable Instant from,
      @RequestParam(required = false) @Nullable Instant to,
      @RequestParam(defaultValue = "false") boolean topLevel,
      @RequestParam(defaultValue = "false") boolean needsHuman,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(defaultValue = "50") int limit) {
    if (limit < 1 || limit > 200) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1..200)");
    }
    Executions.Page page =
        executions.list(
            new Executions.Filter(
                runbook, state, outcome, requester, vm, from, to, topLevel, needsHuman),
            cursor,
            limit);
    return new PageView(page.rows().stream().map(ExecutionView::of).toList(), page.next());
  }

  @GetMapping("/{id}")
  @Operation(summary = "One execution")
  ExecutionView get(@PathVariable String id) {
    return ExecutionView.of(find(id));
  }

  @GetMapping("/{id}/children")
  @Operation(summary = "Its child executions, normally one per VM")
  List<ExecutionView> children(@PathVariable String id) {
    find(id);
    return executions.children(id).stream().map(ExecutionView::of).toList();
  }

  @GetMapping("/{id}/steps")
  @Operation(summary = "Its steps: every visit and attempt, in order")
  List<StepView> steps(@PathVariable String id) {
    find(id);
    return executions.steps(id).stream().map(StepView::of).toList();
  }

  @GetMapping("/{id}/effects")
  @Operation(summary = "Every mutating call it made, with request id and taskExtId")
  List<EffectView> effects(@PathVariable String id) {
    find(id);
    return executions.effects(id).stream().map(EffectView::of).toList();
  }

  @GetMapping("/{id}/plan")
  @Operation(summary = "What a dry run found that would be done, with its hash")
  Plan plan(@PathVariable String id) {
    return Plan.of(id, executions);
  }

  @GetMapping("/{id}/artifacts")
  @Operation(summary = "Reports and other results kept with it")
  List<Artifact> artifacts(@PathVariable String id) {
    find(id);
    return artifacts.of(id);
  }

  @GetMapping("/{id}/artifacts/{name}")
  @Operation(summary = "Download one of them")
  ResponseEntity<StreamingResponseBody> artifact(
      @PathVariable String id, @PathVariable String name) {
    Artifact artifact =
        artifacts
            .find(id, name)
            .orElseThrow(() -> new NoSuchElementException("There is no artifact " + name));
    return ResponseEntity.ok()
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment()
                .filename(artifact.name(), StandardCharsets.UTF_8)
                .build()
                .toString())
        .header("X-Content-Type-Options", "nosniff")
        .header("Content-Security-Policy", "sandbox")
        .contentType(MediaType.parseMediaType(artifact.mediaType()))
        .contentLength(artifact.size())
        .body(
            out -> {
              try (InputStream in = artifacts.open(id, name)) {
                in.transferTo(out);
              }
            });
  }

  @GetMapping(path = "/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  @Operation(
      summary = "Follow it live (Server-Sent Events)",
      description =
          "Events execution, child, step and effect, each with the whole current state, then end. A"
              + " client that reconnects gets the current states again.")
  SseEmitter events(@PathVariable String id) throws IOException {
    find(id);
    return followers.follow(id);
  }

  @PostMapping("/{id}/cancel")
  @Operation(summary = "Begin no further VM; those in flight finish or roll back")
  ExecutionView cancel(@PathVariable String id, @AuthenticationPrincipal Caller caller) {
    return ExecutionView.of(operations.cancel(id, caller.name()));
  }

  @PostMapping("/{id}/halt")
  @Operation(summary = "Make no further call after 5 s; touched VMs need a human then")
  ExecutionView halt(@PathVariable String id, @AuthenticationPrincipal Caller caller) {
    return ExecutionView.of(operations.halt(id, caller.name()));
  }

  @PostMapping("/{id}/retry")
  @Operation(summary = "Start anew for exactly the VMs that failed, were skipped or never began")
  ResponseEntity<ExecutionView> retry(
      @PathVariable String id, @AuthenticationPrincipal Caller caller, HttpServletRequest http) {
    return begun(operations.retry(id, caller.name()), "retry", id, caller, http);
  }

  @PostMapping("/{id}/rerun")
  @Operation(summary = "Start it again with the same inputs")
  ResponseEntity<ExecutionView> rerun(
      @PathVariable String id,
      @RequestBody(required = false) @Nullable RerunRequest request,
      @AuthenticationPrincipal Caller caller,
      HttpServletRequest http) {
    String point = request == null ? null : request.recoveryPoint();
    return begun(operations.rerun(id, caller.name(), point), "rerun", id, caller, http);
  }

  @PostMapping("/{id}/retry-rollback")
  @Operation(summary = "Try an unproven rollback again, under the lock it still holds")
  ResponseEntity<ExecutionView> retryRollback(
      @PathVariable String id, @AuthenticationPrincipal Caller caller, HttpServletRequest http) {
    return begun(operations.retryRollback(id, caller.name()), "retry-rollback", id, caller, http);
  }

  @PostMapping("/{id}/resolve")
  @Operation(summary = "Close one that needs a human, with a reason; its lock is released")
  ExecutionView resolve(
      @PathVariable String id,
      @RequestBody ResolveRequest request,
      @AuthenticationPrincipal Caller caller) {
    String reason = request.reason() == null ? "" : request.reason();
    return ExecutionView.of(operations.resolve(id, caller.name(), reason));
  }

  private ResponseEntity<ExecutionView> begun(
      Execution execution, String action, String from, Caller caller, HttpServletRequest http) {
    audit.record(caller.name(), action, from, execution.id(), http.getRemoteAddr());
    return ResponseEntity.created(URI.create("/api/v1/executions/" + execution.id()))
        .body(ExecutionView.of(execution));
  }

  private Execution find(String id) {
    return executions
        .find(id)
        .orElseThrow(() -> new NoSuchElementException("There is no execution " + id));
  }
}
