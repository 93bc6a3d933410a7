package io.drover.chargeback;

/** Text that people called something, in cells of programs that calculate. */
public final class Formulas {
  private static final String BEGINNINGS = "=+-@\t\r\n＝＋－＠";

  private Formulas() {}

  /**
   * The same text, with an apostrophe before it where a spreadsheet might take it for a formula
   * (OWASP, CSV Injection).
   */
  public static String neutral(String text) {
    return !text.isEmpty() && BEGINNINGS.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
  }
}
