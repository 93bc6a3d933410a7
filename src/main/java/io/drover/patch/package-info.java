/**
 * The arithmetic of patch windows: who is eligible, in which order, how much may go wrong, and how
 * it went.
 */
@NullMarked
package io.drover.patch;

import org.jspecify.annotations.NullMarked;
