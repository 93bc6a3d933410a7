/** The door to Kafka: what became of executions, as events for other programs. */
@NullMarked
package io.drover.runtime.events;

import org.jspecify.annotations.NullMarked;
