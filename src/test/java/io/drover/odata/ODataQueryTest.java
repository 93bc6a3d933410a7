package io.drover.odata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ODataQueryTest {

  static Stream<Arguments> conditions() {
    Filter on = Filter.eq("powerState", Literal.member("Vmm.Ahv.Config.PowerState", "ON"));
    Filter name = Filter.eq("name", "web");
    return Stream.of(
        Arguments.of(on, "powerState eq Vmm.Ahv.Config.PowerState'ON'"),
        Arguments.of(Filter.eq("name", "o'brien"), "name eq 'o''brien'"),
        Arguments.of(Filter.eq("name", "x' or 'a' eq 'a"), "name eq 'x'' or ''a'' eq ''a'"),
        Arguments.of(Filter.ne("isAgentVm", Literal.bool(true)), "isAgentVm ne true"),
        Arguments.of(Filter.gt("memorySizeBytes", Literal.number(5)), "memorySizeBytes gt 5"),
        Arguments.of(
            Filter.ge("createdTime", Literal.time(Instant.parse("2026-01-01T00:00:00Z"))),
            "createdTime ge 2026-01-01T00:00:00Z"),
        Arguments.of(Filter.in("extId", List.of("a", "b'c")), "extId in ('a','b''c')"),
        Arguments.of(Filter.startsWith("name", "web"), "startswith(name,'web')"),
        Arguments.of(Filter.not(name), "not (name eq 'web')"),
        Arguments.of(name.and(on), "name eq 'web' and powerState eq Vmm.Ahv.Config.PowerState'ON'"),
        Arguments.of(
            name.or(on).and(Filter.eq("cluster/extId", "c")),
            "(name eq 'web' or powerState eq Vmm.Ahv.Config.PowerState'ON')"
                + " and cluster/extId eq 'c'"),
        Arguments.of(
            Filter.any("entitiesAffected", a -> Filter.eq(a.field("extId"), "v")),
            "entitiesAffected/any(a:a/extId eq 'v')"),
        Arguments.of(
            Filter.any("clusterExtIds", a -> Filter.eq(a.self(), "c")),
            "clusterExtIds/any(a:a eq 'c')"));
  }

  @ParameterizedTest
  @MethodSource("conditions")
  void writesConditionsAsODataDoes(Filter filter, String written) {
    assertThat(filter).hasToString(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "name eq 'x' or a", "a//b", "a'", "$filter", "a b", "ä"})
  void refusesFieldsThatAreNoIdentifiers(String field) {
    assertThatIllegalArgumentException().isThrownBy(() -> Filter.eq(field, "x"));
    assertThatIllegalArgumentException().isThrownBy(() -> ODataQuery.ALL.select(List.of(field)));
    assertThatIllegalArgumentException().isThrownBy(() -> ODataQuery.ALL.orderBy(field, true));
  }

  @Test
  void refusesEnumerationsThatCouldEndTheirQuotes() {
    assertThatIllegalArgumentException().isThrownBy(() -> Literal.member("A.B", "ON' or 'a"));
    assertThatIllegalArgumentException().isThrownBy(() -> Literal.member("A.'B", "ON"));
  }

  @Test
  void refusesEmptyChoices() {
    assertThatIllegalArgumentException().isThrownBy(() -> Filter.in("extId", List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> Filter.or(List.of()));
  }

  @Test
  void encodesWholeQueries() {
    ODataQuery query =
        ODataQuery.where(Filter.eq("name", "a&b=ü 💥"))
            .select(List.of("extId", "name"))
            .orderBy("name", true)
            .orderBy("extId", false)
            .page(1)
            .limit(50);
    assertThat(query.toQueryString())
        .isEqualTo(
            "$page=1&$limit=50&$filter=name%20eq%20%27a%26b%3D%C3%BC%20%F0%9F%92%A5%27"
                + "&$orderby=name%20desc%2CextId&$select=extId%2Cname");
    assertThat(ODataQuery.ALL.toQueryString()).isEmpty();
  }

  @Test
  void refusesImpossiblePages() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ODataQuery.ALL.limit(0))
        .withMessage("limit: 0 (expected: 1 or more)");
    assertThatIllegalArgumentException().isThrownBy(() -> ODataQuery.ALL.page(-1));
  }
}
