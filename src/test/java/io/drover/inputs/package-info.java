@NullMarked
package io.drover.inputs;

import org.jspecify.annotations.NullMarked;
