/**
 * One test class for each runbook file: the promises of the product, against the simulated world.
 */
@NullMarked
package io.drover.routes;

import org.jspecify.annotations.NullMarked;
