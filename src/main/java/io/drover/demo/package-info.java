/** The demo: a simulated world in a process of its own, and one rehearsed patch window in it. */
@NullMarked
package io.drover.demo;

import org.jspecify.annotations.NullMarked;
