package io.drover.runtime.prism;

import java.time.Duration;

/**
 * What the await door takes as a body: a task that is waited for.
 *
 * @param patience how long to wait for its end
 */
record PrismAwait(String system, String taskExtId, Duration patience) {}
