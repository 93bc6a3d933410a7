/** The drift runbook's blocks: from what Prism and the CMDB tell to findings and their reports. */
@NullMarked
package io.drover.runtime.drift;

import org.jspecify.annotations.NullMarked;
