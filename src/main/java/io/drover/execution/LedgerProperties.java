package io.drover.execution;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the ledger is.
 *
 * @param directory folder of the embedded ledger and of what belongs to it; made when it is missing
 * @param lease how long a process of a shared ledger may be silent before another takes its
 *     executions over
 */
@ConfigurationProperties("drover.ledger")
record LedgerProperties(
    @DefaultValue("data") String directory, @DefaultValue("30s") Duration lease) {}
