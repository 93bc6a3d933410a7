/** Sums that the tests compute by hand. */
@NullMarked
package io.drover.chargeback;

import org.jspecify.annotations.NullMarked;
