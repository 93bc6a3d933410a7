package io.drover.catalog;

/**
 * How much of a file is read before it is refused. The largest file that ships has 28 KB, 1,400
 * nodes and 25 levels.
 *
 * @param bytes of the text
 * @param depth objects and lists inside each other
 * @param nodes texts, lists and objects, with aliases written out: an alias bomb counts as large as
 *     it would become
 * @param aliases references to anchors
 * @param name characters of a key
 * @param text characters of a value, and of a line
 * @param braces opened in the whole file, also as percent codes: each may begin a function
 */
public record Limits(int bytes, int depth, int nodes, int aliases, int name, int text, int braces) {
  public static final Limits USUAL = new Limits(512 * 1024, 64, 20_000, 100, 256, 16 * 1024, 4_000);
}
