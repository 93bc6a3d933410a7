package io.drover.runtime.chargeback;

import io.drover.chargeback.Totals;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;

/** Adds up the sums of a scan's pages; those of a pass before the latest are void. */
final class SumsOfPages implements AggregationStrategy {

  /**
   * One page's sums, or those of all pages so far.
   *
   * @param pass of the scan
   */
  record Sums(int pass, Totals totals) {}

  @Override
  public Exchange aggregate(@Nullable Exchange before, Exchange part) {
    Exchange all = before == null ? new DefaultExchange(part.getContext()) : before;
    if (part.getException() != null) {
      all.setException(part.getException());
      return all;
    }
    Sums page = part.getMessage().getBody(Sums.class);
    Sums sums = all.getIn().getBody(Sums.class);
    if (sums == null || sums.pass() != page.pass()) {
      all.getIn().setBody(page);
    } else {
      sums.totals().add(page.totals());
    }
    return all;
  }
}
