package io.drover.runtime.servicenow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.runtime.CallFailure;
import io.drover.runtime.Workers;
import io.drover.testing.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped wire against the simulated ServiceNow. */
class ServiceNowDoorTest {
  private static final int ITEMS = 7;
  private static final String WRONG = "hunter2-hunter2";
  private static final String TABLE = "cmdb_ci_vm_instance";
  private static Lab lab;

  @BeforeAll
  static void start() {
    lab =
        Lab.with(
            ITEMS,
            List.of("drover.systems.servicenow.cmdb.only[u_prism_central]={system}uction"),
            "--cmdb-drift=off");
  }

  @AfterAll
  static void close() {
    lab.close();
  }

  @AfterEach
  void heal() {
    lab.world().noFaults();
  }

  private enum Login {
    PASSWORD,
    API_KEY,
    CLIENT,
    WRONG_PASSWORD,
    WRONG_KEY,
    WRONG_CLIENT,
    NO_SECRET,
    NONE
  }

  private static String secret(String name) {
    return lab.simulator().credential("serviceNow" + name);
  }

  private static ServiceNowProperties settings(Login login) {
    String url = lab.simulator().url("servicenow");
    String user = secret("Username");
    return switch (login) {
      case PASSWORD -> settings(url, user, secret("Password"), null, null, null);
      case WRONG_PASSWORD -> settings(url, user, WRONG, null, null, null);
      case NO_SECRET -> settings(url, user, "file:/nowhere/secret", null, null, null);
      case API_KEY -> settings(url, null, null, secret("ApiKey"), null, null);
      case WRONG_KEY -> settings(url, null, null, WRONG, null, null);
      case CLIENT -> {
        try {
          String file =
              Files.writeString(lab.folder().resolve("client-secret"), secret("ClientSecret"))
                  .toString();
          yield settings(url, null, null, null, secret("ClientId"), "file:" + file);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      case WRONG_CLIENT -> settings(url, null, null, null, secret("ClientId"), WRONG);
      case NONE -> settings(url, null, null, null, null, null);
    };
  }

  private static ServiceNowProperties settings(
      @Nullable String url,
      @Nullable String user,
      @Nullable String password,
      @Nullable String key,
      @Nullable String client,
      @Nullable String secret) {
    return new ServiceNowProperties(
        url == null ? null : URI.create(url),
        user,
        password,
        key,
        client,
        secret,
        3,
        3,
        Duration.ofMillis(10),
        Duration.ofMillis(500),
        Duration.ofMillis(10),
        new ServiceNowProperties.Cmdb(
            TABLE,
            List.of("object_id"),
            "name",
            "owned_by.user_name",
            "environment",
            "install_status",
            List.of("7"),
            null));
  }

  private static ServiceNowCalls calls(Login login) {
    return new ServiceNowCalls(
        lab.bean(CamelContext.class), settings(login), lab.bean(Workers.class));
  }

  private static List<String> names(ServiceNowCalls calls, Map<String, String> equal) {
    return names(calls, TABLE, equal, new ServiceNowCalls.Patience(3, () -> {}));
  }

  private static List<String> names(
      ServiceNowCalls calls,
      String table,
      Map<String, String> equal,
      ServiceNowCalls.Patience patience) {
    List<String> names = new ArrayList<>();
    calls.read(
        table,
        new Query(equal, "sys_id"),
        List.of("name"),
        patience,
        record -> names.add(String.valueOf(record.get("name"))));
    return names;
  }

  record Case(String name, Runnable before, Login login, @Nullable String kind, String... told) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Runnable fault(String kind, Object... pairs) {
    List<Object> all = new ArrayList<>(List.of("system", "servicenow"));
    all.addAll(List.of(pairs));
    return () -> lab.world().fault(kind, all.toArray());
  }

  static Stream<Case> cases() {
    Runnable well = () -> {};
    return Stream.of(
        new Case("by password", well, Login.PASSWORD, null),
        new Case("by API key", well, Login.API_KEY, null),
        new Case("by OAuth client", well, Login.CLIENT, null),
        new Case("away for a moment", fault("cut-before", "count", 2), Login.PASSWORD, null),
        new Case(
            "busy for a moment, on the second page",
            fault("status", "count", 2, "after", 1),
            Login.PASSWORD,
            null),
        new Case("late", fault("delay", "millis", 100), Login.PASSWORD, null),
        new Case(
            "away for good", fault("away", "count", -1), Login.PASSWORD, "connection", "reached"),
        new Case(
            "silent for too long",
            fault("hold", "count", -1),
            Login.PASSWORD,
            "connection",
            "SocketTimeoutException"),
        new Case(
            "busy for good, on the second page",
            fault("status", "count", -1, "after", 1),
            Login.PASSWORD,
            "http-503",
            "status 503: A fault"),
        new Case(
            "wrong password", well, Login.WRONG_PASSWORD, "http-401", "User Not Authenticated"),
        new Case("wrong API key", well, Login.WRONG_KEY, "http-401", "status 401"),
        new Case("wrong client", well, Login.WRONG_CLIENT, "http-401", "gives no token"),
        new Case("no such secret", well, Login.NO_SECRET, "credentials", "/nowhere/secret"),
        new Case("no credentials", well, Login.NONE, "not-configured", "client-secret"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void answers(Case each) {
    each.before().run();
    ServiceNowCalls calls = calls(each.login());
    if (each.kind() == null) {
      assertThat(names(calls, Map.of())).hasSize(ITEMS);
      return;
    }
    CallFailure failure = catchThrowableOfType(CallFailure.class, () -> names(calls, Map.of()));
    assertThat(failure.getKind()).isEqualTo(each.kind());
    assertThat(failure)
        .hasMessageContainingAll(each.told())
        .hasMessageNotContaining(WRONG)
        .hasMessageNotContaining(secret("Password"));
  }

  @Test
  void aTokenThatEndedIsRenewed() throws IOException {
    ServiceNowCalls calls = calls(Login.CLIENT);
    assertThat(names(calls, Map.of())).hasSize(ITEMS);
    lab.world().expireServiceNow();
    assertThat(names(calls, Map.of())).hasSize(ITEMS);
  }

  @Test
  void waitsAsLongAsItIsAskedToUnlessItIsHalted() {
    fault("status", "status", 429, "retryAfter", 1).run();
    long begun = System.nanoTime();
    assertThat(names(calls(Login.PASSWORD), Map.of())).hasSize(ITEMS);
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(20));

    fault("status", "status", 429, "retryAfter", 3600, "count", -1).run();
    AtomicInteger asked = new AtomicInteger();
    ServiceNowCalls.Patience halted =
        new ServiceNowCalls.Patience(
            3,
            () -> {
              if (asked.incrementAndGet() > 1) {
                throw new CallFailure(CallFailure.Verdict.REFUSED, "halted", "halted");
              }
            });
    CallFailure failure =
        catchThrowableOfType(
            CallFailure.class, () -> names(calls(Login.PASSWORD), TABLE, Map.of(), halted));
    assertThat(failure.getKind()).as("long before the hour is over").isEqualTo("halted");
  }

  @Test
  void aTableOrFieldThatIsNotThereIsNotTakenForAnEmptyOne() {
    ServiceNowCalls calls = calls(Login.PASSWORD);
    CallFailure table =
        catchThrowableOfType(
            CallFailure.class,
            () -> names(calls, "typo", Map.of(), new ServiceNowCalls.Patience(1, () -> {})));
    assertThat(table.getKind()).isEqualTo("http-400");
    assertThat(table).hasMessageContaining("Invalid table");
    CallFailure field =
        catchThrowableOfType(CallFailure.class, () -> names(calls, Map.of("u_typo", "x")));
    assertThat(field.getKind()).as("ServiceNow left the condition out").isEqualTo("field-unknown");
    assertThat(field).hasMessageContaining("u_typo");
    assertThat(names(calls, Map.of("name", "web-1"))).containsExactly("web-1");
    assertThat(names(calls, Map.of("name", "nobody"))).isEmpty();
  }

  @Test
  void readsOnlyTheItemsOfItsPrismCentral() {
    Cmdb cmdb = lab.bean(Cmdb.class);
    assertThat(cmdb.read("prod", () -> {}).items())
        .as("the condition is {system}uction")
        .hasSize(ITEMS);
    assertThat(cmdb.read("dr", () -> {}).items()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a^state=7", "a^NQstate=7", "a\nb", "javascript:gs.log()", " JavaScript:1", ""})
  void aValueThatWouldBeAQueryIsRefused(String value) {
    assertThatThrownBy(() -> new Query(Map.of("name", value), "sys_id"))
        .isInstanceOfSatisfying(
            CallFailure.class, e -> assertThat(e.getKind()).isEqualTo("invalid-input"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://example.com, user, secret, ''",
    "ftp://127.0.0.1, user, secret, ''",
    "https://user:secret@example.com, user, secret, ''",
    "https:///nowhere, user, secret, ''",
    "https://example.com, '', '', client"
  })
  void settingsThatCannotWorkAreRefused(String url, String user, String password, String client) {
    assertThatThrownBy(
            () ->
                settings(
                    url,
                    user.isEmpty() ? null : user,
                    password.isEmpty() ? null : password,
                    null,
                    client.isEmpty() ? null : client,
                    null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("drover.systems.servicenow")
        .hasMessageNotContaining(":secret");
  }

  private static JsonNode incident(String key) {
    return lab.world().records("incident").stream()
        .filter(row -> row.path("correlation_id").asText().equals(key))
        .reduce(
            (a, b) -> {
              throw new AssertionError("two incidents of " + key);
            })
        .orElseThrow();
  }

  private static void deliver(String key, int execution, String description) throws IOException {
    String report =
        new ObjectMapper()
            .createObjectNode()
            .put("key", key)
            .put("execution", String.format("%026d", execution))
            .put("findings", 1)
            .put("summary", "summary")
            .put("description", description)
            .toString();
    try (ProducerTemplate door = lab.bean(CamelContext.class).createProducerTemplate()) {
      door.sendBody("direct:servicenow-incident", report);
    }
  }

  @Test
  void whatAVmIsCalledIsNoHtmlInAJournal() throws IOException {
    deliver("html", 1, "none");
    deliver("html", 2, "[code]<img src=x onerror=alert(1)>[/CODE]");
    for (String field : List.of("description", "work_notes")) {
      assertThat(incident("html").path(field).asText())
          .contains("[ code]<img src=x onerror=alert(1)>[ /CODE]")
          .doesNotContain("[code]", "[/CODE]");
    }
  }

  @Test
  void whatWasToldIsNotToldAgainEvenOfAnIncidentThatSomebodyClosedSince() throws IOException {
    deliver("closed", 1, "first");
    lab.world()
        .item(
            "",
            "table",
            "incident",
            "sys_id",
            incident("closed").path("sys_id").asText(),
            "state",
            "7");
    deliver("closed", 1, "first");
    assertThat(incident("closed").path("description").asText()).isEqualTo("first");
  }
}
