/** Promises of the order in which VMs of a wave go. */
@NullMarked
package io.drover.wave;

import org.jspecify.annotations.NullMarked;
