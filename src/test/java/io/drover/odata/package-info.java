/** Promises of OData queries and paged lists. */
@NullMarked
package io.drover.odata;

import org.jspecify.annotations.NullMarked;
