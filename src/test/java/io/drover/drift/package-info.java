/** Differences that the tests plant and find again. */
@NullMarked
package io.drover.drift;

import org.jspecify.annotations.NullMarked;
