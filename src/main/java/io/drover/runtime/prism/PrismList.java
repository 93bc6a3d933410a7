package io.drover.runtime.prism;

import io.drover.odata.ODataQuery;
import io.drover.prism.PrismRequest;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What the list door takes as a body.
 *
 * @param request makes the call of a query
 * @param queries read one after the other, their rows in this order
 * @param wanted rows that don't match are left out, where the API can't filter
 * @param maxRows more are refused: a list is held in memory and stored
 * @param passes a scan makes at most so many; 1 is a plain one
 */
record PrismList(
    String system,
    Function<ODataQuery, PrismRequest> request,
    List<ODataQuery> queries,
    Predicate<Map<String, Object>> wanted,
    int pageSize,
    int maxRows,
    int passes) {

  PrismList(
      String system,
      Function<ODataQuery, PrismRequest> request,
      List<ODataQuery> queries,
      Predicate<Map<String, Object>> wanted,
      int pageSize,
      int maxRows) {
    this(system, request, queries, wanted, pageSize, maxRows, 1);
  }

  PrismList queries(List<ODataQuery> others) {
    return new PrismList(system, request, others, wanted, pageSize, maxRows, passes);
  }

  PrismList passes(int most) {
    return new PrismList(system, request, queries, wanted, pageSize, maxRows, most);
  }
}
