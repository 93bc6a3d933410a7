package io.drover.runtime.prism;

import static io.drover.runtime.prism.DoorCase.fails;
import static io.drover.runtime.prism.DoorCase.ok;
import static io.drover.runtime.prism.ScriptedPrism.Answer.page;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.runtime.prism.DoorLab.Ended;
import io.drover.runtime.prism.ScriptedPrism.Answer;
import io.drover.runtime.prism.ScriptedPrism.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** "VMs of these categories in this cluster, powered on", through the shipped block. */
class PrismInventoryDoorTest {
  private static final String BLOCK = "prism-find-vms-action";
  private static final String VMS = "GET /api/vmm/v4.0/ahv/config/vms";
  private static final String CATEGORIES = "GET /api/prism/v4.0/config/categories";
  private static final String CLUSTERS = "GET /api/clustermgmt/v4.0/config/clusters";

  private static String row(String extId, String... categories) {
    List<String> references = new ArrayList<>();
    for (String category : categories) {
      references.add("{\"extId\":\"" + category + "\"}");
    }
    return "{\"extId\":\"" + extId + "\",\"categories\":[" + String.join(",", references) + "]}";
  }

  private static Answer categories(Seen call) {
    return call.query().contains("key eq 'Owner'")
        ? page(
            2,
            "{\"extId\":\"o-a\",\"key\":\"Owner\",\"value\":\"anna\"}",
            "{\"extId\":\"o-b\",\"key\":\"Owner\",\"value\":\"bert\"}")
        : page(1, "{\"extId\":\"e-p\",\"key\":\"Environment\",\"value\":\"Production\"}");
  }

  private static void world(ScriptedPrism server) {
    server.on(CATEGORIES, PrismInventoryDoorTest::categories);
    server.on(
        CLUSTERS,
        page(
            3,
            "{\"extId\":\"c-1\",\"name\":\"north\"}",
            "{\"extId\":\"c-2\",\"name\":\"twin\"}",
            "{\"extId\":\"c-3\",\"name\":\"twin\"}"));
    server.on(
        VMS,
        page(
            4,
            row("vm-1", "o-a", "e-p"),
            row("vm-2", "o-b", "e-p"),
            row("vm-3", "o-a"),
            row("vm-4", "e-p")));
  }

  private static List<String> ids(Ended ended) {
    List<String> ids = new ArrayList<>();
    for (JsonNode row : ended.body()) {
      ids.add(row.path("extId").asText());
    }
    return ids;
  }

  private static List<String> lists(ScriptedPrism server) {
    return server.seen().stream()
        .map(Seen::query)
        .filter(query -> query.contains("powerState"))
        .toList();
  }

  static Stream<DoorCase> finds() {
    return Stream.of(
        new DoorCase(
            "one of each key, in a cluster by its name, powered on, two passes",
            PrismInventoryDoorTest::world,
            BLOCK,
            Map.of(
                "categories",
                List.of("Owner:anna", "Owner:bert", "Environment:Production"),
                "cluster",
                "north",
                "powerState",
                "ON"),
            ok(
                (ended, server) -> {
                  assertThat(ids(ended)).containsExactly("vm-1", "vm-2");
                  assertThat(lists(server))
                      .hasSize(2)
                      .allSatisfy(
                          query ->
                              assertThat(query)
                                  .contains("powerState eq Vmm.Ahv.Config.PowerState'ON'")
                                  .contains(" and cluster/extId eq 'c-1'"));
                })),
        new DoorCase(
            "all of them, once",
            PrismInventoryDoorTest::world,
            BLOCK + "?passes=1",
            Map.of(),
            ok(
                (ended, server) -> {
                  assertThat(ids(ended)).hasSize(4);
                  assertThat(lists(server)).hasSize(1);
                })),
        new DoorCase(
            "a cluster by its extId",
            PrismInventoryDoorTest::world,
            BLOCK + "?passes=1",
            Map.of("cluster", "c-3"),
            ok((ended, server) -> assertThat(lists(server).get(0)).contains("eq 'c-3'"))),
        new DoorCase(
            "a name that two clusters have",
            PrismInventoryDoorTest::world,
            BLOCK,
            Map.of("cluster", "twin"),
            fails("cluster-unknown", 1, "twin", "c-2", "c-3")),
        new DoorCase(
            "a cluster that is not there",
            PrismInventoryDoorTest::world,
            BLOCK,
            Map.of("cluster", "south"),
            fails("cluster-unknown", 1, "cluster: south")),
        new DoorCase(
            "a category that is not there",
            PrismInventoryDoorTest::world,
            BLOCK,
            Map.of("categories", List.of("Owner:carla")),
            fails("category-unknown", 1, "Owner:carla")),
        new DoorCase(
            "a category without a value",
            PrismInventoryDoorTest::world,
            BLOCK,
            Map.of("categories", List.of("Owner")),
            fails("invalid-input", 0, "categories: Owner (expected: Key:Value)")),
        new DoorCase(
            "no categories is not all categories",
            PrismInventoryDoorTest::world,
            BLOCK,
            Map.of("categories", List.of()),
            fails("invalid-input", 0, "categories: []")),
        new DoorCase(
            "a list that never is as long as it says",
            server -> server.on(VMS, page(2, row("vm-1")), Answer.none()),
            BLOCK + "?passes=2",
            Map.of(),
            fails("list-unsure", 3, "2 passes", "one may be missing")),
        new DoorCase(
            "more than allowed",
            PrismInventoryDoorTest::world,
            BLOCK + "?maxRows=3",
            Map.of(),
            fails("too-many-rows", 1, "more than 3 rows")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("finds")
  void finds(DoorCase door) {
    door.run();
  }
}
