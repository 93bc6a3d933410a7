/** Promises of what is looked at before anything is done. */
@NullMarked
package io.drover.runtime.doctor;

import org.jspecify.annotations.NullMarked;
