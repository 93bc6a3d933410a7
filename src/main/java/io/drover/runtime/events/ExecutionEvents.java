package io.drover.runtime.events;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Execution;
import io.drover.execution.LedgerClock;
import io.drover.execution.NewExecution;
import io.drover.execution.OutboxMessage;
import io.drover.execution.Outcome;
import io.drover.execution.Subject;
import io.drover.execution.Trigger;
import io.drover.runtime.EndMessages;
import io.drover.runtime.StartMessages;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event for each start and each end of an execution. It says who, what and how, and nothing of
 * inputs and results: who reads a topic need not be who may read those.
 */
final class ExecutionEvents implements StartMessages, EndMessages {
  private static final String CHANNEL = "events";

  private final EventsProperties settings;
  private final LedgerClock clock;
  private final ObjectMapper json = new ObjectMapper();

  ExecutionEvents(EventsProperties settings, LedgerClock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public List<OutboxMessage> of(NewExecution started) {
    if (!wanted(started.parent())) {
      return List.of();
    }
    return message(
        event(
            "started",
            started.id(),
            started.runbook(),
            started.version(),
            started.parent(),
            started.requester(),
            started.trigger(),
            started.subject()));
  }

  @Override
  public List<OutboxMessage> of(Execution ended, Outcome outcome, @Nullable String reason) {
    if (!wanted(ended.parent())) {
      return List.of();
    }
    ObjectNode event =
        event(
            "ended",
            ended.id(),
            ended.runbook(),
            ended.version(),
            ended.parent(),
            ended.requester(),
            ended.trigger(),
            ended.subject());
    event.put("outcome", outcome.name());
    if (reason != null) {
      event.put("reason", reason);
    }
    return message(event);
  }

  private boolean wanted(@Nullable String parent) {
    return settings.configured() && (parent == null || settings.children());
  }

  private ObjectNode event(
      String what,
      String execution,
      String runbook,
      String version,
      @Nullable String parent,
      String requester,
      Trigger trigger,
      @Nullable Subject vm) {
    ObjectNode event = json.createObjectNode();
    event.put("id", execution + "/" + what);
    event.put("type", "execution." + what);
    event.put("time", clock.now().toString());
    event.put("execution", execution);
    if (parent != null) {
      event.put("parent", parent);
    }
    event.put("runbook", runbook);
    event.put("version", version);
    event.put("requester", requester);
    event.put("trigger", trigger.kind().name());
    if (vm != null) {
      event
          .putObject("vm")
          .put("system", vm.system())
          .put("extId", vm.extId())
          .put("name", vm.name());
    }
    return event;
  }

  private static List<OutboxMessage> message(ObjectNode event) {
    return List.of(
        new OutboxMessage(
            CHANNEL,
            event.path("id").asText(),
            event.toString(),
            event.path("execution").asText()));
  }
}
