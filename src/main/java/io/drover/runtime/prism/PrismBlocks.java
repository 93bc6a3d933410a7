package io.drover.runtime.prism;

import io.drover.odata.Filter;
import io.drover.odata.Literal;
import io.drover.odata.ODataQuery;
import io.drover.prism.PrismAnswer;
import io.drover.prism.PrismChange;
import io.drover.prism.PrismChanges;
import io.drover.prism.PrismProblem;
import io.drover.prism.PrismRequest;
import io.drover.prism.PrismRequests;
import io.drover.runtime.BlockInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What the prism Kamelets ask of the doors, made of what they are given. Constants come as
 * arguments, what differs from run to run by {@link BlockInput}.
 */
public final class PrismBlocks {
  private static final String SYSTEM = "system";
  private static final String VM = "vmExtId";
  private static final String POINT = "recoveryPointExtId";

  /** Ids in one filter; more make URLs that gateways refuse. */
  private static final int IDS_A_QUERY = 40;

  PrismBlocks() {}

  /** A list of VMs, by the body's {@code filter}. */
  public void listVms(Exchange exchange, String select, String orderBy, int pageSize, int maxRows) {
    BlockInput in = new BlockInput(exchange);
    Map<?, ?> filter =
        filter(
            in, "powerState", "name", "namePrefix", "clusterExtId", "categoryExtIds", "vmExtIds");
    Set<String> categories = Set.copyOf(texts(filter, "categoryExtIds"));
    List<String> fields = split(select);
    if (!categories.isEmpty() && !fields.contains("categories")) {
      fields.add("categories");
    }
    ODataQuery query = ordered(ODataQuery.ALL.select(fields), orderBy);
    List<Filter> every = vmFilters(filter);
    List<ODataQuery> queries = new ArrayList<>();
    List<String> ids = texts(filter, "vmExtIds");
    for (int from = 0; from < ids.size(); from += IDS_A_QUERY) {
      List<Filter> all = new ArrayList<>(every);
      all.add(Filter.in("extId", ids.subList(from, Math.min(ids.size(), from + IDS_A_QUERY))));
      queries.add(query.filter(Filter.and(all)));
    }
    if (ids.isEmpty()) {
      queries.add(every.isEmpty() ? query : query.filter(Filter.and(every)));
    }
    exchange
        .getMessage()
        .setBody(
            new PrismList(
                in.text(SYSTEM),
                PrismRequests::vms,
                queries,
                inCategories(categories),
                between("pageSize", pageSize, PrismRequests.LARGEST_PAGE),
                between("maxRows", maxRows, 1_000_000)));
  }

  /** As {@link #listVms}, to be read page by page. */
  public void scanVms(Exchange exchange, String select, String orderBy, int pageSize, int passes) {
    BlockInput in = new BlockInput(exchange);
    String most = in.optional("passes");
    String fields = in.optional("select");
    listVms(exchange, fields == null ? select : fields, orderBy, pageSize, 1_000_000);
    PrismList list = exchange.getMessage().getBody(PrismList.class);
    if (list.queries().size() != 1) {
      throw BlockInput.wrong(
          "filter.vmExtIds",
          list.queries().size() * IDS_A_QUERY + " of them",
          "at most " + IDS_A_QUERY + " in a scan");
    }
    exchange
        .getMessage()
        .setBody(
            list.passes(between("passes", most == null ? passes : number("passes", most), 20)));
  }

  /** Categories of these keys, by key and value. */
  public void listCategories(Exchange exchange, String keys, int maxRows) {
    String asked = new BlockInput(exchange).optional("keys");
    List<String> wanted = split(asked == null ? keys : asked);
    ODataQuery query =
        ODataQuery.ALL
            .select(List.of("extId", "key", "value"))
            .orderBy("key", false)
            .orderBy("value", false);
    list(
        exchange,
        PrismRequests::categories,
        wanted.isEmpty()
            ? query
            : query.filter(Filter.or(wanted.stream().map(key -> Filter.eq("key", key)).toList())),
        maxRows);
  }

  public void listClusters(Exchange exchange, int maxRows) {
    list(
        exchange,
        PrismRequests::clusters,
        ODataQuery.ALL.select(List.of("extId", "name")).orderBy("name", false),
        maxRows);
  }

  private static void list(
      Exchange exchange,
      Function<ODataQuery, PrismRequest> request,
      ODataQuery query,
      int maxRows) {
    exchange
        .getMessage()
        .setBody(
            new PrismList(
                new BlockInput(exchange).text(SYSTEM),
                request,
                List.of(query),
                row -> true,
                PrismRequests.LARGEST_PAGE,
                between("maxRows", maxRows, 100_000)));
  }

  /** VMs by the names of their categories and cluster. */
  public void findVms(Exchange exchange, String select, int maxRows, int passes) {
    BlockInput in = new BlockInput(exchange);
    List<String> fields = split(select);
    if (!fields.contains("categories")) {
      fields.add("categories");
    }
    Object categories = in.value("categories");
    if (categories != null && !(categories instanceof List<?> many && !many.isEmpty())) {
      throw BlockInput.wrong("categories", categories.toString(), "a list with at least one");
    }
    String state = in.optional("powerState");
    List<Filter> all = vmFilters(state == null ? Map.of() : Map.of("powerState", state));
    ODataQuery query = ordered(ODataQuery.ALL.select(fields), "name");
    PrismList list =
        new PrismList(
            in.text(SYSTEM),
            PrismRequests::vms,
            List.of(all.isEmpty() ? query : query.filter(Filter.and(all))),
            row -> true,
            PrismRequests.LARGEST_PAGE,
            between("maxRows", maxRows, 100_000),
            between("passes", passes, 20));
    exchange
        .getMessage()
        .setBody(
            new PrismInventory.Wanted(
                categories == null
                    ? Map.of()
                    : PrismInventory.byKey(
                        ((List<?>) categories).stream().map(String::valueOf).toList()),
                in.optional("cluster"),
                list));
  }

  private static List<Filter> vmFilters(Map<?, ?> filter) {
    List<Filter> all = new ArrayList<>();
    String state = condition(filter, "powerState");
    if (state != null) {
      all.add(
          BlockInput.checked(
              () -> Filter.eq("powerState", Literal.member("Vmm.Ahv.Config.PowerState", state))));
    }
    named(filter, all);
    String cluster = condition(filter, "clusterExtId");
    if (cluster != null) {
      all.add(Filter.eq("cluster/extId", cluster));
    }
    return all;
  }

  private static void named(Map<?, ?> filter, List<Filter> all) {
    String name = condition(filter, "name");
    if (name != null) {
      all.add(Filter.eq("name", name));
    }
    String prefix = condition(filter, "namePrefix");
    if (prefix != null) {
      all.add(Filter.startsWith("name", prefix));
    }
  }

  /** Lists of VMs can be filtered by category only from v4.3 on, so it is done here. */
  private static Predicate<Map<String, Object>> inCategories(Set<String> wanted) {
    return row ->
        wanted.isEmpty() || PrismLists.categories(row).stream().anyMatch(wanted::contains);
  }

  /** The category {@code Key:Value}, as {@code extId, key, value}. */
  public void resolveCategory(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    String category = in.text("category");
    int colon = category.indexOf(':');
    if (colon < 1 || colon == category.length() - 1) {
      throw BlockInput.wrong("category", category, "Key:Value");
    }
    String key = category.substring(0, colon);
    String value = category.substring(colon + 1);
    ODataQuery query =
        ODataQuery.where(Filter.eq("key", key).and(Filter.eq("value", value)))
            .select(List.of("extId", "key", "value"))
            .limit(2);
    read(
        exchange,
        in,
        PrismRequests.categories(query),
        answer ->
            answer.page().rows().stream()
                .filter(row -> key.equals(row.get("key")) && value.equals(row.get("value")))
                .findFirst()
                .map(
                    row ->
                        Map.of("extId", row.getOrDefault("extId", ""), "key", key, "value", value))
                .orElseThrow(
                    () ->
                        PrismProblem.of(
                            PrismProblem.Verdict.REFUSED,
                            "category-unknown",
                            "category: "
                                + category
                                + " (expected: a category of "
                                + in.optional(SYSTEM)
                                + ")")));
  }

  public void getVm(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    read(exchange, in, PrismRequests.vm(extId(in, VM)), PrismAnswer::object);
  }

  public void getRecoveryPoint(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    read(exchange, in, PrismRequests.recoveryPoint(extId(in, POINT)), PrismAnswer::object);
  }

  /** Recovery points, by the body's {@code filter}. */
  public void listRecoveryPoints(Exchange exchange, String orderBy, int pageSize, int maxRows) {
    BlockInput in = new BlockInput(exchange);
    Map<?, ?> filter = filter(in, "name", "namePrefix", VM, "locationAgnosticId");
    List<Filter> all = new ArrayList<>();
    named(filter, all);
    String id = condition(filter, "locationAgnosticId");
    if (id != null) {
      all.add(Filter.eq("locationAgnosticId", id));
    }
    String vm = condition(filter, VM);
    if (vm != null) {
      all.add(Filter.any("vmRecoveryPoints", a -> Filter.eq(a.field("vmExtId"), vm)));
    }
    ODataQuery query = all.isEmpty() ? ODataQuery.ALL : ODataQuery.where(Filter.and(all));
    exchange
        .getMessage()
        .setBody(
            new PrismList(
                in.text(SYSTEM),
                PrismRequests::recoveryPoints,
                List.of(ordered(query, orderBy)),
                row -> true,
                between("pageSize", pageSize, PrismRequests.LARGEST_PAGE),
                between("maxRows", maxRows, 1_000_000)));
  }

  public void createRecoveryPoint(Exchange exchange, String retention, String patience) {
    BlockInput in = new BlockInput(exchange);
    String keep = in.optional("retention");
    change(
        exchange,
        in,
        PrismChanges.createRecoveryPoint(
            extId(in, VM),
            in.optional("vmName"),
            in.oneOf(
                "consistency",
                PrismChanges.Consistency.class,
                PrismChanges.Consistency.CRASH_CONSISTENT),
            BlockInput.duration("retention", keep == null ? retention : keep)),
        patience);
  }

  public void deleteRecoveryPoint(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    change(exchange, in, PrismChanges.deleteRecoveryPoint(extId(in, POINT)), patience);
  }

  public void setExpiration(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    change(
        exchange,
        in,
        PrismChanges.setExpiration(extId(in, POINT), in.time("expirationTime")),
        patience);
  }

  public void replicate(Exchange exchange, String usual) {
    BlockInput in = new BlockInput(exchange);
    String asked = in.optional("patience");
    String patience = asked == null ? usual : asked;
    change(
        exchange,
        in,
        PrismChanges.replicate(
            extId(in, POINT), extId(in, "targetPcExtId"), extId(in, "targetClusterExtId")),
        patience);
  }

  public void revert(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    change(
        exchange,
        in,
        PrismChanges.revert(
            extId(in, VM), in.optional("vmName"), extId(in, "vmRecoveryPointExtId")),
        patience);
  }

  public void powerOn(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    change(exchange, in, PrismChanges.powerOn(extId(in, VM), in.optional("vmName")), patience);
  }

  public void powerOff(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    change(exchange, in, PrismChanges.powerOff(extId(in, VM), in.optional("vmName")), patience);
  }

  public void guestShutdown(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    change(
        exchange, in, PrismChanges.guestShutdown(extId(in, VM), in.optional("vmName")), patience);
  }

  public void reboot(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    change(exchange, in, PrismChanges.reboot(extId(in, VM), in.optional("vmName")), patience);
  }

  public void associateCategories(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    List<String> ids = new ArrayList<>();
    if (in.value("categoryExtIds") instanceof Iterable<?> all) {
      all.forEach(id -> ids.add(String.valueOf(id)));
    }
    if (ids.isEmpty()) {
      throw BlockInput.wrong("categoryExtIds", "nothing", "a list of categories' extIds");
    }
    change(
        exchange,
        in,
        PrismChanges.associateCategories(extId(in, VM), in.optional("vmName"), ids),
        patience);
  }

  public void awaitTask(Exchange exchange, String patience) {
    BlockInput in = new BlockInput(exchange);
    exchange
        .getMessage()
        .setBody(
            new PrismAwait(
                in.text(SYSTEM),
                extId(in, "taskExtId"),
                BlockInput.duration("patience", patience)));
  }

  public void awaitPowerState(Exchange exchange, String powerState, String patience) {
    BlockInput in = new BlockInput(exchange);
    exchange
        .getMessage()
        .setBody(
            new PrismPower(
                in.text(SYSTEM),
                extId(in, VM),
                powerState,
                false,
                BlockInput.duration("patience", patience)));
  }

  private static void read(
      Exchange exchange,
      BlockInput in,
      PrismRequest request,
      Function<PrismAnswer, @Nullable Object> view) {
    exchange.getMessage().setBody(new PrismRead(in.text(SYSTEM), request, view));
  }

  private static void change(
      Exchange exchange, BlockInput in, PrismChange change, String patience) {
    Duration atMost = BlockInput.duration("patience", patience);
    exchange.getMessage().setBody(new PrismWrite(in.text(SYSTEM), change, atMost));
  }

  /** The conditions of a list; a misspelt or empty one must not silently select everything. */
  private static Map<?, ?> filter(BlockInput in, String... names) {
    Object given = in.value("filter");
    if (given == null) {
      return Map.of();
    }
    if (!(given instanceof Map<?, ?> filter)) {
      throw BlockInput.wrong("filter", given.toString(), "an object of " + List.of(names));
    }
    for (Object name : filter.keySet()) {
      if (!List.of(names).contains(String.valueOf(name))) {
        throw BlockInput.wrong("filter", String.valueOf(name), "one of " + List.of(names));
      }
    }
    return filter;
  }

  private static @Nullable String condition(Map<?, ?> filter, String name) {
    Object value = filter.get(name);
    if (value == null) {
      return null;
    }
    if (value instanceof Map || value instanceof Iterable || value.toString().isEmpty()) {
      throw BlockInput.wrong("filter." + name, value.toString(), "a text");
    }
    return value.toString();
  }

  private static List<String> texts(Map<?, ?> filter, String name) {
    Object value = filter.get(name);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> many && many.isEmpty()) {
      throw BlockInput.wrong("filter." + name, "[]", "at least one, or no such condition");
    }
    return value instanceof List<?> many
        ? many.stream().map(String::valueOf).toList()
        : List.of(value.toString());
  }

  private static List<String> split(String list) {
    return new ArrayList<>(
        Arrays.stream(list.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList());
  }

  private static ODataQuery ordered(ODataQuery query, String orderBy) {
    ODataQuery sorted = query;
    for (String each : split(orderBy)) {
      boolean descending = each.endsWith(" desc");
      sorted = sorted.orderBy(each.replaceFirst(" (asc|desc)$", ""), descending);
    }
    return sorted;
  }

  private static String extId(BlockInput in, String name) {
    return BlockInput.checked(() -> PrismRequest.extId(name, in.text(name)));
  }

  private static int number(String name, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw BlockInput.wrong(name, text, "a number");
    }
  }

  private static int between(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw BlockInput.wrong(name, String.valueOf(value), "1.." + most);
    }
    return value;
  }
}
