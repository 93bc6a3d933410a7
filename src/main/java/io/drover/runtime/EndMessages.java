package io.drover.runtime;

import io.drover.execution.Execution;
import io.drover.execution.OutboxMessage;
import io.drover.execution.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the outside is told when an execution ends; written in the same commit as the outcome, so
 * that no page is lost.
 */
public interface EndMessages {

  List<OutboxMessage> of(Execution execution, Outcome outcome, @Nullable String reason);
}
