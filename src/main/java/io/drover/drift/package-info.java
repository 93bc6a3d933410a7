/** Where the inventory in Prism and the one in the CMDB say different things. */
@NullMarked
package io.drover.drift;

import org.jspecify.annotations.NullMarked;
