/** JSON Schemas of runbooks' inputs: whether a text is one, and whether inputs keep to it. */
@NullMarked
package io.drover.inputs;

import org.jspecify.annotations.NullMarked;
