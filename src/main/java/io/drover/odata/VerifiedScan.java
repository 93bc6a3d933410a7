package io.drover.odata;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a list that changes under its reader until nothing that was there all along can be missing.
 *
 * <p>Pages are not a snapshot: what is deleted or renamed while they are read moves rows past the
 * reader. So whole passes are made until two in a row saw the same ids and the first of them saw as
 * many as its last page counted. Then nothing is missing: had the first pass missed a row that was
 * there all along and still seen as many as there were at its end, one of those that it saw was
 * gone by then; ids are not used again, so the second pass cannot have seen that one. Equal counts
 * alone would not show it, an insert hides a delete. A filter that a row leaves and comes back to
 * weakens this; the scan of everything does not have one.
 *
 * <p>A sequence of pages, each with the pass that it belongs to: whoever sums rows begins anew when
 * the pass does. With a single pass allowed it is a plain scan, which is never sure.
 */
public final class VerifiedScan<T> implements Iterator<VerifiedScan.Part<T>> {
  private final Supplier<PageWalk<T>> walks;
  private final Function<PageWalk<T>, ODataPages<T>> pages;
  private final Function<T, @Nullable String> idOf;
  private final int mostPasses;
  private int pass = 1;
  private PageWalk<T> walk;
  private ODataPages<T> rest;
  private @Nullable Ids before;
  private Ids now = new Ids();
  private @Nullable Result result;

  /**
   * @param walks a new walk for each pass
   * @param pages reads the list along a walk
   * @param mostPasses 1 for a plain scan, else at least 2
   */
  public VerifiedScan(
      Supplier<PageWalk<T>> walks,
      Function<PageWalk<T>, ODataPages<T>> pages,
      Function<T, @Nullable String> idOf,
      int mostPasses) {
    if (mostPasses < 1) {
      throw new IllegalArgumentException("passes: " + mostPasses + " (expected: 1 or more)");
    }
    this.walks = walks;
    this.pages = pages;
    this.idOf = idOf;
    this.mostPasses = mostPasses;
    walk = walks.get();
    rest = pages.apply(walk);
  }

  /**
   * A page's rows.
   *
   * @param pass 1-based; rows of earlier passes are void
   */
  public record Part<T>(int pass, List<T> rows) {}

  /**
   * What came of it.
   *
   * @param rows of the last pass; each was given once in it
   * @param complete whether the last pass saw as many rows as the list says it has; false also when
   *     it does not say
   * @param sure whether nothing that was there all along is missing; false for a plain scan, when
   *     the list never held still, and when it does not say how long it is
   */
  public record Result(int passes, long rows, boolean complete, boolean sure) {}

  /**
   * Known once the last page was given.
   *
   * @throws IllegalStateException before that
   */
  public Result result() {
    if (result == null) {
      throw new IllegalStateException("The scan is not over");
    }
    return result;
  }

  @Override
  public boolean hasNext() {
    return result == null;
  }

  @Override
  public Part<T> next() {
    if (result != null) {
      throw new NoSuchElementException("No page is left");
    }
    Part<T> part = new Part<>(pass, rest.nextPage());
    now.rows += part.rows().size();
    if (mostPasses > 1) {
      part.rows().forEach(row -> now.add(idOf.apply(row)));
    }
    if (!rest.hasNextPage()) {
      endPass();
    }
    return part;
  }

  private void endPass() {
    now.complete = walk.total() != null && walk.total() == walk.distinct();
    boolean sure = before != null && before.complete && before.same(now);
    if (sure || pass == mostPasses) {
      result = new Result(pass, now.rows, now.complete, sure);
      return;
    }
    before = now;
    now = new Ids();
    pass++;
    walk = walks.get();
    rest = pages.apply(walk);
  }

  /**
   * A set of ids by its size and a sum of 128-bit hashes, which no order changes: the ids of a
   * hundred thousand rows need not be held twice.
   */
  private static final class Ids {
    private final MessageDigest digest = sha256();
    private long rows;
    private long size;
    private long high;
    private long low;
    private boolean nameless;
    boolean complete;

    void add(@Nullable String id) {
      if (id == null) {
        nameless = true;
        return;
      }
      ByteBuffer hash = ByteBuffer.wrap(digest.digest(id.getBytes(StandardCharsets.UTF_8)));
      size++;
      high += hash.getLong();
      low += hash.getLong();
    }

    boolean same(Ids other) {
      return !nameless
          && !other.nameless
          && size == other.size
          && high == other.high
          && low == other.low;
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Every JDK has SHA-256", e);
      }
    }
  }
}
