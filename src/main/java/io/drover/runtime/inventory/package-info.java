/** What the runbooks that read the inventory share. */
@NullMarked
package io.drover.runtime.inventory;

import org.jspecify.annotations.NullMarked;
