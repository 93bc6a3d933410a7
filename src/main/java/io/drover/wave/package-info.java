/** Migration waves: which VMs go, in which order, and what stands against it. Pure Java. */
@NullMarked
package io.drover.wave;

import org.jspecify.annotations.NullMarked;
