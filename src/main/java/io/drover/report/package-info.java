/** Text from outside in what people read and in what programs calculate with. */
@NullMarked
package io.drover.report;

import org.jspecify.annotations.NullMarked;
