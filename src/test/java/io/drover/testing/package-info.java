/** The tests' own DSL. */
@NullMarked
package io.drover.testing;

import org.jspecify.annotations.NullMarked;
