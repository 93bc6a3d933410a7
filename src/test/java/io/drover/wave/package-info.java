/** Promises of OData queries and paged lists. */
@NullMarked
package io.drover.wave;

import org.jspecify.annotations.NullMarked;
