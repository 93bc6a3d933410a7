/**
 * The engine: durable steps, the runbook component, doors' effects. The only package that knows
 * Camel.
 */
@NullMarked
package io.drover.runtime;

import org.jspecify.annotations.NullMarked;
