/**
 * Stand-ins of the outside world in a process of their own; an island that knows nothing of Drover.
 */
@NullMarked
package io.drover.simulator;

import org.jspecify.annotations.NullMarked;
