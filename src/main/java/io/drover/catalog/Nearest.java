package io.drover.catalog;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the name that somebody probably meant. */
final class Nearest {
  private static final int LONGEST = 80;

  private Nearest() {}

  /** The name with the fewest edits, if these are few for its length; null when none is like it. */
  static @Nullable String to(String wrong, Collection<String> names) {
    if (wrong.isEmpty() || wrong.length() > LONGEST) {
      return null;
    }
    String best = null;
    int fewest = wrong.length();
    String lower = wrong.toLowerCase(Locale.ROOT);
    int[][] rows = new int[3][2 * LONGEST + 1];
    for (String name : names) {
      if (Math.abs(name.length() - wrong.length()) >= fewest) {
        continue;
      }
      int edits = edits(lower, name.toLowerCase(Locale.ROOT), rows);
      if (edits < fewest || (edits == fewest && best != null && name.compareTo(best) < 0)) {
        fewest = edits;
        best = name;
      }
    }
    return best != null && fewest <= Math.max(2, best.length() / 3) ? best : null;
  }

  /** Insertions, deletions, replacements and swaps of neighbours. */
  private static int edits(String from, String to, int[][] rows) {
    int[] beforeLast = rows[0];
    int[] last = rows[1];
    int[] now = rows[2];
    for (int j = 0; j <= to.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      now[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int same = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        now[j] = Math.min(Math.min(now[j - 1] + 1, last[j] + 1), last[j - 1] + same);
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          now[j] = Math.min(now[j], beforeLast[j - 2] + 1);
        }
      }
      int[] free = beforeLast;
      beforeLast = last;
      last = now;
      now = free;
    }
    return last[to.length()];
  }
}
