/** The door to Google Sheets: rows that are there once, however often they are delivered. */
@NullMarked
package io.drover.runtime.sheets;

import org.jspecify.annotations.NullMarked;
