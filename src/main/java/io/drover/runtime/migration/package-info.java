/** Doors to vCenter and Move, and what migration waves decide. */
@NullMarked
package io.drover.runtime.migration;

import org.jspecify.annotations.NullMarked;
