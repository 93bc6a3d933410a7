/** Tests of events of executions, against a real broker. */
@NullMarked
package io.drover.runtime.events;

import org.jspecify.annotations.NullMarked;
