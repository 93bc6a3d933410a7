package io.drover.odata;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All rows of a paged list as one lazy sequence. A page is fetched while the one before it is read
 * and its rows are looked at, if there should be one; so two are held at most. Not for use by
 * several threads.
 */
public final class ODataPages<T> implements Iterator<T> {
  private final IntFunction<CompletableFuture<Supplier<PageWalk.Page<T>>>> fetch;
  private final Function<CompletableFuture<Supplier<PageWalk.Page<T>>>, Supplier<PageWalk.Page<T>>>
      await;
  private final PageWalk<T> walk;
  private Iterator<T> rows = List.<T>of().iterator();
  private @Nullable CompletableFuture<Supplier<PageWalk.Page<T>>> ahead;

  /** As the other one; waits with {@link CompletableFuture#join()}. */
  public ODataPages(
      IntFunction<CompletableFuture<Supplier<PageWalk.Page<T>>>> fetch, PageWalk<T> walk) {
    this(fetch, CompletableFuture::join, walk);
  }

  /**
   * @param fetch begins to get the page of this number, 0-based, and gives it unread; a page that
   *     failed is fetched again when it is asked for once more
   * @param await waits for it; what it throws reaches whoever asks for a row
   */
  public ODataPages(
      IntFunction<CompletableFuture<Supplier<PageWalk.Page<T>>>> fetch,
      Function<CompletableFuture<Supplier<PageWalk.Page<T>>>, Supplier<PageWalk.Page<T>>> await,
      PageWalk<T> walk) {
    this.fetch = fetch;
    this.await = await;
    this.walk = walk;
  }

  /** Whether there is another page, be it an empty one. */
  public boolean hasNextPage() {
    return !walk.finished();
  }

  /** The rows of the next page that were not given before; instead of row by row. */
  public List<T> nextPage() {
    if (walk.finished()) {
      throw new NoSuchElementException("No page is left");
    }
    CompletableFuture<Supplier<PageWalk.Page<T>>> due =
        ahead == null ? fetch.apply(walk.nextPage()) : ahead;
    ahead = null;
    Supplier<PageWalk.Page<T>> arrived = await.apply(due);
    if (walk.another()) {
      ahead = fetch.apply(walk.nextPage() + 1); // the far side works while this one is read
    }
    List<T> fresh = walk.take(arrived.get());
    if (ahead == null && !walk.finished() && walk.total() != null) {
      ahead = fetch.apply(walk.nextPage());
    }
    return fresh;
  }

  @Override
  public boolean hasNext() {
    while (!rows.hasNext() && hasNextPage()) {
      rows = nextPage().iterator();
    }
    return rows.hasNext();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("No row is left");
    }
    return rows.next();
  }
}
