/**
 * Route files as data: what a file says, what is wrong with it and where, before Camel is asked to
 * load it.
 */
@NullMarked
package io.drover.catalog;

import org.jspecify.annotations.NullMarked;
