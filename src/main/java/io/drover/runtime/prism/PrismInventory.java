package io.drover.runtime.prism;

import io.drover.odata.Filter;
import io.drover.odata.ODataQuery;
import io.drover.prism.PrismProblem;
import io.drover.prism.PrismRequests;
import io.drover.runtime.BlockInput;
import io.drover.runtime.CallFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Finds VMs by the names that people use. Lists of VMs can be filtered by category only from v4.3
 * on, so that is done here.
 */
final class PrismInventory {
  private static final int MOST_CATEGORIES = 100_000;
  private static final int MOST_CLUSTERS = 10_000;

  private final PrismLists lists;

  PrismInventory(PrismLists lists) {
    this.lists = lists;
  }

  /**
   * What to find.
   *
   * @param categories values by key; a VM matches with one of each key
   * @param cluster name or extId; null: any
   * @param list the VMs to look through; their query gets the cluster's condition
   */
  record Wanted(Map<String, Set<String>> categories, @Nullable String cluster, PrismList list) {}

  /** Values by key of {@code Key:Value} texts. */
  static Map<String, Set<String>> byKey(List<String> categories) {
    Map<String, Set<String>> byKey = new TreeMap<>();
    for (String category : categories) {
      int colon = category.indexOf(':');
      if (colon < 1 || colon == category.length() - 1) {
        throw BlockInput.wrong("categories", category, "Key:Value");
      }
      byKey
          .computeIfAbsent(category.substring(0, colon), key -> new TreeSet<>())
          .add(category.substring(colon + 1));
    }
    return byKey;
  }

  void find(Exchange exchange) {
    Wanted wanted = exchange.getMessage().getBody(Wanted.class);
    Caller caller = Caller.of(exchange);
    PrismList list = wanted.list();
    if (wanted.cluster() != null) {
      Filter there = Filter.eq("cluster/extId", cluster(list.system(), wanted.cluster(), caller));
      ODataQuery query = list.queries().get(0);
      Filter known = query.filter();
      list = list.queries(List.of(query.filter(known == null ? there : known.and(there))));
    }
    List<Set<String>> ids = new ArrayList<>();
    wanted
        .categories()
        .forEach((key, values) -> ids.add(categories(wanted.list().system(), key, values, caller)));
    VmScan scan = lists.scan(list, caller);
    List<Map<String, Object>> found = new ArrayList<>();
    int pass = 0;
    while (scan.hasNext()) {
      var page = scan.next();
      if (page.pass() != pass) {
        pass = page.pass();
        found.clear();
      }
      page.rows().stream().filter(row -> hasOneOfEach(row, ids)).forEach(found::add);
      if (found.size() > list.maxRows()) {
        throw PrismLists.tooMany(list.maxRows(), "narrow the categories");
      }
    }
    if (list.passes() > 1 && !scan.result().sure()) {
      throw new CallFailure(
          CallFailure.Verdict.TRANSIENT,
          "list-unsure",
          "The VMs of "
              + list.system()
              + " changed in each of "
              + scan.result().passes()
              + " passes, so one may be missing; try again, or allow more passes");
    }
    exchange.getMessage().setBody(found);
  }

  static boolean hasOneOfEach(Map<String, Object> row, List<Set<String>> ids) {
    Set<String> own = Set.copyOf(PrismLists.categories(row));
    return ids.stream().allMatch(each -> each.stream().anyMatch(own::contains));
  }

  /** ExtIds of these values; refuses one that the system does not have. */
  Set<String> categories(String system, String key, Set<String> values, Caller caller) {
    PrismList all =
        new PrismList(
            system,
            PrismRequests::categories,
            List.of(
                ODataQuery.where(Filter.eq("key", key))
                    .select(List.of("extId", "key", "value"))
                    .orderBy("value", false)),
            row -> key.equals(row.get("key")) && values.contains(String.valueOf(row.get("value"))),
            PrismRequests.LARGEST_PAGE,
            MOST_CATEGORIES);
    Map<String, String> extIds = new HashMap<>();
    lists
        .oneByOne(all, caller)
        .forEachRemaining(
            row -> extIds.put(String.valueOf(row.get("value")), String.valueOf(row.get("extId"))));
    for (String value : values) {
      if (!extIds.containsKey(value)) {
        throw refused(
            "category-unknown",
            "categories: " + key + ":" + value + " (expected: a category of " + all.system() + ")");
      }
    }
    return Set.copyOf(extIds.values());
  }

  /** A name may belong to two clusters; then only their extIds tell them apart. */
  private String cluster(String system, String wanted, Caller caller) {
    PrismList all =
        new PrismList(
            system,
            PrismRequests::clusters,
            List.of(ODataQuery.ALL.select(List.of("extId", "name")).orderBy("name", false)),
            row -> wanted.equals(row.get("extId")) || wanted.equals(row.get("name")),
            PrismRequests.LARGEST_PAGE,
            MOST_CLUSTERS);
    List<String> found = new ArrayList<>();
    lists
        .oneByOne(all, caller)
        .forEachRemaining(row -> found.add(String.valueOf(row.get("extId"))));
    if (found.size() != 1) {
      throw refused(
          "cluster-unknown",
          "cluster: "
              + wanted
              + (found.isEmpty()
                  ? " (expected: the name or extId of a cluster of " + system + ")"
                  : " is the name of " + found + " (expected: one of their extIds)"));
    }
    return found.get(0);
  }

  private static PrismProblem refused(String kind, String message) {
    return PrismProblem.of(PrismProblem.Verdict.REFUSED, kind, message);
  }
}
