package io.drover.runtime.prism;

import io.drover.prism.PrismAnswer;
import io.drover.prism.PrismRequest;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the read door takes as a body.
 *
 * @param view makes the door's result of the answer
 */
record PrismRead(
    String system, PrismRequest request, Function<PrismAnswer, @Nullable Object> view) {}
