/** The REST API: reads and commands executions through the ledger's ports. */
@NullMarked
package io.drover.api;

import org.jspecify.annotations.NullMarked;
