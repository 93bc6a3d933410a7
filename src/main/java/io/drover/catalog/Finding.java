package io.drover.catalog;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong with a route file.
 *
 * @param file name of the file
 * @param line from 1
 * @param column from 1
 * @param rule name of the rule, as in {@code docs/rules.md}
 * @param found what stands there, cut and on one line; a secret is never shown
 * @param expected what should stand there
 * @param nearest the valid name that is most like what was found; null when none is
 */
public record Finding(
    String file,
    int line,
    int column,
    String rule,
    String found,
    String expected,
    @Nullable String nearest) {
  private static final int SHOWN = 120;
  private static final int LONGEST = 1_000;

  /** In the order of the text. */
  public static final Comparator<Finding> IN_ORDER =
      Comparator.comparing(Finding::file)
          .thenComparingInt(Finding::line)
          .thenComparingInt(Finding::column)
          .thenComparing(Finding::rule)
          .thenComparing(Finding::found)
          .thenComparing(Finding::expected);

  public Finding {
    file = oneLine(file);
    found = oneLine(found);
    expected = cut(oneLineOf(expected, LONGEST), LONGEST);
  }

  /** One line: {@code FILE:LINE:COLUMN: RULE: FOUND (expected: EXPECTED; nearest: NEAREST)}. */
  public String text() {
    return file
        + ":"
        + line
        + ":"
        + column
        + ": "
        + rule
        + ": "
        + found
        + " (expected: "
        + expected
        + (nearest == null ? "" : "; nearest: " + nearest)
        + ")";
  }

  @Override
  public String toString() {
    return text();
  }

  /** The file's text is hostile: neither lines nor terminal codes of it reach a log. */
  private static String oneLine(String text) {
    return cut(oneLineOf(text, SHOWN), SHOWN);
  }

  private static String oneLineOf(String text, int most) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length() && line.length() <= most; ) {
      int point = text.codePointAt(i);
      int type = Character.getType(point);
      boolean shown =
          type != Character.CONTROL && type != Character.FORMAT && type != Character.SURROGATE;
      line.appendCodePoint(shown ? point : ' ');
      i += Character.charCount(point);
    }
    return line.toString();
  }

  private static String cut(String line, int most) {
    return line.length() > most ? line.substring(0, most) + "…" : line;
  }
}
