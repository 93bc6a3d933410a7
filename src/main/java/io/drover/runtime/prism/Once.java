package io.drover.runtime.prism;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Something that is asked for once, by whoever comes first; a failure is not remembered. */
final class Once<T extends @Nullable Object> {
  private @Nullable CompletableFuture<T> known;

  CompletableFuture<T> get(Supplier<CompletableFuture<T>> ask) {
    CompletableFuture<T> asked;
    synchronized (this) {
      CompletableFuture<T> before = known;
      if (before != null && !before.isCompletedExceptionally()) {
        return before;
      }
      asked = new CompletableFuture<>();
      known = asked;
    }
    ask.get()
        .whenComplete(
            (answer, error) -> {
              if (error != null) {
                asked.completeExceptionally(error);
              } else {
                asked.complete(answer);
              }
            });
    return asked;
  }
}
