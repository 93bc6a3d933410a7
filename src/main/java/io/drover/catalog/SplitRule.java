package io.drover.catalog;

/**
 * A split without {@code stopOnException} goes on after an item that failed, and with an
 * aggregation strategy it forgets that one did: the step is recorded as a success.
 */
final class SplitRule implements Rule {

  @Override
  public String name() {
    return "split";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block block : file.blocks()) {
      if (!block.is("split")) {
        continue;
      }
      Node.Text stops = block.text("stopOnException");
      if (stops == null || !stops.value().equals("true")) {
        findings.add(
            block.key(),
            stops == null ? "split without stopOnException" : "stopOnException: " + stops.value(),
            "stopOnException: true");
      }
    }
  }
}
