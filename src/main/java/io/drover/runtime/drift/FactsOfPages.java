package io.drover.runtime.drift;

import io.drover.drift.VmFacts;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;

/** Collects what a scan's pages say; what a pass before the latest said is void. */
final class FactsOfPages implements AggregationStrategy {

  /**
   * Facts of a page, or of all pages so far.
   *
   * @param vms can be added to
   */
  record Facts(int pass, List<VmFacts> vms) {}

  @Override
  public Exchange aggregate(@Nullable Exchange before, Exchange part) {
    Exchange all = before == null ? new DefaultExchange(part.getContext()) : before;
    if (part.getException() != null) {
      all.setException(part.getException());
      return all;
    }
    Facts page = part.getMessage().getBody(Facts.class);
    Facts known = all.getIn().getBody(Facts.class);
    if (known == null || known.pass() != page.pass()) {
      all.getIn().setBody(page);
    } else {
      known.vms().addAll(page.vms());
    }
    return all;
  }
}
