/** Promises of tiers, task reading and the reading of Prism's answers. */
@NullMarked
package io.drover.prism;

import org.jspecify.annotations.NullMarked;
