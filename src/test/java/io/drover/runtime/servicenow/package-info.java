/** The door to ServiceNow, against the simulated one. */
@NullMarked
package io.drover.runtime.servicenow;

import org.jspecify.annotations.NullMarked;
