@NullMarked
package io.drover.catalog;

import org.jspecify.annotations.NullMarked;
