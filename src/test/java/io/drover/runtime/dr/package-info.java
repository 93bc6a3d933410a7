/** Tests of disaster recovery's blocks. */
@NullMarked
package io.drover.runtime.dr;

import org.jspecify.annotations.NullMarked;
