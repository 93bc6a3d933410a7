package io.drover.odata;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
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
 */
public final class VerifiedScan<T> {
  private final IntFunction<PageWalk.Page<T>> fetch;
  private final Supplier<PageWalk<T>> walks;
  private final Function<T, @Nullable String> idOf;

  /**
   * @param walks a new walk for each pass
   */
  public VerifiedScan(
      IntFunction<PageWalk.Page<T>> fetch,
      Supplier<PageWalk<T>> walks,
      Function<T, @Nullable String> idOf) {
    this.fetch = fetch;
    this.walks = walks;
    this.idOf = idOf;
  }

  /**
   * What came of it.
   *
   * @param pass the sums of the last pass; each row went into it once
   * @param rows of the last pass
   * @param sure whether nothing that was there all along is missing; false when the list never held
   *     still, or does not say how long it is
   */
  public record Result<A>(A pass, int passes, long rows, boolean sure) {}

  /**
   * Makes passes until it is sure, at most so many.
   *
   * @param sums a new, empty one for each pass; takes its rows one by one, none is held
   * @param mostPasses at least 2
   */
  public <A extends Consumer<T>> Result<A> run(Supplier<A> sums, int mostPasses) {
    if (mostPasses < 2) {
      throw new IllegalArgumentException("passes: " + mostPasses + " (expected: 2 or more)");
    }
    Ids before = null;
    for (int pass = 1; ; pass++) {
      A sum = sums.get();
      PageWalk<T> walk = walks.get();
      ODataPages<T> rows = new ODataPages<>(fetch, walk);
      Ids now = new Ids();
      long count = 0;
      while (rows.hasNext()) {
        T row = rows.next();
        now.add(idOf.apply(row));
        sum.accept(row);
        count++;
      }
      now.complete = walk.total() != null && walk.total() == walk.distinct();
      boolean sure = before != null && before.complete && before.same(now);
      if (sure || pass == mostPasses) {
        return new Result<>(sum, pass, count, sure);
      }
      before = now;
    }
  }

  /**
   * A set of ids by its size and a sum of 128-bit hashes, which no order changes: the ids of a
   * hundred thousand rows need not be held twice.
   */
  private static final class Ids {
    private final MessageDigest digest = sha256();
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
