package io.drover.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.StepRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the API shows of the ledger. */
final class Views {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Views() {}

  /** An execution; times in UTC. */
  record ExecutionView(
      String id,
      String runbook,
      String version,
      @Nullable String parent,
      @Nullable String key,
      String root,
      String state,
      @Nullable String outcome,
      @Nullable String reason,
      String requester,
      String trigger,
      String triggerDetail,
      @Nullable JsonNode inputs,
      @Nullable JsonNode result,
      @Nullable VmView vm,
      Instant createdAt,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable Instant wakeAt,
      @Nullable String waitingFor,
      @Nullable Instant notAfter,
      boolean cancelRequested,
      boolean haltRequested,
      @Nullable String rerunOf,
      @Nullable String resolution) {
    static ExecutionView of(Execution e) {
      return new ExecutionView(
          e.id(),
          e.runbook(),
          e.version(),
          e.parent(),
          e.key(),
          e.root(),
          e.state().name(),
          e.outcome() == null ? null : e.outcome().name(),
          e.reason(),
          e.requester(),
          e.trigger().kind().name(),
          e.trigger().detail(),
          json(e.inputs()),
          json(e.result()),
          e.subject() == null
              ? null
              : new VmView(e.subject().system(), e.subject().extId(), e.subject().name()),
          e.createdAt(),
          e.startedAt(),
          e.endedAt(),
          e.wakeAt(),
          e.waitingFor(),
          e.notAfter(),
          e.cancelRequested(),
          e.haltRequested(),
          e.rerunOf(),
          e.resolution());
    }
  }

  /** The VM that an execution works on. */
  record VmView(String system, String extId, String name) {}

  /** One attempt of one visit of a step. */
  record StepView(
      String step,
      int visit,
      int attempt,
      int seq,
      boolean recovery,
      String state,
      @Nullable String errorKind,
      @Nullable String errorMessage,
      Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable JsonNode outcome) {
    static StepView of(StepRecord s) {
      return new StepView(
          s.key().step(),
          s.key().visit(),
          s.key().attempt(),
          s.seq(),
          s.recovery(),
          s.state().name(),
          s.errorKind(),
          s.errorMessage(),
          s.startedAt(),
          s.endedAt(),
          json(s.outcome()));
    }
  }

  /** One mutating call. */
  record EffectView(
      String id,
      String step,
      int visit,
      int attempt,
      int ordinal,
      String system,
      String kind,
      String target,
      @Nullable String targetName,
      String requestId,
      String request,
      String state,
      @Nullable String taskExtId,
      @Nullable JsonNode result,
      Instant journaledAt,
      @Nullable Instant endedAt) {
    static EffectView of(Effect e) {
      return new EffectView(
          e.id(),
          e.step(),
          e.visit(),
          e.attempt(),
          e.ordinal(),
          e.system(),
          e.kind(),
          e.target(),
          e.targetName(),
          e.requestId(),
          e.request(),
          e.state().name(),
          e.taskExtId(),
          json(e.result()),
          e.journaledAt(),
          e.endedAt());
    }
  }

  /** JSON as it is stored; a text that is none stays a text. */
  static @Nullable JsonNode json(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return JSON.getNodeFactory().textNode(text);
    }
  }
}
