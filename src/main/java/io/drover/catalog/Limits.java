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
 */
public record Limits(int bytes, int depth, int nodes, int aliases) {
  public static final Limits USUAL = new Limits(512 * 1024, 64, 50_000, 100);
}
