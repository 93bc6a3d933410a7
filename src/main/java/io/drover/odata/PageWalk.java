package io.drover.odata;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a walk over pages stands: which page is next, which rows are new, when it is over.
 * With a total it goes on until so many rows were seen or a page is empty; without one it ends at
 * the first short page. Rows that slid onto a later page while the list changed are given once.
 */
public final class PageWalk<T> {
  private final int limit;
  private final int maxPages;
  private final Function<T, @Nullable String> idOf;
  private final Set<UUID> seen = new HashSet<>(); // half of what their texts would take
  private int next;
  private long rows;
  private @Nullable Long total;
  private boolean finished;

  /**
   * @param limit rows asked for a page
   * @param maxPages ends the walk with an error after so many: totals of some lists are wrong
   * @param idOf a row's identity; null for a row without one, which is always given
   */
  public PageWalk(int limit, int maxPages, Function<T, @Nullable String> idOf) {
    this.limit = limit;
    this.maxPages = maxPages;
    this.idOf = idOf;
  }

  /** The page to fetch now, 0-based. */
  public int nextPage() {
    return next;
  }

  public boolean finished() {
    return finished;
  }

  /** Whether by its total there should be a page so many after the next one. */
  boolean reaches(int further) {
    return total != null && (next + (long) further) * limit < total;
  }

  /** Rows with an identity that were given so far. */
  public int distinct() {
    return seen.size();
  }

  /** What the last page said of how many rows there are; null when it did not. */
  public @Nullable Long total() {
    return total;
  }

  /**
   * Takes a page in.
   *
   * @return its rows that were not given before
   * @throws IllegalStateException when the list has more pages than allowed
   */
  public List<T> take(Page<T> page) {
    next++;
    rows += page.rows().size();
    total = page.total();
    finished =
        page.rows().isEmpty() || (total != null ? rows >= total : page.rows().size() < limit);
    if (!finished && next >= maxPages) {
      throw new IllegalStateException(
          "The list did not end after " + maxPages + " pages of " + limit + " rows");
    }
    List<T> fresh = new ArrayList<>(page.rows().size());
    for (T row : page.rows()) {
      String id = idOf.apply(row);
      if (id == null || seen.add(short128(id))) {
        fresh.add(row);
      }
    }
    return fresh;
  }

  /** A UUID's text as what it says, anything else by its hash: 128 bits either way. */
  private static UUID short128(String id) {
    if (canonical(id)) {
      return UUID.fromString(id);
    }
    try {
      ByteBuffer hash =
          ByteBuffer.wrap(
              MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
      return new UUID(hash.getLong(), hash.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private static boolean canonical(String id) {
    if (id.length() != 36) {
      return false;
    }
    for (int i = 0; i < 36; i++) {
      char c = id.charAt(i);
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? c != '-' : (c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /**
   * One page as it came.
   *
   * @param total how many rows there are on all pages; null when the server didn't say
   */
  public record Page<T>(List<T> rows, @Nullable Long total) {}
}
