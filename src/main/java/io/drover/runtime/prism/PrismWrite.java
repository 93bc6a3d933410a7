package io.drover.runtime.prism;

import io.drover.prism.PrismChange;
import java.time.Duration;

/**
 * What the change door takes as a body.
 *
 * @param patience how long to wait for the task's end
 */
record PrismWrite(String system, PrismChange change, Duration patience) {}
