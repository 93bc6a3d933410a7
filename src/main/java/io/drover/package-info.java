/** Durable runbooks for Nutanix AHV day-2 operations. */
@NullMarked
package io.drover;

import org.jspecify.annotations.NullMarked;
