/** The door to ServiceNow: records of its tables, and incidents that are opened once. */
@NullMarked
package io.drover.runtime.servicenow;

import org.jspecify.annotations.NullMarked;
