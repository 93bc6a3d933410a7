/** The drift runbook's blocks: two inventories, their differences, and who is told. */
@NullMarked
package io.drover.runtime.drift;

import org.jspecify.annotations.NullMarked;
