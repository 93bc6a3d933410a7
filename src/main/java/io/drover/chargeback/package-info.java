/**
 * The arithmetic of chargeback: who uses what, and what it costs; exact, without floating point.
 */
@NullMarked
package io.drover.chargeback;

import org.jspecify.annotations.NullMarked;
