package io.drover.report;

/** Text that somebody called something, made harmless. */
public final class Texts {
  private static final String BEGINNINGS = "=+-@\t\r\n＝＋－＠";

  private Texts() {}

  /**
   * For a cell: the same text, with an apostrophe before it where a spreadsheet might take it for a
   * formula (OWASP, CSV Injection).
   */
  public static String cell(String text) {
    return !text.isEmpty() && BEGINNINGS.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
  }

  /**
   * For a block of text in a chat: one line, nothing that ends the block, and not longer than so
   * many characters.
   */
  public static String line(String text, int longest) {
    String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}\u2028\u2029]", " ").replace('`', '\'');
    return line.codePointCount(0, line.length()) <= longest
        ? line
        : line.substring(0, line.offsetByCodePoints(0, longest - 1)) + "…";
  }
}
