package io.drover.runtime.servicenow;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One call.
 *
 * @param query parameters, not encoded yet
 * @param type of the body
 */
record ServiceNowRequest(
    String method,
    String path,
    Map<String, String> query,
    @Nullable String type,
    @Nullable String body) {

  static ServiceNowRequest get(String table, Map<String, String> query) {
    return new ServiceNowRequest("GET", "/api/now/table/" + table, query, null, null);
  }

  static ServiceNowRequest send(String method, String path, String json) {
    return new ServiceNowRequest(
        method, "/api/now/table/" + path, Map.of(), "application/json", json);
  }

  static ServiceNowRequest form(String path, Map<String, String> fields) {
    return new ServiceNowRequest(
        "POST", path, Map.of(), "application/x-www-form-urlencoded", encoded(fields));
  }

  String encodedQuery() {
    return encoded(query);
  }

  private static String encoded(Map<String, String> pairs) {
    return pairs.entrySet().stream()
        .map(pair -> pair.getKey() + "=" + encoded(pair.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** For messages: never with a body or a query. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
