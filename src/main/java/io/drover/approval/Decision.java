package io.drover.approval;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one person said.
 *
 * @param source where from: an address
 */
public record Decision(
    String approval,
    String who,
    boolean approved,
    String reason,
    @Nullable String source,
    Instant at) {}
