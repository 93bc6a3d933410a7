package io.drover.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrismListsTest {
  private static Wire wire;

  @BeforeAll
  static void start() {
    wire = Wire.to("--vms=120");
  }

  @AfterAll
  static void stop() {
    wire.close();
  }

  @Test
  void pagesFromZeroUntilThereIsNothingLeft() {
    Wire.Reply second = wire.get(Wire.VMS, "$page", "1", "$limit", "50");
    assertThat(second.data()).hasSize(50);
    assertThat(second.total()).isEqualTo(120);
    assertThat(second.json().path("$objectType").asText())
        .isEqualTo("vmm.v4.ahv.config.ListVmsApiResponse");
    assertThat(second.json().path("metadata").path("links").findValuesAsText("rel"))
        .containsExactly("self", "first", "prev", "next", "last");
    assertThat(wire.get(Wire.VMS, "%24page", "2", "$limit", "50").data()).hasSize(20);
    Wire.Reply past = wire.get(Wire.VMS, "$page", "9", "$limit", "50");
    assertThat(past.status()).isEqualTo(200);
    assertThat(past.json().has("data")).isFalse();
    assertThat(past.total()).isEqualTo(120);
    assertThat(wire.get(Wire.VMS).data()).hasSize(50);
  }

  @Test
  void saysWhatARowIsOnTheFirstOneOnlyAndNeverSaysNull() {
    JsonNode rows = wire.get(Wire.VMS, "$limit", "2").data();
    assertThat(rows.path(0).path("$objectType").asText()).isEqualTo("vmm.v4.ahv.config.Vm");
    assertThat(rows.path(1).has("$objectType")).isFalse();
    assertThat(rows.toString()).doesNotContain(":null");
  }

  @Test
  void givesOnlyWhatIsSelected() {
    JsonNode row =
        wire.get(Wire.VMS, "$select", "extId,name,cluster/extId,categories", "$limit", "2")
            .data()
            .path(1);
    assertThat(row.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("extId", "name", "cluster", "categories");
  }

  @Test
  void sortsByNumberAndByTextInBothDirections() {
    List<String> names = wire.get(Wire.VMS, "$orderby", "name desc", "$limit", "100").all("name");
    assertThat(names).isSortedAccordingTo(java.util.Comparator.reverseOrder());
    assertThat(wire.get(Wire.VMS, "$orderby", "memorySizeBytes,name").all("name")).isSorted();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "name eq 'web-7' | 1",
        "name in ('web-7','db-8','nobody') | 2",
        "startswith(name,'db-') | 30",
        "contains(name,'-11') | 11",
        "not startswith(name,'db-') and numSockets ge 2 | 90",
        "numSockets gt 2 | 0",
        "(name eq 'web-7' or name eq 'db-8') and powerState eq Vmm.Ahv.Config.PowerState'ON' | 2",
        "powerState eq Vmm.Ahv.Config.PowerState'OFF' | 0",
        "cluster/extId eq '0005b000-aaaa-bbbb-0000-000000000a01' | 60",
        "name eq 'o''brien' | 0",
      })
  void filtersByTheSubsetThatTheApiTakes(String filter, int rows) {
    Wire.Reply reply = wire.get(Wire.VMS, "$filter", filter);
    assertThat(reply.status()).as(reply.raw().body()).isEqualTo(200);
    assertThat(reply.total()).isEqualTo(rows);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "$filter | powerState eq Bogus",
        "$filter | powerState eq 'ON'",
        "$filter | powerState eq Prism.Config.TaskStatus'ON'",
        "$filter | createTime ge 2026-01-01T00:00:00Z",
        "$filter | categories/any(c:c/extId eq 'x')",
        "$filter | name eq 'unended",
        "$filter | name eq 'a' nonsense",
        "$filter | name like 'a'",
        "$filter | ((((name eq 'a'",
        "$orderby | createTime",
        "$orderby | name sideways",
        "$select | extId,passwords",
        "$limit | 0",
        "$limit | 101",
        "$limit | many",
        "$page | -1",
      })
  void refusesWhatTheApiRefuses(String option, String value) {
    Wire.Reply reply = wire.get(Wire.VMS, option, value);
    assertThat(reply.status()).isEqualTo(400);
    JsonNode error = reply.data().path("error");
    assertThat(error.isObject()).as("a schema error is an object").isTrue();
    assertThat(error.path("statusCode").asInt()).isEqualTo(400);
    assertThat(error.path("validationErrorMessages").path(0).path("message").asText()).isNotEmpty();
  }

  @Test
  void findsACategoryAndTheVmsThatHaveIt() {
    Wire.Reply found =
        wire.get(Wire.CATEGORIES, "$filter", "key eq 'AppType' and value eq 'Database'");
    assertThat(found.total()).isEqualTo(1);
    String extId = found.all("extId").get(0);
    JsonNode one =
        wire.get(Wire.CATEGORIES + "/" + extId, "$expand", "detailedAssociations").data();
    assertThat(one.path("detailedAssociations")).hasSize(30);
    assertThat(one.path("detailedAssociations").path(0).path("resourceType").asText())
        .isEqualTo("VM");
    assertThat(wire.get(Wire.CATEGORIES, "$filter", "key eq 'None'").total()).isZero();
    assertThat(
            wire.get(Wire.CATEGORIES, "$filter", "type eq Prism.Config.CategoryType'USER'").total())
        .isGreaterThan(5);
  }

  @Test
  void listsClustersWithThePrismCentralAmongThem() {
    String clusters = "/api/clustermgmt/v4.0/config/clusters";
    assertThat(wire.get(clusters).total()).isEqualTo(3);
    String filter = "config/clusterFunction/any(a:a eq Clustermgmt.Config.ClusterFunctionRef'AOS')";
    assertThat(wire.get(clusters, "$filter", filter).all("name"))
        .containsExactly("cluster-a", "cluster-b");
    assertThat(wire.get("/api/prism/v4.0/config/domain-managers").all("extId"))
        .containsExactly(Seeds.DOMAIN_MANAGER);
  }

  @Test
  void switchesWhatIsUnconfirmed() {
    try (Wire other =
        Wire.to(
            "--vms=8", "--unqualified-enums=ok", "--vm-category-filter=on", "--empty-list=empty")) {
      assertThat(other.get(Wire.VMS, "$filter", "powerState eq 'ON'").total()).isEqualTo(8);
      String category = other.get(Wire.CATEGORIES, "$limit", "1").all("extId").get(0);
      String filter = "categories/any(c:c/extId eq '" + category + "')";
      assertThat(other.get(Wire.VMS, "$filter", filter).total()).isBetween(1, 8);
      assertThat(other.get(Wire.VMS, "$page", "5").json().path("data").isArray()).isTrue();
    }
  }

  @Test
  void filtersByCategoryFromTheMinorOnThatCan() {
    try (Wire newer = Wire.to("--vms=8", "--versions=vmm:4.3,prism:4.4")) {
      String category = newer.get(Wire.CATEGORIES, "$limit", "1").all("extId").get(0);
      String filter = "categories/any(c:c/extId eq '" + category + "')";
      String vms = "/api/vmm/v4.3/ahv/config/vms";
      assertThat(newer.get(vms, "$filter", filter).status()).isEqualTo(200);
      assertThat(newer.get(Wire.VMS, "$filter", filter).status()).isEqualTo(400);
    }
  }

  @Test
  void answersForTenThousandVmsAsFastAsForFew() {
    try (Wire big = Wire.to("--vms=10000")) {
      String filter = "startswith(name,'db-') and powerState eq Vmm.Ahv.Config.PowerState'ON'";
      long best = Long.MAX_VALUE;
      for (int i = 0; i < 30; i++) {
        long begin = System.nanoTime();
        Wire.Reply reply = big.get(Wire.VMS, "$filter", filter, "$page", "20", "$limit", "100");
        best = Math.min(best, System.nanoTime() - begin);
        assertThat(reply.data()).hasSize(100);
        assertThat(reply.total()).isEqualTo(2500);
      }
      assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(20));
    }
  }

  @Test
  void callsVmsByNamesThatAreMeantToHurt() {
    try (Wire odd = Wire.to("--vms=20", "--hostile-names=on", "--duplicate-names=on")) {
      List<String> names = odd.get(Wire.VMS).all("name");
      assertThat(names).anyMatch(name -> name.contains("rm -rf / #\uD83D\uDC04"));
      assertThat(names).filteredOn("web-1"::equals).hasSize(2);
      String hostile = names.stream().filter(name -> name.contains("<img")).findFirst().get();
      String filter = "name eq '" + hostile.replace("'", "''") + "'";
      assertThat(odd.get(Wire.VMS, "$filter", filter).total()).isEqualTo(1);
    }
  }
}
