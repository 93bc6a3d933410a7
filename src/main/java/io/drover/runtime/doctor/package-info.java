/** What {@code drover doctor} looks at, and how. */
@NullMarked
package io.drover.runtime.doctor;

import org.jspecify.annotations.NullMarked;
