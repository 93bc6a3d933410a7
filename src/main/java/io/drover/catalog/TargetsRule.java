package io.drover.catalog;

/** Where a message goes is read in the file, not computed from what comes in. */
final class TargetsRule implements Rule {

  @Override
  public String name() {
    return "targets";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block block : file.blocks()) {
      Uri uri = block.uri();
      if (uri == null) {
        continue;
      }
      String address = uri.scheme() + ":" + uri.path();
      boolean computed = address.contains("$") || (address.contains("{{") && !folder(block, uri));
      if (computed || uri.scheme().isEmpty()) {
        findings.add(uri.at(), uri.whole(), "a component and a name that are written out");
      }
    }
  }

  private static boolean folder(Block block, Uri uri) {
    return block.is("from") && uri.scheme().equals("file");
  }
}
