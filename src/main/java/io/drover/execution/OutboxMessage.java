package io.drover.execution;

import org.jspecify.annotations.Nullable;

/**
 * Something to tell the outside, at least once.
 *
 * @param channel the door it leaves by: {@code slack}, {@code pager} …
 * @param dedupKey the same key is stored once; the far side gets it where it knows such a thing
 * @param payload JSON for the door
 * @param execution whose message it is; null for the house's own
 */
public record OutboxMessage(
    String channel, String dedupKey, String payload, @Nullable String execution) {}
