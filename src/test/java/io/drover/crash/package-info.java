/** Drover in a process of its own, killed with {@code kill -9} and started again. */
@NullMarked
package io.drover.crash;

import org.jspecify.annotations.NullMarked;
