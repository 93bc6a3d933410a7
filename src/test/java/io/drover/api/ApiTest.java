package io.drover.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.access.AccessRules;
import io.drover.access.Role;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import io.drover.execution.Outcome;
import io.drover.execution.Trigger;
import io.drover.testing.ApiClient;
import io.drover.testing.ApiClient.Answer;
import io.drover.testing.Lab;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.bcrypt.BCrypt;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

class ApiTest {
  private static final String PASSWORD = "correct horse battery staple";
  private static Lab lab;
  private static ApiClient viewer;
  private static ApiClient operator;
  private static ApiClient admin;

  @BeforeAll
  static void start() {
    String hash = BCrypt.hashpw(PASSWORD, BCrypt.gensalt(4));
    List<String> settings = new ArrayList<>();
    int i = 0;
    for (Role role : Role.values()) {
      String user = "drover.access.users[" + i++ + "].";
      settings.add(user + "name=" + name(role));
      settings.add(user + "password-hash=" + hash);
      settings.add(user + "roles=" + role);
      settings.add(user + "groups=" + (role == Role.VIEWER ? "others" : "approvers"));
    }
    lab = Lab.with(12, settings);
    viewer = user(Role.VIEWER);
    operator = user(Role.OPERATOR);
    admin = user(Role.ADMIN);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static String name(Role role) {
    return role.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static ApiClient user(Role role) {
    return ApiClient.user(lab.url(), name(role), PASSWORD);
  }

  /** Every mapping of Spring MVC, of the actuator and of the routes' own endpoints. */
  private static Set<String> mappings() {
    Set<String> all = new TreeSet<>();
    for (RequestMappingInfoHandlerMapping mapping :
        lab.beans(RequestMappingInfoHandlerMapping.class)) {
      for (RequestMappingInfo info : mapping.getHandlerMethods().keySet()) {
        Set<String> methods = new TreeSet<>();
        info.getMethodsCondition().getMethods().forEach(m -> methods.add(m.name()));
        if (methods.isEmpty()) {
          methods.add("GET");
        }
        for (String pattern : info.getPatternValues()) {
          methods.forEach(method -> all.add(method + " " + pattern.replaceAll("\\{[^}]+}", "x")));
        }
      }
    }
    lab.bean(CamelContext.class).getEndpoints().stream()
        .map(endpoint -> endpoint.getEndpointUri())
        .filter(uri -> uri.startsWith("platform-http:"))
        .map(uri -> uri.replaceFirst("^platform-http:/*", "/").replaceFirst("\\?.*", ""))
        .forEach(path -> all.add("POST " + path));
    return all;
  }

  @Test
  void everyMappingRefusesNobodyAndWhoMayNot() {
    Set<String> mappings = mappings();
    assertThat(mappings).hasSizeGreaterThan(30).anyMatch(m -> m.startsWith("POST /triggers/"));
    ApiClient nobody = ApiClient.nobody(lab.url());
    List<String> wrong = new ArrayList<>();
    int refused = 0;
    for (String mapping : mappings) {
      String method = mapping.substring(0, mapping.indexOf(' '));
      String path = mapping.substring(mapping.indexOf(' ') + 1).replace("/**", "/x");
      AccessRules.Rule rule = AccessRules.of(method, path);
      if (rule != null && rule.role() == null) {
        continue; // open on purpose: health and info
      }
      String body = method.equals("GET") ? null : "{}";
      if (nobody.send(method, path, body).status() != 401) {
        wrong.add(mapping + " for nobody");
      }
      for (Role role : Role.values()) {
        boolean may = rule != null && rule.role() != null && role.includes(rule.role());
        if (!may) {
          refused++;
          if (user(role).send(method, path, body).status() != 403) {
            wrong.add(mapping + " for " + role);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(refused).isGreaterThan(20);
  }

  @Test
  void aVmGoesBackOnlyWhenSomebodyElseSaysSo() {
    String vm = lab.world().vms().get(5).extId();
    String point = patched(vm);
    String first = lab.executions().list(OF_VM.apply(vm), null, 1).rows().get(0).id();
    String body = "{\"recoveryPoint\":\"" + point + "\"}";
    Answer begun = operator.post("/api/v1/executions/" + first + "/rerun", body);
    assertThat(begun.status()).as(begun.raw().body()).isEqualTo(201);
    String id = begun.json().path("id").asText();
    await().until(() -> lab.find(id).state() == ExecutionState.WAITING);
    JsonNode asked = viewer.get("/api/v1/approvals").json().get(0);
    assertThat(asked.path("execution").asText()).isEqualTo(id);
    assertThat(asked.at("/shown/recoveryPoint/recoveryPoint").asText()).isEqualTo(point);
    assertThat(asked.at("/shown/asOf/recoveryPointAge").asText()).isNotBlank();

    String decide = "/api/v1/approvals/" + asked.path("id").asText();
    String yes =
        "{\"reason\":\"it was fine then\",\"hash\":\"" + asked.path("hash").asText() + "\"}";
    String blind = "{\"reason\":\"whatever\",\"hash\":\"0\"}";
    assertThat(viewer.post(decide + "/approve", yes).status()).isEqualTo(403);
    assertThat(operator.post(decide + "/approve", yes).status()).isEqualTo(403);
    ApiClient approver = user(Role.APPROVER);
    assertThat(approver.post(decide + "/approve", "{\"reason\":\" \"}").status()).isEqualTo(400);
    assertThat(approver.post(decide + "/approve", blind).status()).isEqualTo(409);
    assertThat(lab.world().count("reverted", vm)).isZero();
    Answer decided = approver.post(decide + "/approve", yes);
    assertThat(decided.status()).as(decided.raw().body()).isEqualTo(200);
    assertThat(decided.json().path("state").asText()).isEqualTo("APPROVED");
    Answer late = admin.post(decide + "/reject", yes);
    assertThat(late.status()).isEqualTo(409);
    assertThat(late.raw().body()).contains("approver", "it was fine then");

    Execution ended = lab.end(id);
    assertThat(ended.outcome()).as(lab.story(id)).isEqualTo(Outcome.SUCCEEDED);
    assertThat(lab.world().count("reverted", vm)).isEqualTo(1);
    assertThat(lab.world().vm(vm).release()).isEqualTo(2);
    assertThat(lab.world().recoveryPoints(vm)).hasSize(2).contains(point);
  }

  private static final java.util.function.Function<String, Executions.Filter> OF_VM =
      vm -> new Executions.Filter("patch-vm", null, null, null, vm, null, null, false, false);

  /** Patches a VM and gives the recovery point that was taken of it. */
  private static String patched(String vm) {
    Execution window = lab.run("patch-window", lab.window(vm));
    assertThat(window.outcome()).as(lab.story(window.id())).isEqualTo(Outcome.SUCCEEDED);
    return lab.world().recoveryPoints(vm).get(0);
  }

  @Test
  void refusesAWrongPasswordAndAnUnknownUserAlike() {
    Answer wrong = ApiClient.user(lab.url(), "viewer", "no").get("/api/v1/me");
    Answer unknown = ApiClient.user(lab.url(), "mallory", "no").get("/api/v1/me");
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(unknown.json()).isEqualTo(wrong.json());
  }

  @Test
  void refusesAChangeThatABrowserMakesForAnotherSite() {
    Answer answer =
        operator.send(
            "PUT",
            "/api/v1/hold",
            "{\"on\":true,\"reason\":\"evil\"}",
            "Sec-Fetch-Site",
            "cross-site");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(viewer.get("/api/v1/hold").json().path("on").asBoolean()).isFalse();
  }

  @Test
  void startsOnceForAnIdempotencyKey() {
    String body = "{\"inputs\":" + lab.window("db-8").put("command", "apt") + "}";
    String path = "/api/v1/runbooks/patch-window/executions";
    Answer first = operator.post(path, body, "Idempotency-Key", "k-1");
    Answer again = operator.post(path, body, "Idempotency-Key", "k-1");
    Answer other = operator.post(path, body.replace("db-8", "web-1"), "Idempotency-Key", "k-1");
    Answer somebodyElse = admin.post(path, body, "Idempotency-Key", "k-1");
    assertThat(first.status()).isEqualTo(201);
    assertThat(first.header("Location"))
        .isEqualTo("/api/v1/executions/" + first.json().path("id").asText());
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
    assertThat(other.status()).isEqualTo(409);
    assertThat(somebodyElse.status()).isEqualTo(201);
    lab.end(first.json().path("id").asText());
    lab.end(somebodyElse.json().path("id").asText());
  }

  @Test
  void namesFieldValueAndExpectation() {
    record Case(String what, String method, String path, String body, int status, String detail) {}
    String start = "/api/v1/runbooks/patch-window/executions";
    String huge = "{\"inputs\":{\"x\":\"" + "y".repeat(1 << 20) + "\"}}";
    for (Case c :
        List.of(
            new Case("no JSON", "POST", start, "{", 400, "expected: JSON"),
            new Case("unknown field", "POST", start, "{\"input\":{}}", 400, "input: (expected"),
            new Case(
                "unknown runbook",
                "POST",
                start.replace("window", "door"),
                "{}",
                404,
                "patch-door"),
            new Case("missing inputs", "POST", start, "{\"inputs\":{}}", 422, "system: (missing)"),
            new Case(
                "wrong type",
                "POST",
                start,
                "{\"inputs\":{\"system\":\"prod\",\"command\":\"apt\",\"vms\":[\"a\"],\"canaries\":\"two\"}}",
                422,
                "canaries: \"two\" (expected: type integer)"),
            new Case(
                "absurd number",
                "POST",
                start,
                "{\"inputs\":{\"system\":\"prod\",\"command\":\"apt\",\"vms\":[\"a\"],\"maxVms\":1e99}}",
                422,
                "maxVms"),
            new Case(
                "path to another host",
                "POST",
                start,
                "{\"inputs\":{\"system\":\"prod\",\"command\":\"apt\",\"vms\":[\"a\"],"
                    + "\"healthCheck\":{\"port\":80,\"path\":\"//evil.example/x\"}}}",
                422,
                "healthCheck.path"),
            new Case("too large", "POST", start, huge, 413, "1 MiB"),
            new Case("unknown id", "GET", "/api/v1/executions/nope", "", 404, "nope"),
            new Case("unknown parameter", "GET", "/api/v1/executions?stat=x", "", 400, "stat"),
            new Case("unknown state", "GET", "/api/v1/executions?state=RUNING", "", 400, "RUNING"),
            new Case("no limit", "GET", "/api/v1/executions?limit=0", "", 400, "1..200"),
            new Case("no cursor", "GET", "/api/v1/executions?cursor=%27--", "", 400, "cursor"))) {
      Answer answer =
          operator.send(c.method(), c.path(), c.method().equals("GET") ? null : c.body());
      assertThat(answer.status()).as(c.what() + ": " + answer.raw().body()).isEqualTo(c.status());
      assertThat(answer.header("Content-Type")).as(c.what()).startsWith("application/problem+json");
      assertThat(answer.json().path("detail").asText()).as(c.what()).contains(c.detail());
      assertThat(answer.raw().body()).as(c.what()).doesNotContain("Exception", "\tat ");
    }
  }

  @Test
  void showsAndFollowsAnExecution() {
    String body = "{\"inputs\":" + lab.window("web-5").put("command", "apt") + "}";
    String id =
        operator.post("/api/v1/runbooks/patch-window/executions", body).json().path("id").asText();
    String events = viewer.get("/api/v1/executions/" + id + "/events").raw().body();
    assertThat(events)
        .contains("event:execution", "event:child", "event:step", "event:effect", "event:end")
        .contains("create-recovery-point");
    JsonNode child = viewer.get("/api/v1/executions/" + id + "/children").json().path(0);
    assertThat(child.path("outcome").asText()).as(lab.story(id)).isEqualTo("SUCCEEDED");
    String path = "/api/v1/executions/" + child.path("id").asText();
    assertThat(viewer.get(path + "/steps").json().findValuesAsText("step"))
        .contains("lock-vm", "apply-updates", "check-health");
    JsonNode effects = viewer.get(path + "/effects").json();
    assertThat(effects.findValuesAsText("kind"))
        .containsExactly("create-recovery-point", "write-marker", "apply-updates", "reboot-guest");
    assertThat(effects.path(0).path("taskExtId").asText()).isNotEmpty();
    assertThat(effects.path(0).path("requestId").asText()).hasSize(36);
    JsonNode page = viewer.get("/api/v1/executions?topLevel=true&runbook=patch-window").json();
    assertThat(page.path("rows").findValuesAsText("id")).contains(id);
  }

  @Test
  void pagesThroughExecutionsByCursor() {
    for (int i = 0; i < 3; i++) {
      lab.run("patch-window", lab.window("nobody-" + i).put("command", "apt"));
    }
    Set<String> seen = new TreeSet<>();
    String cursor = "";
    int pages = 0;
    do {
      JsonNode page = viewer.get("/api/v1/executions?limit=2" + cursor).json();
      for (JsonNode row : page.path("rows")) {
        assertThat(seen.add(row.path("id").asText())).isTrue();
      }
      cursor = page.path("next").isNull() ? "" : "&cursor=" + page.path("next").asText();
      pages++;
    } while (!cursor.isEmpty());
    assertThat(pages).isGreaterThan(1);
    assertThat(seen).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void startsByAnHttpTriggerInTheCallersName() {
    Answer wrong = operator.post("/triggers/patch-window", "{\"system\":\"prod\"}");
    assertThat(wrong.status()).isEqualTo(422);
    assertThat(wrong.json().path("errors").findValuesAsText("field")).contains("command");
    Answer started =
        operator.post(
            "/triggers/patch-window",
            "{\"system\":\"prod\",\"command\":\"apt\",\"vms\":[\"nobody\"]}");
    assertThat(started.status()).isEqualTo(202);
    String id = started.json().path("execution").asText();
    assertThat(lab.end(id).requester()).isEqualTo("operator");
    assertThat(lab.find(id).trigger().kind()).isEqualTo(Trigger.Kind.HTTP);
  }

  @Test
  void aTokenNeverMayMoreThanItsOwnerAndIsGoneOnceRevoked() {
    assertThat(viewer.post("/api/v1/tokens", "{\"name\":\"t\",\"role\":\"ADMIN\"}").status())
        .isEqualTo(400);
    Answer made = admin.post("/api/v1/tokens", "{\"name\":\"ci\",\"role\":\"VIEWER\"}");
    assertThat(made.status()).isEqualTo(201);
    String secret = made.json().path("secret").asText();
    ApiClient token = ApiClient.token(lab.url(), secret);
    assertThat(token.get("/api/v1/me").json().path("name").asText()).isEqualTo("admin");
    assertThat(token.get("/api/v1/audit").status()).isEqualTo(403);
    assertThat(admin.get("/api/v1/tokens").raw().body()).doesNotContain(secret);
    String id = made.json().path("token").path("id").asText();
    assertThat(viewer.send("DELETE", "/api/v1/tokens/" + id, null).status()).isEqualTo(404);
    assertThat(admin.send("DELETE", "/api/v1/tokens/" + id, null).status()).isEqualTo(204);
    assertThat(token.get("/api/v1/me").status()).isEqualTo(401);
  }

  @Test
  void nobodyDecidesOnHisOwnRequestByAnotherTokenEither() {
    String vm = lab.world().vms().get(6).extId();
    String point = patched(vm);
    String first = lab.executions().list(OF_VM.apply(vm), null, 1).rows().get(0).id();
    String body = "{\"recoveryPoint\":\"" + point + "\"}";
    Answer begun = admin.post("/api/v1/executions/" + first + "/rerun", body);
    assertThat(begun.status()).as(begun.raw().body()).isEqualTo(201);
    String id = begun.json().path("id").asText();
    await().until(() -> lab.find(id).state() == ExecutionState.WAITING);
    String approval =
        lab.find(id).waitingFor() == null
            ? ""
            : String.valueOf(lab.find(id).waitingFor()).replace("approval:", "");
    Answer made = admin.post("/api/v1/tokens", "{\"name\":\"other\",\"role\":\"APPROVER\"}");
    ApiClient other = ApiClient.token(lab.url(), made.json().path("secret").asText());
    Answer refused =
        other.post("/api/v1/approvals/" + approval + "/approve", "{\"reason\":\"let me through\"}");
    assertThat(refused.status()).as(refused.raw().body()).isBetween(403, 409);
    assertThat(refused.raw().body()).contains("admin");
    assertThat(admin.get("/api/v1/audit").raw().body()).contains("approve-refused");
    assertThat(lab.find(id).state()).isEqualTo(ExecutionState.WAITING);
    Answer no =
        user(Role.APPROVER)
            .post("/api/v1/approvals/" + approval + "/reject", "{\"reason\":\"not that way\"}");
    assertThat(no.status()).isEqualTo(200);
    assertThat(lab.end(id).outcome()).isEqualTo(Outcome.REJECTED);
  }

  @Test
  void describesItself() {
    JsonNode api = viewer.get("/api/openapi.json").json();
    assertThat(api.path("paths").size()).isGreaterThan(20);
    api.path("paths")
        .forEach(
            path ->
                path.forEach(
                    operation -> assertThat(operation.path("summary").asText()).isNotBlank()));
    assertThat(viewer.get("/api/swagger-ui/index.html").status()).isEqualTo(200);
  }
}
