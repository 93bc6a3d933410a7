/** What the door to Google Sheets promises. */
@NullMarked
package io.drover.runtime.sheets;

import org.jspecify.annotations.NullMarked;
