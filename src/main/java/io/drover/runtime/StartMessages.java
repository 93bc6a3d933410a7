package io.drover.runtime;

import io.drover.execution.NewExecution;
import io.drover.execution.OutboxMessage;
import java.util.List;

/** What the outside is told when an execution is started; written in the same commit. */
public interface StartMessages {

  List<OutboxMessage> of(NewExecution execution);
}
