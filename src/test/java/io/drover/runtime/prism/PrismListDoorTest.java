package io.drover.runtime.prism;

import static io.drover.runtime.prism.DoorCase.fails;
import static io.drover.runtime.prism.DoorCase.ok;
import static io.drover.runtime.prism.ScriptedPrism.Answer.of;
import static io.drover.runtime.prism.ScriptedPrism.Answer.page;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.runtime.prism.DoorLab.Ended;
import io.drover.runtime.prism.ScriptedPrism.Answer;
import io.drover.runtime.prism.ScriptedPrism.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lists through the shipped routes and Kamelets: pages, filters, and what is not in them. */
class PrismListDoorTest {
  private static final String BLOCK = "prism-list-vms-action";
  private static final String LIST = "GET /api/vmm/v4.0/ahv/config/vms";

  private static String row(int id) {
    return "{\"extId\":\"vm-" + id + "\",\"categories\":[{\"extId\":\"c-" + id % 2 + "\"}]}";
  }

  private static Answer rows(@Nullable Integer total, int... ids) {
    String[] rows = IntStream.of(ids).mapToObj(PrismListDoorTest::row).toArray(String[]::new);
    return total == null
        ? of(200, "{\"data\":[" + String.join(",", rows) + "]}")
        : page(total, rows);
  }

  private static List<String> ids(Ended ended) {
    List<String> ids = new ArrayList<>();
    for (JsonNode row : ended.body()) {
      ids.add(row.path("extId").asText());
    }
    return ids;
  }

  private static BiConsumer<Ended, ScriptedPrism> gives(int calls, String... ids) {
    return ok(
        (ended, server) -> {
          assertThat(ids(ended)).containsExactly(ids);
          assertThat(server.seen()).hasSize(calls);
        });
  }

  private static DoorCase twoAPage(
      String name, BiConsumer<Ended, ScriptedPrism> proof, Answer... answers) {
    return new DoorCase(
        name, server -> server.on(LIST, answers), BLOCK + "?pageSize=2", Map.of(), proof);
  }

  private static DoorCase filtered(
      String name, Map<String, ?> filter, BiConsumer<Ended, ScriptedPrism> proof) {
    return new DoorCase(
        name, server -> server.on(LIST, rows(2, 1, 2)), BLOCK, Map.of("filter", filter), proof);
  }

  private static BiConsumer<Ended, ScriptedPrism> asks(String... filters) {
    return ok(
        (ended, server) ->
            assertThat(server.seen())
                .extracting(Seen::query)
                .hasSize(filters.length)
                .allSatisfy(
                    query ->
                        assertThat(query)
                            .startsWith("$page=0&$limit=100&$filter=")
                            .endsWith(
                                "&$orderby=name&$select=extId,name,powerState,cluster,categories"))
                .extracting(query -> query.replaceFirst("(?s)^.*?filter=(.*)&\\$orderby.*", "$1"))
                .containsExactly(filters));
  }

  static Stream<DoorCase> lists() {
    return Stream.of(
        twoAPage(
            "three pages with a total",
            gives(3, "vm-1", "vm-2", "vm-3", "vm-4", "vm-5"),
            rows(5, 1, 2),
            rows(5, 3, 4),
            rows(5, 5)),
        twoAPage(
            "pages without a total end at a short one",
            gives(2, "vm-1", "vm-2", "vm-3"),
            rows(null, 1, 2),
            rows(null, 3)),
        twoAPage(
            "a row that slid to the next page is given once",
            gives(2, "vm-1", "vm-2", "vm-3"),
            rows(4, 1, 2),
            rows(4, 2, 3)),
        twoAPage(
            "a total that is too high", gives(2, "vm-1", "vm-2"), rows(9, 1, 2), Answer.none()),
        twoAPage("nothing, without data", gives(1), Answer.none()),
        twoAPage("nothing, an empty array", gives(1), page(0)),
        twoAPage("nothing, null", gives(1), of(200, "{\"data\":null}")),
        twoAPage(
            "page 2 is away for a moment",
            gives(3, "vm-1", "vm-2", "vm-3"),
            rows(3, 1, 2),
            of(503, ""),
            rows(3, 3)),
        twoAPage(
            "page 2 fails for good: no half list",
            fails("http-503", 4, "503"),
            rows(3, 1, 2),
            of(503, "")),
        twoAPage(
            "page 2 is a login page: no half list",
            fails("garbled-answer", 4, "Sign in"),
            rows(3, 1, 2),
            of(200, "<h1>Sign in</h1>")),
        twoAPage(
            "page 2 is large and broken inside: no half list",
            fails("garbled-answer", 2, "no JSON"),
            rows(3, 1, 2),
            of(200, "{\"data\":[{\"extId\":\"" + "x".repeat(20_000) + "\"}, oops]}")),
        twoAPage(
            "page 2 is cut off: no half list",
            fails("connection", 4, "lost"),
            rows(3, 1, 2),
            Answer.half("{\"data\":[{\"extId\":\"vm-3\"}")),
        new DoorCase(
            "more rows than allowed",
            server -> server.on(LIST, rows(5, 1, 2)),
            BLOCK + "?pageSize=2&maxRows=1",
            Map.of(),
            fails("too-many-rows", 1, "maxRows")),
        new DoorCase(
            "a page size that Prism refuses",
            server -> {},
            BLOCK + "?pageSize=101",
            Map.of(),
            fails("invalid-input", 0, "pageSize: 101 (expected: 1..100)")),
        filtered(
            "every condition",
            Map.of("powerState", "ON", "namePrefix", "web", "clusterExtId", "0006237e-c983"),
            asks(
                "powerState eq Vmm.Ahv.Config.PowerState'ON' and startswith(name,'web')"
                    + " and cluster/extId eq '0006237e-c983'")),
        filtered("an apostrophe", Map.of("name", "o'brien"), asks("name eq 'o''brien'")),
        filtered(
            "a name that is a filter",
            Map.of("name", "x' or name ne '"),
            asks("name eq 'x'' or name ne '''")),
        filtered(
            "a name that is a query",
            Map.of("name", "a&$filter=b#c?d%27+e/f"),
            asks("name eq 'a&$filter=b#c?d%27+e/f'")),
        filtered(
            "a name of markup and four-byte characters",
            Map.of("name", "<b>Ünï 💥</b>\n$(reboot)"),
            asks("name eq '<b>Ünï 💥</b>\n$(reboot)'")),
        filtered("a number as a name", Map.of("name", 42), asks("name eq '42'")),
        filtered(
            "categories are matched here",
            Map.of("categoryExtIds", List.of("c-1")),
            ok((ended, server) -> assertThat(ids(ended)).containsExactly("vm-1"))),
        filtered(
            "a misspelt condition",
            Map.of("powerstate", "ON"),
            fails("invalid-input", 0, "filter: powerstate")),
        filtered(
            "a power state that is a filter",
            Map.of("powerState", "ON' or 'a' eq 'a"),
            fails("invalid-input", 0, "PowerState")),
        filtered(
            "no ids is not all ids",
            Map.of("vmExtIds", List.of()),
            fails("invalid-input", 0, "filter.vmExtIds: []")),
        new DoorCase(
            "a filter that is text",
            server -> {},
            BLOCK,
            Map.of("filter", "name eq 'web'"),
            fails("invalid-input", 0, "filter: name eq 'web'")),
        new DoorCase(
            "recovery points of a VM",
            server -> server.on("GET /api/dataprotection/v4.0/config/recovery-points", page(0)),
            "prism-list-recovery-points-action",
            Map.of("filter", Map.of("vmExtId", "0a1b")),
            ok(
                (ended, server) ->
                    assertThat(server.seen().get(0).query())
                        .contains("$filter=vmRecoveryPoints/any(a:a/vmExtId eq '0a1b')"))),
        new DoorCase(
            "an unknown category",
            server -> server.on("GET /api/prism/v4.0/config/categories", Answer.none()),
            "prism-resolve-category-action",
            Map.of("category", "Env:O'Prod"),
            fails("category-unknown", 1, "category: Env:O'Prod")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lists")
  void reads(DoorCase door) {
    door.run();
  }

  @Test
  void asksForManyIdsByFortyAtATime() {
    List<String> ids = IntStream.range(0, 85).mapToObj(i -> "vm-" + i).toList();
    new DoorCase(
            "85 ids",
            server -> server.on(LIST, rows(0)),
            BLOCK,
            Map.of("filter", Map.of("vmExtIds", ids)),
            ok(
                (ended, server) ->
                    assertThat(server.seen())
                        .extracting(call -> call.query().split("'vm-").length - 1)
                        .containsExactly(40, 40, 5)))
        .run();
  }

  private static Answer onePage(Seen call, int total) {
    int page = Integer.parseInt(call.query().replaceFirst(".*\\$page=(\\d+).*", "$1"));
    return rows(total, page);
  }

  /** As many pages as a stack that grew with each of them would not hold. */
  @Test
  void readsAThousandPages() {
    new DoorCase(
            "1,000 pages",
            server -> server.on(LIST, call -> onePage(call, 1_000)),
            BLOCK + "?pageSize=1",
            Map.of(),
            ok((ended, server) -> assertThat(ids(ended)).hasSize(1_000).doesNotHaveDuplicates()))
        .run();
  }

  @Test
  void givesRowsOneByOneToASplitAndReadsPagesOnTheWay() {
    DoorLab lab = DoorLab.lab();
    DoorLab.Central pc = lab.fresh();
    pc.server().on(LIST, rows(5, 1, 2), of(503, ""), rows(5, 3, 4), rows(5, 5));
    Ended ended =
        lab.end(
            lab.start(
                "walk-rows", BLOCK + "?pageSize=2&rows=one-by-one", Map.of("system", pc.name())));
    assertThat(ended.kind()).as(ended.message()).isNull();
    assertThat(ended.body().asText()).isEqualTo("walked");
    assertThat(pc.server().seen())
        .extracting(call -> call.query().substring(0, "$page=0".length()))
        .startsWith("$page=0")
        .hasSize(4); // and 1 or 2, which are fetched at once, comes again after its 503
    assertThat(pc.server().seen()).extracting(Seen::query).anyMatch(q -> q.startsWith("$page=2"));
  }

  @Test
  void aPageThatFailsOnTheWayFailsTheStep() {
    DoorLab lab = DoorLab.lab();
    DoorLab.Central pc = lab.fresh();
    pc.server().on(LIST, rows(5, 1, 2), of(403, "no"));
    Ended ended =
        lab.end(
            lab.start(
                "walk-rows", BLOCK + "?pageSize=2&rows=one-by-one", Map.of("system", pc.name())));
    assertThat(ended.kind()).isEqualTo("http-403");
  }
}
