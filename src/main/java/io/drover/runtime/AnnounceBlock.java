package io.drover.runtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.ExecutionIds;
import io.drover.execution.Journal;
import io.drover.execution.OutboxMessage;
import io.drover.execution.StepKey;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Puts the body, a text, into the outbox for Slack. What becomes of it never decides an outcome.
 */
final class AnnounceBlock extends AsyncProcessorSupport {
  private final Journal journal;
  private final OutcomeCodec codec = new OutcomeCodec();

  AnnounceBlock(Journal journal) {
    this.journal = journal;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    StepKey key = StepContext.of(exchange).key();
    ObjectNode payload = codec.newObject();
    payload.put("text", exchange.getMessage().getBody(String.class));
    OutboxMessage message =
        new OutboxMessage(
            "slack",
            ExecutionIds.effect(key.execution(), key.step(), key.visit(), 1),
            payload.toString(),
            key.execution());
    journal
        .outbox(message)
        .whenComplete(
            (ok, error) -> {
              if (error != null) {
                exchange.setException(error);
              }
              callback.done(false);
            });
    return false;
  }
}
