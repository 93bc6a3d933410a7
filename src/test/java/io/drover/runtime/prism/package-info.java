/** The door to Prism Central against a scripted server. */
@NullMarked
package io.drover.runtime.prism;

import org.jspecify.annotations.NullMarked;
