package io.drover.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.simulator.Wire.Reply;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ServiceNow's Table API as it is on the wire, with what is odd about it. */
class ServiceNowApiTest {
  private static final String CIS = "/api/now/table/cmdb_ci_vm_instance";
  private static final int VMS = 48;
  private static Wire wire;

  @BeforeAll
  static void start() {
    wire = Wire.to("--vms=" + VMS);
  }

  @AfterAll
  static void stop() {
    wire.close();
  }

  @AfterEach
  void usual() {
    control("/servicenow", "{\"hidden\":0,\"errors\":\"error\",\"invalidQuery\":\"drop\"}");
  }

  private static Reply control(String path, String body) {
    return wire.send(
        HttpRequest.newBuilder(URI.create(wire.ready().path("control").asText() + path))
            .POST(BodyPublishers.ofString(body)));
  }

  private static HttpRequest.Builder asked(String path, String... query) {
    return HttpRequest.newBuilder(
            URI.create(wire.ready().path("servicenow").asText() + path + Wire.query(query)))
        .header("x-sn-apikey", wire.credential("servicenowApiKey"));
  }

  private static Reply get(String path, String... query) {
    return wire.send(asked(path, query));
  }

  private static Reply found(String query) {
    return get(CIS, "sysparm_query", query, "sysparm_fields", "name", "sysparm_limit", "1000");
  }

  @Test
  void theCmdbIsThatOfTheVmsButForWhatDrifted() {
    Map<String, Vm> vms = new HashMap<>();
    wire.world().vms().forEach(vm -> vms.put(vm.extId, vm));
    List<JsonNode> rows = new ArrayList<>();
    get(CIS, "sysparm_limit", "1000").json().path("result").forEach(rows::add);
    // Of each 24 VMs one has no record and one has two; one record has no VM.
    assertThat(rows).hasSize(VMS + 1);
    assertThat(rows).filteredOn(row -> vms.containsKey(text(row, "object_id"))).hasSize(42);
    assertThat(rows).filteredOn(row -> text(row, "install_status").equals("7")).hasSize(2);
    assertThat(rows).filteredOn(row -> text(row, "object_id").startsWith("VMware-")).hasSize(2);
    assertThat(rows).filteredOn(row -> text(row, "object_id").isEmpty()).hasSize(2);
    assertThat(rows).filteredOn(row -> text(row, "environment").equals("Staging")).hasSize(2);
    assertThat(rows).filteredOn(row -> text(row, "name").equals("gone-1")).hasSize(1);
    try (Wire same = Wire.to("--vms=" + VMS, "--cmdb-drift=off")) {
      Reply all =
          same.send(
              HttpRequest.newBuilder(URI.create(same.ready().path("servicenow").asText() + CIS))
                  .header("x-sn-apikey", same.credential("servicenowApiKey")));
      assertThat(all.json().path("result")).hasSize(VMS);
    }
  }

  private static String text(JsonNode row, String field) {
    return row.path(field).asText();
  }

  @ParameterizedTest
  @CsvSource({
    "name=web-1, 1",
    "name=WEB-1, 1",
    "name!=web-1, 48",
    "nameSTARTSWITHdb-, 12",
    "nameENDSWITH-1, 2",
    "nameLIKEone, 1",
    "'nameINweb-1,web-2,nobody', 2",
    "name=web-1^ORname=web-2, 2",
    "name=web-1^environment=Production, 1",
    "name=web-1^environment=Test, 0",
    "owned_by.user_name=owner-1^nameSTARTSWITHweb, 8",
    "u_typo=x^name=web-1, 1",
    "nameSOUNDSLIKEx, 49",
    "name=web-1^ORDERBYDESCname, 1"
  })
  void selectsAndLeavesOutWhatItDoesNotUnderstand(String query, int count) {
    assertThat(found(query).json().path("result")).as(query).hasSize(count);
    assertThat(found(query).header("X-Total-Count")).isEqualTo(String.valueOf(count));
  }

  @Test
  void mayBeToldToRefuseWhatItDoesNotUnderstand() {
    control("/servicenow", "{\"invalidQuery\":\"no-rows\"}");
    assertThat(found("u_typo=x^name=web-1").json().path("result")).isEmpty();
    assertThat(found("name=web-1").json().path("result")).hasSize(1);
  }

  @Test
  void pagesBeforeItHidesAndLinksBeforeTheBeginning() {
    control("/servicenow", "{\"hidden\":5}");
    Reply first = get(CIS, "sysparm_limit", "10", "sysparm_query", "ORDERBYsys_id");
    assertThat(first.json().path("result")).hasSize(8);
    assertThat(first.header("X-Total-Count")).isEqualTo("49");
    assertThat(first.header("Link"))
        .contains("sysparm_offset=-10", "rel=\"prev\"", "rel=\"next\"", "rel=\"last\"");
    Reply last = get(CIS, "sysparm_limit", "10", "sysparm_offset", "40");
    assertThat(last.header("Link")).doesNotContain("rel=\"next\"");
  }

  @Test
  void referencesAreObjectsUnlessAskedOtherwise() {
    String[] query = {"sysparm_query", "name=web-1", "sysparm_fields", "owned_by,u_no"};
    JsonNode plain = get(CIS, query).json().path("result").path(0);
    assertThat(plain.path("owned_by").path("link").asText()).contains("/sys_user/");
    assertThat(plain.has("u_no")).isFalse();
    String[] bare = {
      "sysparm_query",
      "name=web-1",
      "sysparm_fields",
      "owned_by",
      "sysparm_exclude_reference_link",
      "true"
    };
    assertThat(get(CIS, bare).json().path("result").path(0).path("owned_by").asText())
        .matches("[0-9a-f]{32}");
    String[] all = {
      "sysparm_query", "name=web-1", "sysparm_fields", "owned_by", "sysparm_display_value", "all"
    };
    assertThat(
            get(CIS, all)
                .json()
                .path("result")
                .path(0)
                .path("owned_by")
                .path("display_value")
                .asText())
        .isEqualTo("owner-1");
  }

  @Test
  void anEmptyListIsNoneInTheOlderApi() {
    assertThat(get("/api/now/v1/table/cmdb_ci_vm_instance", "sysparm_query", "name=x").status())
        .isEqualTo(404);
    assertThat(get("/api/now/v2/table/cmdb_ci_vm_instance", "sysparm_query", "name=x").status())
        .isEqualTo(200);
  }

  @Test
  void incidentsAreMadeChangedAndKeepTheirJournal() {
    Reply made =
        wire.send(
            asked("/api/now/table/incident")
                .POST(BodyPublishers.ofString("{\"short_description\":\"s\",\"no\":\"x\"}")));
    assertThat(made.status()).isEqualTo(201);
    JsonNode row = made.json().path("result");
    assertThat(text(row, "number")).startsWith("INC00");
    assertThat(text(row, "state")).isEqualTo("1");
    String path = "/api/now/table/incident/" + text(row, "sys_id");
    Reply changed =
        wire.send(
            asked(path)
                .method(
                    "PATCH", BodyPublishers.ofString("{\"work_notes\":\"n\",\"state\":\"2\"}")));
    assertThat(changed.status()).isEqualTo(200);
    assertThat(text(get(path).json().path("result"), "state")).isEqualTo("2");
    assertThat(text(get(path).json().path("result"), "work_notes")).isEmpty();
    assertThat(get(path.substring(0, path.length() - 1) + "x").status()).isEqualTo(400);
    assertThat(get("/api/now/table/incident/" + "0".repeat(32)).status()).isEqualTo(404);
  }

  @Test
  void errorsHaveTheirObjectOrNot() {
    assertThat(get("/api/now/table/typo").json().path("error").path("message").asText())
        .isEqualTo("Invalid table typo");
    control("/servicenow", "{\"errors\":\"message\"}");
    assertThat(get("/api/now/table/typo").json().has("error")).isFalse();
    assertThat(get("/api/now/table/typo").json().path("message").asText())
        .isEqualTo("Invalid table typo");
  }

  @Test
  void nobodyGetsInWithoutCredentials() {
    URI there = URI.create(wire.ready().path("servicenow").asText() + CIS);
    assertThat(wire.send(HttpRequest.newBuilder(there)).status()).isEqualTo(401);
    assertThat(wire.send(HttpRequest.newBuilder(there).header("x-sn-apikey", "no")).status())
        .isEqualTo(401);
    assertThat(
            wire.send(HttpRequest.newBuilder(there).header("Authorization", "Bearer no")).status())
        .isEqualTo(401);
    assertThat(
            wire.send(
                    HttpRequest.newBuilder(there.resolve("/oauth_token.do"))
                        .POST(BodyPublishers.ofString("grant_type=client_credentials")))
                .json()
                .path("error")
                .asText())
        .isEqualTo("access_denied");
  }
}
