package io.drover.runtime.prism;

import static io.drover.runtime.prism.DoorCase.fails;
import static io.drover.runtime.prism.DoorCase.ok;
import static io.drover.runtime.prism.ScriptedPrism.Answer.data;
import static io.drover.runtime.prism.ScriptedPrism.Answer.of;
import static io.drover.runtime.prism.ScriptedPrism.Answer.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.runtime.prism.DoorLab.Ended;
import io.drover.runtime.prism.ScriptedPrism.Answer;
import io.drover.runtime.prism.ScriptedPrism.Seen;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads through the shipped routes and Kamelets: who asks, what comes back, what it means. */
class PrismReadDoorTest {
  private static final String BLOCK = "prism-get-vm-action";
  private static final String VM = "0a1b2c3d-0000-4000-8000-00000000000a";
  private static final String VM_PATH = "/ahv/config/vms/" + VM;
  private static final String GET_VM = "GET /api/vmm/v4.0" + VM_PATH;
  private static final Answer WEB = data("{\"extId\":\"" + VM + "\",\"name\":\"web-1\"}");

  private static DoorCase answered(
      String name, java.util.function.BiConsumer<Ended, ScriptedPrism> proof, Answer... answers) {
    return new DoorCase(
        name, server -> server.on(GET_VM, answers), BLOCK, Map.of("vmExtId", VM), proof);
  }

  private static java.util.function.BiConsumer<Ended, ScriptedPrism> after(int calls) {
    return ok(
        (ended, server) -> {
          assertThat(ended.body().path("name").asText()).isEqualTo("web-1");
          assertThat(server.seen()).hasSize(calls);
        });
  }

  private static java.util.function.BiConsumer<Ended, ScriptedPrism> afterSecond(int calls) {
    return ok(
        (ended, server) -> {
          after(calls).accept(ended, server);
          assertThat(server.seen().get(1).nanos() - server.seen().get(0).nanos())
              .as("Retry-After is obeyed")
              .isGreaterThan(900_000_000L);
        });
  }

  private static String inTwoSeconds() {
    return ZonedDateTime.now(ZoneOffset.UTC)
        .plusSeconds(2)
        .format(DateTimeFormatter.RFC_1123_DATE_TIME);
  }

  static Stream<DoorCase> answers() {
    return Stream.of(
        answered("found", after(1), WEB),
        answered("408, then found", after(2), of(408, ""), WEB),
        answered("429, then found", after(2), of(429, ""), WEB),
        answered("502, then found", after(2), of(502, "<html>bad gateway</html>"), WEB),
        answered("503, then found", after(2), of(503, ""), WEB),
        answered("504 twice, then found", after(3), of(504, ""), of(504, ""), WEB),
        answered("429 with Retry-After", afterSecond(2), of(429, "").with("Retry-After", "1"), WEB),
        new DoorCase(
            "503 with a date",
            server ->
                server
                    .on(GET_VM, call -> of(503, "").with("Retry-After", inTwoSeconds()))
                    .on(GET_VM, WEB),
            BLOCK,
            Map.of("vmExtId", VM),
            afterSecond(2)),
        answered("503 with nonsense", after(2), of(503, "").with("Retry-After", "soon"), WEB),
        answered("answer lost, then found", after(2), Answer.lost(), WEB),
        answered("half an answer, then found", after(2), Answer.half("{\"data\":{\"ext"), WEB),
        answered(
            "503 for good", fails("http-503", 3, "503", "away"), of(503, "{\"message\":\"away\"}")),
        answered("429 for good", fails("http-429", 3), of(429, "")),
        answered("away for good", fails("connection", 3, "the answer was lost"), Answer.lost()),
        answered("500 is not repeated", fails("http-500", 1), of(500, "boom")),
        answered(
            "404 in Prism's words",
            fails("http-404", 1, "\"VM not there\" (VMM-30100 VM_NOT_FOUND)"),
            problem(404, "VMM-30100", "VM_NOT_FOUND", "VM not there")),
        answered(
            "400 of the schema",
            fails("http-400", 1, "vmExtId: not an id"),
            of(
                400,
                "{\"data\":{\"error\":{\"$objectType\":\"x.SchemaValidationError\",\"error\":\"Bad Request\","
                    + "\"validationErrorMessages\":[{\"attributePath\":\"vmExtId\",\"message\":\"not an id\"}]}}}")),
        answered("403 as text", fails("http-403", 1, "\"no way\""), of(403, "no way")),
        answered(
            "404 of a gateway",
            fails("http-404", 1, "The requested URL was not found"),
            of(404, "{\"message\":\"The requested URL was not found\"}")),
        answered(
            "403 as a page",
            fails("http-403", 1, "\"Access denied\""),
            of(403, "<html><script>alert(1)</script><h1>Access denied</h1></html>")),
        answered(
            "a message of many lines",
            fails("http-409", 1, "a b"),
            problem(409, "X-1", "G", "a\\nb" + "c".repeat(5_000))),
        answered(
            "a redirect is not followed",
            fails("http-302", 1),
            of(302, "").with("Location", "http://127.0.0.1:9/elsewhere")),
        answered(
            "a login page is no VM",
            fails("garbled-answer", 3, "Sign in"),
            of(200, "<html><body>Sign in</body></html>")),
        answered("no body is no VM", fails("garbled-answer", 3, "it is empty"), of(204, "")),
        answered("cut JSON is no VM", fails("garbled-answer", 3), of(200, "{\"data\":{\"extId\":")),
        answered("a list of nothing is no VM", fails("garbled-answer", 3), of(200, "[]")),
        answered("an endless answer", fails("answer-too-large", 1), Answer.endless()),
        new DoorCase(
            "an id that is a path",
            server -> {},
            BLOCK,
            Map.of("vmExtId", "../../clustermgmt"),
            fails("invalid-input", 0, "vmExtId: ../../clustermgmt")),
        new DoorCase(
            "no id at all", server -> {}, BLOCK, Map.of(), fails("invalid-input", 0, "vmExtId")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void reads(DoorCase door) {
    door.run();
  }

  private static Ended getVm(DoorLab.Central system) {
    return DoorLab.lab().call(BLOCK, Map.of("system", system.name(), "vmExtId", VM));
  }

  private static DoorLab.Central serving(DoorLab.Central system) {
    system.server().on(GET_VM, WEB);
    return system;
  }

  private static String basic(String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString(("drover:" + password).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void saysWhoItIsByBasicAuthenticationAndSendsNothingOfTheRunbook() {
    DoorLab.Central pc = serving(DoorLab.lab().fresh());
    getVm(pc);
    Seen call = pc.server().seen().get(0);
    assertThat(call.header("authorization")).isEqualTo(basic("s3cret-" + pc.name()));
    assertThat(call.headers().keySet())
        .isSubsetOf(Set.of("authorization", "accept", "host", "connection", "user-agent"));
  }

  @Test
  void saysWhoItIsByAnApiKey() {
    DoorLab.Central pc = serving(DoorLab.lab().special("key"));
    assertThat(getVm(pc).kind()).isNull();
    Seen call = pc.server().seen().get(0);
    assertThat(call.header("x-ntnx-api-key")).isEqualTo("k3y-of-drover");
    assertThat(call.header("authorization")).isNull();
  }

  @Test
  void goesToThePrismCentralThatIsNamed() {
    DoorLab.Central one = serving(DoorLab.lab().fresh());
    DoorLab.Central two = serving(DoorLab.lab().fresh());
    getVm(two);
    assertThat(one.server().seen()).isEmpty();
    assertThat(two.server().seen())
        .singleElement()
        .satisfies(
            call ->
                assertThat(call.header("authorization")).isEqualTo(basic("s3cret-" + two.name())));
  }

  @Test
  void namesTheSystemsWhenItDoesNotKnowOne() {
    Ended ended = DoorLab.lab().call(BLOCK, Map.of("system", "pc-lost", "vmExtId", VM));
    assertThat(ended.kind()).isEqualTo("unknown-system");
    assertThat(ended.message()).contains("system: pc-lost", "expected: one of", "tls-store");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({"tls-unknown, tls", "tls-store,", "tls-pem,", "tls-other-name, tls", "tls-insecure,"})
  void trustsWhomItIsToldTo(String name, String kind) {
    DoorLab.Central pc = serving(DoorLab.lab().special(name));
    Ended ended = getVm(pc);
    assertThat(ended.kind()).as(ended.message()).isEqualTo(kind);
    assertThat(pc.server().seen()).hasSize(kind == null ? 1 : 0);
    if (kind != null) {
      assertThat(ended.message()).contains("not trusted", "nothing was sent", "trust-pem");
    }
  }

  @Test
  void logsInAnewOnceWithCredentialsReadAnew() {
    DoorLab.secret("old");
    DoorLab.Central pc = DoorLab.lab().special("rotating");
    pc.server()
        .on(
            GET_VM,
            call -> {
              if (basic("new").equals(call.header("authorization"))) {
                return WEB;
              }
              DoorLab.secret("new");
              return of(401, "unauthorized");
            });
    assertThat(getVm(pc).kind()).isNull();
    assertThat(pc.server().seen())
        .extracting(call -> call.header("authorization"))
        .containsExactly(basic("old"), basic("new"));
  }

  @Test
  void doesNotLockTheAccountByRepeatingRefusedCredentials() {
    DoorLab.Central pc = DoorLab.lab().fresh();
    pc.server().on(GET_VM, of(401, "unauthorized"));
    assertThat(getVm(pc).kind()).isEqualTo("http-401");
    assertThat(pc.server().seen()).hasSize(2);
    Ended second = getVm(pc);
    assertThat(second.kind()).isEqualTo("http-401");
    assertThat(second.message()).contains("not sent again for a minute");
    assertThat(pc.server().seen()).hasSize(2);
  }

  @Test
  void speaksTheNewestVersionThatBothSidesKnow() {
    DoorLab.Central pc = DoorLab.lab().special("auto");
    pc.server()
        .on("OPTIONS /api/vmm/unversioned/info", of(503, ""), data("\"v4.9\""))
        .on("GET /api/vmm/v4.3" + VM_PATH, WEB);
    assertThat(getVm(pc).kind()).isNull();
    assertThat(getVm(pc).kind()).isNull();
    assertThat(pc.server().seen())
        .extracting(Seen::line)
        .as("asked until it was told, then never again")
        .containsExactly(
            "OPTIONS /api/vmm/unversioned/info",
            "OPTIONS /api/vmm/unversioned/info",
            "GET /api/vmm/v4.3" + VM_PATH,
            "GET /api/vmm/v4.3" + VM_PATH);
  }

  @Test
  void neverMakesMoreCallsASecondThanTheTierAllows() {
    DoorLab.Central pc = DoorLab.lab().special("tiered");
    pc.server()
        .on(
            "GET /api/prism/v4.0/config/categories",
            data("[{\"extId\":\"c\",\"key\":\"Env\",\"value\":\"Prod\"}]"));
    List<String> begun = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      begun.add(
          DoorLab.lab()
              .start(
                  "call",
                  "prism-resolve-category-action",
                  Map.of("system", pc.name(), "category", "Env:Prod")));
    }
    begun.forEach(id -> assertThat(DoorLab.lab().end(id).kind()).isNull());
    List<Long> times = pc.server().seen().stream().map(Seen::nanos).sorted().toList();
    assertThat(times).hasSize(8);
    for (int i = 3; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 3))
          .as("a fourth call within one second")
          .isGreaterThan(1_000_000_000L);
    }
  }
}
