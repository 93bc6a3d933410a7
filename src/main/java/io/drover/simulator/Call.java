package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call as it came in.
 *
 * @param namespace as {@code vmm}
 * @param minor of v4
 * @param fate how the task that comes of it is made to end, by a fault
 * @param apiKey whether it came with a key instead of a password
 */
record Call(
    String namespace,
    int minor,
    String method,
    String path,
    Map<String, String> query,
    @Nullable JsonNode body,
    @Nullable String ifMatch,
    @Nullable String requestId,
    @Nullable String fate,
    boolean apiKey) {

  boolean reads() {
    return method.equals("GET");
  }

  JsonNode json() {
    return body == null ? Json.object() : body;
  }

  Answer wrong(String message) {
    return Answer.schemaError(namespace, path, message);
  }

  /** Fields that the body may not have as null, as the API's schema has none. */
  @Nullable Answer nullField(Set<String> names) {
    for (String name : names) {
      if (json().has(name) && json().path(name).isNull()) {
        return wrong(name + ": null (expected: a value, or not to be there)");
      }
    }
    return null;
  }
}
