/** The simulated world's own promises: what it says on the wire, and what then is so. */
@NullMarked
package io.drover.simulator;

import org.jspecify.annotations.NullMarked;
