package io.drover.catalog;

/**
 * A pause before a step is tried again must hold no thread: with many VMs there are fewer threads
 * than pauses. A clause that handles nothing and a step that is never tried again say so.
 */
final class RedeliveryRule implements Rule {

  @Override
  public String name() {
    return "redelivery";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block block : file.blocks()) {
      if (block.is("onException")
          && block.option("redeliveryPolicy") instanceof Node.Fields policy
          && block.value() instanceof Node.Fields clause) {
        Node.Field at = clause.field("redeliveryPolicy");
        Node.Text async = policy.text("asyncDelayedRedelivery");
        if (at != null && (async == null || !async.value().equals("true"))) {
          findings.add(
              async == null ? at.key() : async,
              async == null
                  ? "redeliveryPolicy without asyncDelayedRedelivery"
                  : "asyncDelayedRedelivery: " + async.value(),
              "asyncDelayedRedelivery: true");
        }
      }
    }
  }
}
