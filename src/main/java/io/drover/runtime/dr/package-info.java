/** What the runbooks of disaster recovery decide in Java. */
@NullMarked
package io.drover.runtime.dr;

import org.jspecify.annotations.NullMarked;
