/** Where an estate and its CMDB differ, as tables of named cases and as planted drifts. */
@NullMarked
package io.drover.drift;

import org.jspecify.annotations.NullMarked;
