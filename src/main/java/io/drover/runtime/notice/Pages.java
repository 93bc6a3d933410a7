package io.drover.runtime.notice;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.OutboxMessage;
import io.drover.execution.Outcome;
import io.drover.execution.Subject;
import io.drover.runtime.EndMessages;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pages on-call when an execution ended so that a person has to know. A VM's own execution pages;
 * the window above it does not page once more for the same.
 */
final class Pages implements EndMessages {
  static final String CHANNEL = "pager";
  private static final int SUMMARY = 1_024; // PagerDuty Events v2: the most it takes

  private final Executions executions;
  private final ObjectMapper json = new ObjectMapper();

  Pages(Executions executions) {
    this.executions = executions;
  }

  @Override
  public List<OutboxMessage> of(Execution execution, Outcome outcome, @Nullable String reason) {
    String severity = severity(outcome);
    if (severity == null
        || (execution.subject() == null && !executions.children(execution.id()).isEmpty())) {
      return List.of();
    }
    Subject vm = execution.subject();
    String what = vm == null ? execution.runbook() : "VM " + vm.name();
    String summary =
        what
            + ": "
            + outcome.name().replace('_', ' ').toLowerCase(java.util.Locale.ROOT)
            + (reason == null ? "" : ". " + reason);
    ObjectNode event = json.createObjectNode();
    event.put("event_action", "trigger");
    event.put("dedup_key", "drover/" + execution.id());
    ObjectNode payload = event.putObject("payload");
    payload.put("summary", cut(summary));
    payload.put("severity", severity);
    payload.put("component", vm == null ? execution.runbook() : vm.name());
    payload.put("group", execution.runbook());
    payload.put("class", outcome.name());
    ObjectNode details = payload.putObject("custom_details");
    details.put("execution", execution.id());
    details.put("outcome", outcome.name());
    details.put("requester", execution.requester());
    if (vm != null) {
      details.put("system", vm.system());
      details.put("vm", vm.extId());
    }
    return List.of(
        new OutboxMessage(CHANNEL, "end/" + execution.id(), event.toString(), execution.id()));
  }

  private static @Nullable String severity(Outcome outcome) {
    return switch (outcome) {
      case ROLLBACK_UNPROVEN, NEEDS_HUMAN, FAILED_CHANGED -> "critical";
      case ROLLED_BACK -> "warning";
      case SUCCEEDED, SKIPPED, FAILED_UNCHANGED, REJECTED, CANCELLED -> null;
    };
  }

  private static String cut(String text) {
    return text.codePointCount(0, text.length()) <= SUMMARY
        ? text
        : text.substring(0, text.offsetByCodePoints(0, SUMMARY - 1)) + "…";
  }
}
