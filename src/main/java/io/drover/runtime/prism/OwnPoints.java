package io.drover.runtime.prism;

import io.drover.odata.Filter;
import io.drover.odata.ODataQuery;
import io.drover.prism.PrismChanges;
import io.drover.prism.PrismRequests;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;

/** The recovery points that are called as Drover calls its own, read as they come. */
public final class OwnPoints {
  private static final int MOST = 1_000_000;

  private final PrismSystems systems;
  private final PrismLists lists;

  OwnPoints(PrismSystems systems, PrismLists lists) {
    this.systems = systems;
    this.lists = lists;
  }

  /** Names of the configured Prism Centrals. */
  public List<String> systems() {
    return systems.names();
  }

  /** Of one Prism Central, each with extId, name, creationTime, expirationTime. */
  public Iterator<Map<String, Object>> of(Exchange exchange, String system) {
    return lists.oneByOne(
        new PrismList(
            system,
            PrismRequests::recoveryPoints,
            List.of(
                ODataQuery.where(Filter.startsWith("name", PrismChanges.NAME_PREFIX))
                    .select(List.of("extId", "name", "creationTime", "expirationTime"))
                    .orderBy("creationTime", false)),
            row -> true,
            PrismRequests.LARGEST_PAGE,
            MOST),
        Caller.of(exchange));
  }

  /** The effect that a point of this name was made by. */
  public static String maker(String name) {
    return name.substring(Math.min(name.length(), PrismChanges.NAME_PREFIX.length()));
  }
}
