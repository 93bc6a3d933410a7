package io.drover.execution;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An execution about to be recorded.
 *
 * @param id a sortable id from {@link ExecutionIds}
 * @param runbook the runbook's plain name
 * @param version hash of the route file's text it will run on
 * @param parent the execution that starts it; null for a top-level one
 * @param key names it inside its parent (unique there); null for a top-level one
 * @param requester who asked; for a schedule its configured owner
 * @param trigger what started it
 * @param inputs a JSON object, already validated
 * @param priority larger first; 0 is usual, rollbacks use 100
 * @param notAfter the window's end: no mutating step begins after it; null means no end
 * @param rerunOf the execution that this one repeats; null if none
 * @param subject the VM it works on; null if none or not known yet
 */
public record NewExecution(
    String id,
    String runbook,
    String version,
    @Nullable String parent,
    @Nullable String key,
    String requester,
    Trigger trigger,
    String inputs,
    int priority,
    @Nullable Instant notAfter,
    @Nullable String rerunOf,
    @Nullable Subject subject) {}
