/** Tests of what the package of the same name promises. */
@NullMarked
package io.drover.access;

import org.jspecify.annotations.NullMarked;
