package io.drover.runtime.inventory;

import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;

/** Adds up what a scan's pages gave; what a pass before the latest gave is void. */
public final class LatestPass implements AggregationStrategy {

  LatestPass() {}

  /** What one page gave, or all pages of a pass so far. */
  public interface Gathered {
    int pass();

    /** Takes what another page of the same pass gave in. */
    void add(Gathered page);
  }

  @Override
  public Exchange aggregate(@Nullable Exchange before, Exchange part) {
    Exchange all = before == null ? new DefaultExchange(part.getContext()) : before;
    if (part.getException() != null) {
      all.setException(part.getException());
      return all;
    }
    Gathered page = part.getMessage().getBody(Gathered.class);
    Gathered known = all.getIn().getBody(Gathered.class);
    if (known == null || known.pass() != page.pass()) {
      all.getIn().setBody(page);
    } else {
      known.add(page);
    }
    return all;
  }
}
