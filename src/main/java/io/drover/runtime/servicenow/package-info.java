/** The door to ServiceNow: records of its tables, and one incident per list of findings. */
@NullMarked
package io.drover.runtime.servicenow;

import org.jspecify.annotations.NullMarked;
