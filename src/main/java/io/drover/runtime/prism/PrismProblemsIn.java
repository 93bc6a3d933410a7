package io.drover.runtime.prism;

import io.drover.prism.PrismProblem;
import io.drover.runtime.CallFailure;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Finds our problem inside what futures wrap round it, and says it in the runtime's words. */
final class PrismProblemsIn {
  private PrismProblemsIn() {}

  static @Nullable PrismProblem find(@Nullable Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof PrismProblem problem) {
        return problem;
      }
    }
    return null;
  }

  static Throwable unwrap(Throwable error) {
    Throwable inner = error;
    while ((inner instanceof CompletionException || inner instanceof ExecutionException)
        && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  /** For throwing on inside a future. */
  static RuntimeException rethrown(Throwable error) {
    Throwable inner = unwrap(error);
    return inner instanceof RuntimeException runtime ? runtime : new CompletionException(inner);
  }

  /** As the engine knows it. */
  static Throwable asCallFailure(Throwable error) {
    Throwable inner = unwrap(error);
    if (inner instanceof PrismProblem problem) {
      return new CallFailure(
          CallFailure.Verdict.valueOf(problem.verdict().name()),
          problem.kind(),
          String.valueOf(problem.getMessage()),
          problem);
    }
    if (inner instanceof IllegalArgumentException bad) {
      return new CallFailure(
          CallFailure.Verdict.REFUSED, "invalid-input", String.valueOf(bad.getMessage()), bad);
    }
    return inner;
  }
}
