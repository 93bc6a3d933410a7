/** OData queries built from types, and paged lists read as one sequence. */
@NullMarked
package io.drover.odata;

import org.jspecify.annotations.NullMarked;
