package io.drover.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.ExecutionIds;
import io.drover.execution.Journal;
import io.drover.execution.OutboxMessage;
import io.drover.execution.StepKey;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.CamelContextHelper;
import org.jspecify.annotations.Nullable;

/**
 * Puts the body into the outbox for a channel: a map as it is, anything else as the text of a
 * message. One message a step and channel; the same step of a resumed execution puts it there once.
 * What becomes of it never decides an outcome.
 */
public final class OutboxBlock extends AsyncProcessorSupport {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Journal journal;
  private final String channel;

  public OutboxBlock(Journal journal, String channel) {
    this.journal = journal;
    this.channel = channel;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    StepContext context = StepContext.of(exchange);
    StepKey key = context.key();
    OutboxMessage message =
        new OutboxMessage(
            channel,
            ExecutionIds.effect(key.execution(), key.step(), key.visit(), 1),
            payload(exchange).toString(),
            key.execution());
    write(exchange, context, message)
        .whenComplete(
            (ok, error) -> {
              if (error != null) {
                exchange.setException(error);
              }
              callback.done(false);
            });
    return false;
  }

  private CompletableFuture<@Nullable Void> write(
      Exchange exchange, StepContext context, OutboxMessage message) {
    if (!context.dry()) {
      return journal.outbox(message);
    }
    Engine engine =
        CamelContextHelper.mandatoryLookup(exchange.getContext(), Engine.NAME, Engine.class);
    return engine.dryRuns().tell(context, channel, message.payload(), engine.executions());
  }

  private static ObjectNode payload(Exchange exchange) {
    return exchange.getMessage().getBody() instanceof Map<?, ?> map
        ? JSON.valueToTree(map)
        : JSON.createObjectNode().put("text", exchange.getMessage().getBody(String.class));
  }
}
