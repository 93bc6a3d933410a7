/** Programs that measure the whole house; docs/benchmarks.md says how to run them. */
@NullMarked
package io.drover.benchmark;

import org.jspecify.annotations.NullMarked;
