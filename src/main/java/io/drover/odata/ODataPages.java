package io.drover.odata;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.IntFunction;

/**
 * All rows of a paged list as one lazy sequence: a page is fetched when its first row is asked for,
 * and only one is held. Not for use by several threads.
 */
public final class ODataPages<T> implements Iterator<T> {
  private final IntFunction<PageWalk.Page<T>> fetch;
  private final PageWalk<T> walk;
  private Iterator<T> rows = List.<T>of().iterator();

  /**
   * @param fetch gets the page of this number, 0-based; what it throws reaches whoever asks for a
   *     row, and the same page is fetched again when asked once more
   */
  public ODataPages(IntFunction<PageWalk.Page<T>> fetch, PageWalk<T> walk) {
    this.fetch = fetch;
    this.walk = walk;
  }

  @Override
  public boolean hasNext() {
    while (!rows.hasNext() && !walk.finished()) {
      rows = walk.take(fetch.apply(walk.nextPage())).iterator();
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
