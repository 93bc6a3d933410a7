package io.drover.runtime.servicenow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.drover.prism.Timeline;
import io.drover.runtime.CallFailure;
import io.drover.runtime.Workers;
import io.drover.runtime.notice.Undeliverable;
import io.drover.testing.Lab;
import io.drover.testing.ServiceNowClient;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shipped wire against the simulated ServiceNow. */
class ServiceNowDoorTest {
  private static final int CIS = 7;
  private static Lab lab;
  private static ServiceNowClient servicenow;

  @BeforeAll
  static void start() {
    lab = Lab.with(CIS, List.of("drover.systems.servicenow.answer=1s"), "--cmdb-drift=off");
    servicenow = lab.world().servicenow();
  }

  @AfterAll
  static void close() {
    lab.close();
  }

  @AfterEach
  void heal() {
    lab.world().noFaults();
    servicenow.configure("hidden", 0, "errors", "error", "count", "on", "invalidQuery", "drop");
  }

  /** Ways to log in, by the names of the credentials that are used. */
  private enum Login {
    PASSWORD,
    API_KEY,
    CLIENT,
    WRONG_PASSWORD,
    WRONG_KEY,
    WRONG_CLIENT,
    NO_SECRET
  }

  private static final String WRONG = "hunter2-hunter2";

  private static ServiceNowSettings settings(Login login) {
    String url = lab.simulator().url("servicenow");
    String user = lab.simulator().credential("servicenowUsername");
    String client = lab.simulator().credential("servicenowClientId");
    return switch (login) {
      case PASSWORD ->
          settings(url, user, lab.simulator().credential("servicenowPassword"), null, null, null);
      case WRONG_PASSWORD -> settings(url, user, WRONG, null, null, null);
      case NO_SECRET -> settings(url, user, "file:/nowhere/secret", null, null, null);
      case API_KEY ->
          settings(url, null, null, lab.simulator().credential("servicenowApiKey"), null, null);
      case WRONG_KEY -> settings(url, null, null, WRONG, null, null);
      case CLIENT ->
          settings(
              url,
              null,
              null,
              null,
              client,
              "file:" + file(lab.simulator().credential("servicenowClientSecret")));
      case WRONG_CLIENT -> settings(url, null, null, null, client, WRONG);
    };
  }

  private static Path file(String secret) {
    try {
      return Files.writeString(lab.folder().resolve("servicenow-secret"), secret + "\n");
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static ServiceNowSettings settings(
      @Nullable String url,
      @Nullable String user,
      @Nullable String password,
      @Nullable String key,
      @Nullable String client,
      @Nullable String secret) {
    return new ServiceNowSettings(
        url == null ? null : URI.create(url),
        user,
        password,
        key,
        client,
        secret,
        3,
        3,
        Duration.ofMillis(10),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        new ServiceNowSettings.Cmdb(
            "cmdb_ci_vm_instance",
            List.of("object_id"),
            "name",
            "owned_by.user_name",
            "environment",
            null,
            null),
        new ServiceNowSettings.Incident(Set.of("6", "7", "8"), null));
  }

  private static ServiceNowCalls calls(ServiceNowSettings settings) {
    return new ServiceNowCalls(
        settings,
        new ServiceNowWire(lab.bean(CamelContext.class)),
        new ServiceNowLogin(settings, Clock.systemUTC()),
        lab.bean(Timeline.class),
        lab.bean(Workers.class),
        Clock.systemUTC());
  }

  private static List<Map<String, Object>> read(
      ServiceNowCalls calls, String table, String fields, Condition... conditions) {
    ServiceNowList list =
        new ServiceNowList(
            table, new LinkedHashSet<>(List.of(fields.split(","))), List.of(conditions), 100);
    List<Map<String, Object>> rows = new ArrayList<>();
    new ServiceNowRows(list, 3, request -> calls.read(request, () -> {}))
        .forEachRemaining(rows::add);
    return rows;
  }

  record Case(String name, Runnable before, Login login, @Nullable String kind, String... told) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case reads(String name, Runnable before, Login login) {
    return new Case(name, before, login, null);
  }

  private static void fault(String kind, Object... pairs) {
    List<Object> all = new ArrayList<>(List.of("system", "servicenow"));
    all.addAll(List.of(pairs));
    lab.world().fault(kind, all.toArray());
  }

  static Stream<Case> cases() {
    return Stream.of(
        reads("by password", () -> {}, Login.PASSWORD),
        reads("by API key", () -> {}, Login.API_KEY),
        reads("by OAuth client", () -> {}, Login.CLIENT),
        reads("away for a moment", () -> fault("cut-before", "count", 2), Login.PASSWORD),
        reads(
            "busy for a moment",
            () -> fault("status", "status", 503, "count", 2, "after", 1),
            Login.PASSWORD),
        reads("late", () -> fault("delay", "millis", 200), Login.PASSWORD),
        reads("without a count", () -> servicenow.configure("count", "off"), Login.PASSWORD),
        new Case(
            "away for good",
            () -> fault("away", "count", -1),
            Login.PASSWORD,
            "connection",
            "did not answer GET /api/now/table/cmdb_ci_vm_instance"),
        new Case(
            "busy for good, on the second page",
            () -> fault("status", "status", 503, "count", -1, "after", 1),
            Login.PASSWORD,
            "http-503",
            "status 503: Made to fail by a fault"),
        new Case(
            "silent for too long",
            () -> fault("hold", "count", -1),
            Login.PASSWORD,
            "timeout",
            "did not answer"),
        new Case(
            "wrong password",
            () -> {},
            Login.WRONG_PASSWORD,
            "http-401",
            "User Not Authenticated Required to provide Auth information"),
        new Case(
            "wrong password, and an error that is none",
            () -> servicenow.configure("errors", "message"),
            Login.WRONG_PASSWORD,
            "http-401",
            "status 401: User Not Authenticated"),
        new Case("wrong API key", () -> {}, Login.WRONG_KEY, "http-401", "status 401"),
        new Case("wrong client", () -> {}, Login.WRONG_CLIENT, "http-401", "gives no token"),
        new Case(
            "a secret that is not there",
            () -> {},
            Login.NO_SECRET,
            "credentials",
            "/nowhere/secret"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void answers(Case each) {
    each.before().run();
    ServiceNowCalls calls = calls(settings(each.login()));
    if (each.kind() == null) {
      assertThat(read(calls, "cmdb_ci_vm_instance", "name,object_id")).hasSize(CIS);
      return;
    }
    CallFailure failure =
        catchThrowableOfType(
            CallFailure.class, () -> read(calls, "cmdb_ci_vm_instance", "name,object_id"));
    lab.world().noFaults();
    assertThat(failure.getKind()).isEqualTo(each.kind());
    assertThat(failure)
        .hasMessageContainingAll(each.told())
        .hasMessageNotContaining(WRONG)
        .hasMessageNotContaining(lab.simulator().credential("servicenowPassword"));
  }

  @Test
  void waitsAsLongAsItIsAskedTo() {
    fault("status", "status", 429, "retryAfter", 1);
    long begun = System.nanoTime();
    assertThat(read(calls(settings(Login.PASSWORD)), "cmdb_ci_vm_instance", "name")).hasSize(CIS);
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(20));
  }

  @Test
  void aTokenThatEndedIsRenewedOnce() {
    ServiceNowCalls calls = calls(settings(Login.CLIENT));
    assertThat(read(calls, "cmdb_ci_vm_instance", "name")).hasSize(CIS);
    servicenow.configure("expire", true);
    assertThat(read(calls, "cmdb_ci_vm_instance", "name")).hasSize(CIS);
  }

  @Test
  void aTableOrFieldThatIsNotThereIsSaid() {
    ServiceNowCalls calls = calls(settings(Login.PASSWORD));
    CallFailure table = catchThrowableOfType(CallFailure.class, () -> read(calls, "typo", "name"));
    assertThat(table.getKind()).isEqualTo("http-400");
    assertThat(table).hasMessageContaining("Invalid table typo");
    Condition dropped = new Condition("u_typo", Condition.Operator.EQUALS, "x");
    CallFailure field =
        catchThrowableOfType(
            CallFailure.class, () -> read(calls, "cmdb_ci_vm_instance", "name", dropped));
    assertThat(field.getKind()).as("ServiceNow left the condition out").isEqualTo("field-unknown");
    servicenow.configure("invalidQuery", "no-rows");
    assertThat(read(calls, "cmdb_ci_vm_instance", "name", dropped)).isEmpty();
  }

  @Test
  void conditionsSelectAndReferencesAreTexts() {
    ServiceNowCalls calls = calls(settings(Login.PASSWORD));
    List<Map<String, Object>> rows =
        read(
            calls,
            "cmdb_ci_vm_instance",
            "name,owned_by,owned_by.user_name",
            new Condition("name", Condition.Operator.IN, "web-1,web-2,nobody"),
            new Condition("owned_by.user_name", Condition.Operator.ENDS_WITH, "-1"));
    assertThat(rows)
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row).containsEntry("owned_by.user_name", "owner-1");
              assertThat(row.get("owned_by")).asString().matches("[0-9a-f]{32}");
            });
  }

  @Test
  void withoutServiceNowAnIncidentIsNotKeptForLater() {
    ServiceNowSettings none = settings(null, null, null, null, null, null);
    ServiceNowCalls calls = calls(none);
    ServiceNowIncidents incidents =
        new ServiceNowIncidents(none, new ServiceNowLists(calls, 3), calls);
    Undeliverable never =
        catchThrowableOfType(
            Undeliverable.class,
            () -> incidents.find(new DefaultExchange(lab.bean(CamelContext.class))));
    assertThat(never).hasMessageContaining("drover.systems.servicenow.url");
    CallFailure failure =
        catchThrowableOfType(CallFailure.class, () -> read(calls, "incident", "name"));
    assertThat(failure.getKind()).isEqualTo("not-configured");
  }

  @Test
  void settingsThatCannotWorkAreRefused() {
    for (String url :
        List.of("http://example.com", "https://user:secret@example.com", "ftp://127.0.0.1")) {
      IllegalArgumentException refused =
          catchThrowableOfType(
              IllegalArgumentException.class,
              () -> settings(url, "user", "secret", null, null, null));
      assertThat(refused).hasMessageContaining("url").hasMessageNotContaining("secret");
    }
    for (String key : new @Nullable String[] {null, "key"}) {
      assertThat(
              catchThrowableOfType(
                  IllegalArgumentException.class,
                  () ->
                      settings(
                          "https://example.com",
                          key == null ? null : "user",
                          key == null ? null : "secret",
                          key,
                          null,
                          null)))
          .hasMessageContaining("ways to log in");
    }
  }
}
