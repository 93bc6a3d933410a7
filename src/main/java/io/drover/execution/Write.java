package io.drover.execution;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One write on its way into the ledger; it is also the future of its commit, which saves an object
 * a step.
 */
abstract class Write<T> extends CompletableFuture<@Nullable T> {
  private @Nullable T result;
  private @Nullable RuntimeException refusal;

  /** Anything that is not one statement of a kind: run in its turn, may read what it wrote. */
  static <T> Write<T> of(Work<T> work) {
    return new Write<>() {
      @Override
      void run(WriterConnection connection) throws SQLException {
        result(work.run(connection));
      }
    };
  }

  abstract void run(WriterConnection connection) throws SQLException;

  /** Forgets an earlier try that was rolled back. */
  void again() {
    result = null;
    refusal = null;
  }

  final void result(@Nullable T value) {
    result = value;
  }

  /** Nothing was written, and the caller is told why; its neighbours in the commit are not. */
  final void refuse(RuntimeException why) {
    refusal = why;
  }

  /** After the commit. */
  final void settle() {
    if (refusal != null) {
      completeExceptionally(refusal);
    } else {
      complete(result);
    }
  }

  /** Several statements that belong together. */
  interface Work<T> {
    @Nullable T run(WriterConnection connection) throws SQLException;
  }
}
