package io.drover.odata;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * All rows of a paged list as one lazy sequence. Up to two pages are fetched while the one before
 * them is read and its rows are looked at, if there should be some; so three are held at most. Not
 * for use by several threads.
 */
public final class ODataPages<T> implements Iterator<T> {
  private static final int AHEAD = 2;

  private final IntFunction<CompletableFuture<Supplier<PageWalk.Page<T>>>> fetch;
  private final Function<CompletableFuture<Supplier<PageWalk.Page<T>>>, Supplier<PageWalk.Page<T>>>
      await;
  private final PageWalk<T> walk;
  private Iterator<T> rows = List.<T>of().iterator();
  private final Deque<CompletableFuture<Supplier<PageWalk.Page<T>>>> ahead = new ArrayDeque<>();

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
    CompletableFuture<Supplier<PageWalk.Page<T>>> due = ahead.poll();
    Supplier<PageWalk.Page<T>> arrived;
    try {
      arrived = await.apply(due == null ? fetch.apply(walk.nextPage()) : due);
    } catch (RuntimeException e) {
      ahead.clear(); // they follow on a page that is to be fetched again
      throw e;
    }
    fetchAhead(1); // the far side works while this one is read
    List<T> fresh = walk.take(arrived.get());
    if (!walk.finished()) {
      fetchAhead(0);
    }
    return fresh;
  }

  /**
   * @param pending pages that arrived and are not read yet
   */
  private void fetchAhead(int pending) {
    while (ahead.size() < AHEAD && walk.reaches(pending + ahead.size())) {
      ahead.add(fetch.apply(walk.nextPage() + pending + ahead.size()));
    }
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
