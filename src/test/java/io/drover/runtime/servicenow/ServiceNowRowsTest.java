package io.drover.runtime.servicenow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.drover.runtime.CallFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of two, out of scripted answers. */
class ServiceNowRowsTest {
  private static final String NEXT = "<https://x/api?sysparm_offset=2>;rel=\"next\"";
  private static final String PREV = "<https://x/api?sysparm_offset=-2>;rel=\"prev\"";

  private static ServiceNowAnswer answer(int status, String body, String... headers) {
    Map<String, String> named = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      named.put(headers[i], headers[i + 1]);
    }
    return new ServiceNowAnswer(status, named::get, body.getBytes(StandardCharsets.UTF_8));
  }

  private static ServiceNowAnswer page(@Nullable Integer total, String... ids) {
    String rows =
        String.join(
            ",",
            Arrays.stream(ids)
                .map(id -> "{\"sys_id\":\"" + id + "\",\"name\":\"n\",\"state\":\"1\"}")
                .toList());
    String body = "{\"result\":[" + rows + "]}";
    return total == null
        ? answer(200, body, "Link", PREV)
        : answer(200, body, "X-Total-Count", total.toString(), "Link", PREV);
  }

  record Case(String name, List<String> gives, int calls, int hidden, ServiceNowAnswer... pages) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> pages() {
    return Stream.of(
        new Case("nothing", List.of(), 1, 0, page(0)),
        new Case("one page", List.of("a", "b"), 1, 0, page(2, "a", "b")),
        new Case("two pages", List.of("a", "b", "c"), 2, 0, page(3, "a", "b"), page(3, "c")),
        new Case(
            "a short page with a successor: the limit comes before access rules",
            List.of("a", "c"),
            2,
            1,
            page(3, "a"),
            page(3, "c")),
        new Case(
            "an empty page in the middle",
            List.of("a", "e"),
            3,
            3,
            page(5, "a"),
            page(5),
            page(5, "e")),
        new Case("all hidden", List.of(), 1, 2, page(2)),
        new Case(
            "a row that slid to the next page is given once",
            List.of("a", "b", "c"),
            2,
            0,
            page(4, "a", "b"),
            page(4, "b", "c")),
        new Case(
            "a list that shrinks meanwhile", List.of("a", "b"), 2, 0, page(4, "a", "b"), page(2)),
        new Case(
            "a list that grows meanwhile",
            List.of("a", "b", "c", "d", "e"),
            3,
            0,
            page(3, "a", "b"),
            page(5, "c", "d"),
            page(5, "e")),
        new Case(
            "without a count, until an empty page",
            List.of("a", "b", "c"),
            3,
            0,
            page(null, "a", "b"),
            page(null, "c"),
            page(null)),
        new Case(
            "without a count, an empty page with a next one",
            List.of("a", "c"),
            4,
            0,
            page(null, "a"),
            answer(200, "{\"result\":[]}", "Link", NEXT),
            page(null, "c"),
            page(null)),
        new Case(
            "the older API, nothing found",
            List.of(),
            1,
            0,
            answer(404, "{\"error\":{\"message\":\"No Record found\"},\"status\":\"failure\"}")),
        new Case(
            "rows that do not keep to what was asked",
            List.of("b"),
            1,
            0,
            answer(
                200,
                "{\"result\":[{\"sys_id\":\"a\",\"name\":\"n\",\"state\":\"7\"},"
                    + "{\"sys_id\":\"b\",\"name\":\"n\",\"state\":\"1\"}]}",
                "X-Total-Count",
                "2")));
  }

  private static ServiceNowList list(Condition... conditions) {
    return new ServiceNowList("incident", Set.of("name"), List.of(conditions), 100);
  }

  private static List<String> read(
      ServiceNowList list, List<ServiceNowRequest> asked, ServiceNowAnswer... pages) {
    return ids(rows(list, asked, pages));
  }

  private static ServiceNowRows rows(
      ServiceNowList list, List<ServiceNowRequest> asked, ServiceNowAnswer... pages) {
    Deque<ServiceNowAnswer> left = new ArrayDeque<>(List.of(pages));
    return new ServiceNowRows(
        list,
        2,
        request -> {
          asked.add(request);
          return left.remove();
        });
  }

  private static List<String> ids(ServiceNowRows rows) {
    List<String> ids = new ArrayList<>();
    rows.forEachRemaining(row -> ids.add(String.valueOf(row.get("sys_id"))));
    return ids;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pages")
  void reads(Case each) {
    List<ServiceNowRequest> asked = new ArrayList<>();
    ServiceNowRows rows =
        rows(list(new Condition("state", Condition.Operator.EQUALS, "1")), asked, each.pages());
    assertThat(ids(rows)).containsExactlyElementsOf(each.gives());
    assertThat(asked).hasSize(each.calls());
    assertThat(rows.hidden()).isEqualTo(each.hidden());
    for (int i = 0; i < asked.size(); i++) {
      assertThat(asked.get(i).query())
          .containsEntry("sysparm_offset", String.valueOf(2 * i))
          .containsEntry("sysparm_limit", "2")
          .containsEntry("sysparm_query", "state=1^ORDERBYsys_id")
          .containsEntry("sysparm_exclude_reference_link", "true");
    }
  }

  @Test
  void aFieldThatNoRowHasIsNotTakenForAnEmptyOne() {
    ServiceNowList list = new ServiceNowList("incident", Set.of("name", "u_typo"), List.of(), 9);
    assertThatThrownBy(() -> read(list, new ArrayList<>(), page(1, "a")))
        .isInstanceOfSatisfying(
            CallFailure.class, e -> assertThat(e.getKind()).isEqualTo("field-unknown"))
        .hasMessageContaining("u_typo")
        .hasMessageNotContaining("name,");
    assertThat(read(list, new ArrayList<>(), page(0))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<html>Your instance is hibernating</html>", "", "[]", "{\"result\":{}}", "{"})
  void whatIsNoListIsNotTakenForAnEmptyOne(String body) {
    CallFailure failure =
        catchThrowableOfType(
            CallFailure.class, () -> read(list(), new ArrayList<>(), answer(200, body)));
    assertThat(failure.getKind()).isEqualTo("garbled-answer");
  }

  @Test
  void aListThatNeverEndsIsGivenUp() {
    ServiceNowRows rows =
        new ServiceNowRows(list(), 2, r -> answer(200, "{\"result\":[]}", "Link", NEXT));
    assertThatThrownBy(rows::hasNext).hasMessageContaining("did not end after 10000 pages");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a^state=7",
        "a^NQstate=7",
        "a\nb",
        "javascript:gs.getUserID()",
        " JavaScript:1",
        "a^"
      })
  void aValueThatWouldBeAQueryIsRefused(String value) {
    assertThatThrownBy(() -> new Condition("name", Condition.Operator.EQUALS, value))
        .isInstanceOfSatisfying(
            CallFailure.class, e -> assertThat(e.getKind()).isEqualTo("invalid-input"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "na me", "name^x", "Name", "name=", ".name", "a..b", "ORDERBYname"})
  void aFieldThatIsNoneIsRefused(String field) {
    assertThatThrownBy(() -> new Condition(field, Condition.Operator.EQUALS, "x"))
        .isInstanceOf(CallFailure.class);
    assertThatThrownBy(() -> new ServiceNowList("t", Set.of(field), List.of(), 1))
        .isInstanceOf(CallFailure.class);
  }

  @ParameterizedTest
  @CsvSource({
    "EQUALS, web-1, WEB-1, true",
    "EQUALS, web-1, web-12, false",
    "NOT_EQUALS, web-1, web-1, false",
    "NOT_EQUALS, web-1, '', true",
    "CONTAINS, eb, web-1, true",
    "CONTAINS, xx, web-1, false",
    "STARTS_WITH, we, Web-1, true",
    "STARTS_WITH, eb, Web-1, false",
    "ENDS_WITH, -1, web-1, true",
    "ENDS_WITH, -, web-1, false",
    "IN, 'a,b', B, true",
    "IN, 'a,b', c, false"
  })
  void looksAtRowsAgain(Condition.Operator operator, String value, String own, boolean holds) {
    Condition condition = new Condition("name", operator, value);
    assertThat(condition.holds(Map.of("name", own))).isEqualTo(holds);
    assertThat(condition.holds(Map.of())).isEqualTo(operator == Condition.Operator.NOT_EQUALS);
  }

  @ParameterizedTest
  @CsvSource({
    "7, 7",
    "0, 0",
    "'Mon, 23 Nov 2026 10:00:30 GMT', 30",
    "'Mon, 23 Nov 2026 09:00:00 GMT', 0",
    "soon, -1"
  })
  void readsForHowLongItIsAskedToWait(String header, long seconds) {
    Duration after =
        answer(429, "", "Retry-After", header).retryAfter(Instant.parse("2026-11-23T10:00:00Z"));
    assertThat(after == null ? -1 : after.toSeconds()).isEqualTo(seconds);
  }

  @Test
  void saysWhyInOneLineWhateverItSays() {
    assertThat(answer(403, "{\"error\":{\"message\":\"a\\nb\",\"detail\":\"c\"}}").why())
        .isEqualTo("a b c");
    assertThat(answer(403, "{\"message\":\"m\"}").why()).isEqualTo("m");
    assertThat(answer(403, "{\"error\":\"text\"}").why()).isEqualTo("text");
    assertThat(answer(403, "<b>no</b>").why()).isEmpty();
    assertThat(answer(403, "{}").why()).isEmpty();
    assertThat(answer(403, "{\"message\":\"" + "x".repeat(999) + "\"}").why()).hasSize(301);
  }
}
