package io.drover.runtime;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;

/**
 * Collects the bodies of a split in a list, in order, and nothing else: Camel would carry the last
 * part's variables over into the caller.
 */
final class ListOfResults implements AggregationStrategy {

  @Override
  public Exchange aggregate(@Nullable Exchange before, Exchange part) {
    Exchange all = before == null ? new DefaultExchange(part.getContext()) : before;
    List<Object> bodies = new ArrayList<>();
    if (all.getIn().getBody() instanceof List<?> known) {
      bodies.addAll(known);
    }
    bodies.add(part.getMessage().getBody());
    all.getIn().setBody(bodies);
    if (part.getException() != null) {
      all.setException(part.getException());
    }
    return all;
  }
}
