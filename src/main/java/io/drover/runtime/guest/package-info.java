/** The door to guests: commands over SSH with pinned host keys, and HTTP probes of their health. */
@NullMarked
package io.drover.runtime.guest;

import org.jspecify.annotations.NullMarked;
