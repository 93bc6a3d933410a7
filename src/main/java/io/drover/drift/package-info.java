/** The arithmetic of drift: what Prism and a CMDB say of the same VMs, and where they differ. */
@NullMarked
package io.drover.drift;

import org.jspecify.annotations.NullMarked;
