package io.drover.catalog;

/** A door is opened by its Kamelets, which say what is done and write it down first. */
final class DoorsRule implements Rule {

  @Override
  public String name() {
    return "doors";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block block : file.blocks()) {
      Uri uri = block.uri();
      if (uri != null
          && !block.is("from")
          && uri.scheme().equals("direct")
          && known.doors().contains(uri.path())) {
        findings.add(uri.at(), "direct:" + uri.path(), "a Kamelet that goes through that door");
      }
    }
  }
}
