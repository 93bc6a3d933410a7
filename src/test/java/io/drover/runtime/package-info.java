/** The engine's promises. */
@NullMarked
package io.drover.runtime;

import org.jspecify.annotations.NullMarked;
