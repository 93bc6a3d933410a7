package io.drover.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.access.Caller;
import io.drover.approval.ApprovalRequest;
import io.drover.approval.Approvals;
import io.drover.approval.Decision;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/approvals")
@Tag(name = "Approvals", description = "What executions wait for people to decide")
class ApprovalsApi {
  private final Approvals approvals;

  ApprovalsApi(Approvals approvals) {
    this.approvals = approvals;
  }

  /**
   * A decision.
   *
   * @param reason 3 to 1,000 characters
   * @param hash of what was seen; refused when something else is asked now. Null: not compared
   */
  record DecisionRequest(String reason, @Nullable String hash) {}

  /** A question, what it shows and what was said. */
  record ApprovalView(
      String id,
      String execution,
      String step,
      int round,
      String gate,
      String requester,
      String approvers,
      int needed,
      ApprovalRequest.State state,
      @Nullable JsonNode shown,
      String hash,
      Instant createdAt,
      Instant expiresAt,
      @Nullable Instant settledAt,
      List<Decision> decisions) {}

  @GetMapping
  @Operation(summary = "Questions, newest first; open ones unless another state is asked for")
  List<ApprovalView> list(
      @RequestParam(defaultValue = "OPEN") ApprovalRequest.State state,
      @RequestParam(defaultValue = "50") int limit) {
    if (limit < 1 || limit > 200) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1..200)");
    }
    return approvals.list(state, limit).stream().map(this::view).toList();
  }

  @GetMapping("/{id}")
  @Operation(summary = "One question")
  ApprovalView get(@PathVariable String id) {
    return approvals
        .find(id)
        .map(this::view)
        .orElseThrow(() -> new NoSuchElementException("There is no approval " + id));
  }

  @PostMapping("/{id}/approve")
  @Operation(summary = "Say yes; when enough have, the execution goes on")
  ApprovalView approve(
      @PathVariable String id,
      @RequestBody DecisionRequest request,
      @AuthenticationPrincipal Caller caller,
      HttpServletRequest http) {
    return decide(id, request, true, caller, http);
  }

  @PostMapping("/{id}/reject")
  @Operation(summary = "Say no; one no is a no")
  ApprovalView reject(
      @PathVariable String id,
      @RequestBody DecisionRequest request,
      @AuthenticationPrincipal Caller caller,
      HttpServletRequest http) {
    return decide(id, request, false, caller, http);
  }

  private ApprovalView decide(
      String id, DecisionRequest request, boolean yes, Caller caller, HttpServletRequest http) {
    String reason = request.reason() == null ? "" : request.reason().strip();
    if (reason.length() < 3 || reason.length() > 1_000) {
      throw new IllegalArgumentException("reason: (expected: 3 to 1000 characters)");
    }
    Approvals.Decider decider =
        new Approvals.Decider(caller.name(), caller.groups(), http.getRemoteAddr());
    return view(approvals.decide(id, decider, yes, reason, request.hash()));
  }

  private ApprovalView view(ApprovalRequest request) {
    return new ApprovalView(
        request.id(),
        request.execution(),
        request.step(),
        request.round(),
        request.gate(),
        request.requester(),
        request.approvers().toString(),
        request.needed(),
        request.state(),
        Views.json(request.shown()),
        request.hash(),
        request.createdAt(),
        request.expiresAt(),
        request.settledAt(),
        approvals.decisions(request.id()));
  }
}
