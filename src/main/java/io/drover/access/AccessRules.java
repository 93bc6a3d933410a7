package io.drover.access;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Everything that may be called, and by whom. What is not here is refused to everybody; the first
 * line that fits counts.
 */
public final class AccessRules {
  private static final PathPatternParser PATTERNS = new PathPatternParser();

  private AccessRules() {}

  /**
   * One line.
   *
   * @param method of HTTP; {@code *} for any
   * @param path {@code *} for one part, {@code **} at the end for all below
   * @param role who may; null: everybody, without a name
   */
  public record Rule(String method, String path, @Nullable Role role) {
    boolean fits(String asked, PathContainer askedPath) {
      return (method.equals("*") || method.equals(asked))
          && PATTERNS.parse(path).matches(askedPath);
    }
  }

  /** In order. */
  public static final List<Rule> ALL =
      List.of(
          new Rule("GET", "/actuator/health", null),
          new Rule("GET", "/actuator/health/liveness", null),
          new Rule("GET", "/actuator/health/readiness", null),
          new Rule("GET", "/actuator/info", null),
          new Rule("*", "/actuator/**", Role.ADMIN),
          new Rule("*", "/actuator", Role.ADMIN),
          new Rule("GET", "/api/docs", Role.VIEWER),
          new Rule("GET", "/api/swagger-ui/**", Role.VIEWER),
          new Rule("GET", "/api/openapi.json", Role.VIEWER),
          new Rule("GET", "/api/openapi.json/**", Role.VIEWER),
          new Rule("GET", "/api/openapi.json.yaml", Role.VIEWER),
          new Rule("GET", "/api/v1/audit", Role.ADMIN),
          new Rule("POST", "/api/v1/ledger/*", Role.ADMIN),
          new Rule("GET", "/api/v1/doctor", Role.ADMIN),
          new Rule("PUT", "/api/v1/hold", Role.OPERATOR),
          new Rule("PUT", "/api/v1/host-keys/*/*", Role.ADMIN),
          new Rule("DELETE", "/api/v1/host-keys/*/*", Role.ADMIN),
          new Rule("DELETE", "/api/v1/served-systems/*", Role.ADMIN),
          new Rule(
              "POST", "/api/v1/tokens", Role.VIEWER), // for oneself, with no role but one's own
          new Rule("DELETE", "/api/v1/tokens/*", Role.VIEWER),
          new Rule("POST", "/api/v1/runbooks/*/executions", Role.OPERATOR),
          new Rule("POST", "/api/v1/runbooks/*/dry-runs", Role.OPERATOR),
          new Rule("POST", "/api/v1/executions/*/*", Role.OPERATOR),
          new Rule("POST", "/api/v1/routes/check", Role.OPERATOR),
          new Rule("POST", "/api/v1/routes/*/rollback", Role.OPERATOR),
          new Rule("POST", "/api/v1/approvals/*/*", Role.APPROVER),
          new Rule("GET", "/api/v1/**", Role.VIEWER),
          new Rule("POST", "/slack/interactions", null), // signed; see ChatDecisions
          new Rule("POST", "/triggers/webhooks/*", null), // signed; see WebhookFilter
          new Rule("POST", "/triggers/**", Role.OPERATOR));

  /** The line for a call; null when there is none. */
  public static @Nullable Rule of(String method, String path) {
    String asked = method.equals("HEAD") ? "GET" : method;
    PathContainer parsed = PathContainer.parsePath(path);
    return ALL.stream().filter(rule -> rule.fits(asked, parsed)).findFirst().orElse(null);
  }
}
