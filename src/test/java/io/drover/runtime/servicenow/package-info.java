/** The door to ServiceNow, against the simulated one and against scripted answers. */
@NullMarked
package io.drover.runtime.servicenow;

import org.jspecify.annotations.NullMarked;
