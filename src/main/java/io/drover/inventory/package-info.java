/** What an inventory says of a VM beside its size: whose it is and what it is for. */
@NullMarked
package io.drover.inventory;

import org.jspecify.annotations.NullMarked;
