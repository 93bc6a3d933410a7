/** The ledger as a domain: what an execution is, how it may change, and who may change it. */
@NullMarked
package io.drover.execution;

import org.jspecify.annotations.NullMarked;
