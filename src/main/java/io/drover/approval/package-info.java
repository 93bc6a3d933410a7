/**
 * Questions to people that an execution waits for: who may answer, what they saw, what they said.
 */
@NullMarked
package io.drover.approval;

import org.jspecify.annotations.NullMarked;
