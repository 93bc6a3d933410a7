package io.drover.runtime.servicenow;

import io.drover.runtime.CallFailure;
import io.drover.runtime.CallFailure.Verdict;
import io.drover.runtime.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;

/** Reads lists, for the door. */
final class ServiceNowLists {
  private final ServiceNowCalls calls;
  private final int pageSize;

  ServiceNowLists(ServiceNowCalls calls, int pageSize) {
    this.calls = calls;
    this.pageSize = pageSize;
  }

  /** Body: a list to read. Its rows afterwards. */
  void all(Exchange exchange) {
    ServiceNowList list = exchange.getMessage().getBody(ServiceNowList.class);
    exchange.getMessage().setBody(all(list, rows(list, live(exchange))));
  }

  /** All rows, for a caller who comes again by himself: no call is repeated. */
  List<Map<String, Object>> once(ServiceNowList list) {
    return all(list, new ServiceNowRows(list, pageSize, calls::readOnce));
  }

  private static List<Map<String, Object>> all(ServiceNowList list, ServiceNowRows rows) {
    List<Map<String, Object>> all = new ArrayList<>();
    while (rows.hasNext()) {
      all.add(rows.next());
      if (all.size() > list.maxRows()) {
        throw new CallFailure(
            Verdict.REFUSED,
            "too-many-rows",
            "ServiceNow's list of "
                + list.table()
                + " has more than "
                + list.maxRows()
                + " rows (maxRows); add conditions, or read it one by one");
      }
    }
    return all;
  }

  /** Body: a list to read. A sequence of its rows afterwards. */
  void oneByOne(Exchange exchange) {
    ServiceNowList list = exchange.getMessage().getBody(ServiceNowList.class);
    exchange.getMessage().setBody(rows(list, live(exchange)));
  }

  private ServiceNowRows rows(ServiceNowList list, Runnable ensureLive) {
    return new ServiceNowRows(list, pageSize, request -> calls.read(request, ensureLive));
  }

  private static Runnable live(Exchange exchange) {
    StepContext step = StepContext.find(exchange);
    return step == null ? () -> {} : step::ensureLive;
  }
}
