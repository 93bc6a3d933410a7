package io.drover.runtime;

import io.drover.execution.Execution;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts children from a sequence, so many at once: the next item is pulled only when a slot is
 * free, and no thread waits. Results come in the sequence's order. Camel's parallel split bounds
 * threads, which an async producer gives back at once.
 */
final class FanOut {
  private final Iterator<?> items;
  private final int slots;
  private final int maxBad;
  private final Executor workers;
  private final Supplier<@Nullable String> stopReason;
  private final Function<@Nullable Object, Child> start;
  private final BiFunction<String, Execution, Map<String, @Nullable Object>> describe;
  private final List<@Nullable Map<String, @Nullable Object>> results = new ArrayList<>();
  private @Nullable BiConsumer<List<?>, @Nullable Throwable> end;
  private @Nullable Throwable failure;
  private int inFlight;
  private int bad;
  private boolean over;

  FanOut(
      Iterator<?> items,
      int slots,
      int maxBad,
      Executor workers,
      Supplier<@Nullable String> stopReason,
      Function<@Nullable Object, Child> start,
      BiFunction<String, Execution, Map<String, @Nullable Object>> describe) {
    this.items = items;
    this.slots = slots;
    this.maxBad = maxBad;
    this.workers = workers;
    this.stopReason = stopReason;
    this.start = start;
    this.describe = describe;
  }

  void run(BiConsumer<List<?>, @Nullable Throwable> whenOver) {
    this.end = whenOver;
    more();
  }

  private void more() {
    while (true) {
      Object item;
      int index;
      synchronized (this) {
        if (over || inFlight >= slots) {
          return;
        }
        if (failure != null || !hasNext()) {
          if (inFlight == 0) {
            finish();
          }
          return;
        }
        item = items.next();
        index = results.size();
        results.add(null);
        inFlight++;
      }
      begin(index, item);
    }
  }

  private boolean hasNext() {
    try {
      return items.hasNext();
    } catch (RuntimeException e) {
      failure = e;
      return false;
    }
  }

  private void begin(int index, @Nullable Object item) {
    Child child;
    try {
      String stop = stopReason.get();
      synchronized (this) {
        if (stop == null && bad > maxBad) {
          stop = "the window's error budget was spent before it began";
        }
      }
      child = stop == null ? start.apply(item) : notBegun(item, stop);
    } catch (RuntimeException e) {
      ended(index, "", null, e);
      return;
    }
    child
        .ended()
        .whenCompleteAsync(
            (execution, error) -> {
              ended(index, child.key(), execution, error);
              more();
            },
            workers);
  }

  private Child notBegun(@Nullable Object item, String why) {
    return new Child("", CompletableFuture.failedFuture(new NotBegun(item, why)));
  }

  private synchronized void ended(
      int index, String key, @Nullable Execution execution, @Nullable Throwable error) {
    inFlight--;
    Throwable cause = error != null && error.getCause() != null ? error.getCause() : error;
    if (cause instanceof NotBegun not) {
      results.set(index, not.describe());
    } else if (error != null) {
      failure = failure == null ? error : failure;
    } else if (execution != null) {
      results.set(index, describe.apply(key, execution));
      if (execution.outcome() != null && execution.outcome().bad()) {
        bad++;
      }
    }
  }

  private void finish() {
    over = true;
    BiConsumer<List<?>, @Nullable Throwable> told = end;
    Throwable why = failure;
    List<?> all = new ArrayList<>(results);
    if (told != null) {
      workers.execute(() -> told.accept(all, why));
    }
  }

  /** A child that was started or found, and its end. */
  record Child(String key, CompletableFuture<Execution> ended) {}

  private static final class NotBegun extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient @Nullable Object item;

    NotBegun(@Nullable Object item, String why) {
      super(why, null, false, false);
      this.item = item;
    }

    Map<String, @Nullable Object> describe() {
      Map<String, @Nullable Object> result = new LinkedHashMap<>();
      result.put("key", item instanceof Map<?, ?> map ? map.get("extId") : String.valueOf(item));
      result.put("execution", null);
      result.put(
          "outcome",
          String.valueOf(getMessage()).startsWith("cancelled") ? "CANCELLED" : "SKIPPED");
      result.put("reason", getMessage());
      result.put("name", item instanceof Map<?, ?> map ? map.get("name") : null);
      result.put("result", null);
      return result;
    }
  }
}
