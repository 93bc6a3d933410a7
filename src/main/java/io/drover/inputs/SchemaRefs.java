package io.drover.inputs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a schema refers to, and what that comes to when it is written out: references may go round
 * in a circle, or double each time, and a check of inputs would not come to an end.
 */
final class SchemaRefs {
  private static final int MOST = 5_000;

  private final JsonNode root;
  private final Map<String, Integer> sizes = new HashMap<>();
  private final Set<String> open = new HashSet<>();
  private @Nullable Wrong wrong;

  private SchemaRefs(JsonNode root) {
    this.root = root;
  }

  /** What is wrong, at which place. */
  record Wrong(String pointer, String why) {}

  /** Null when all is well. */
  static @Nullable Wrong wrong(JsonNode schema) {
    SchemaRefs refs = new SchemaRefs(schema);
    refs.size(schema, "");
    return refs.wrong;
  }

  private int size(JsonNode node, String pointer) {
    int size = 1;
    if (wrong != null) {
      return size;
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        size = sum(size, size(node.get(i), pointer + "/" + i), pointer);
      }
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String name = field.getKey();
      String at = pointer + "/" + name.replace("~", "~0").replace("/", "~1");
      JsonNode value = field.getValue();
      if (name.equals("$ref") && value.isTextual()) {
        size = sum(size, referred(value.asText(), at), at);
      } else if (value.isTextual() && (named(name) || (name.equals("$id") && !pointer.isEmpty()))) {
        wrong = new Wrong(at, name + ": " + value.asText() + " (expected: $ref to #/$defs/NAME)");
      } else if (name.equals("pattern") && value.isTextual()) {
        pattern(value.asText(), at);
      } else if (name.equals("patternProperties")) {
        value.fieldNames().forEachRemaining(expression -> pattern(expression, at));
      }
      size = sum(size, size(value, at), at);
    }
    return size;
  }

  private static boolean named(String name) {
    return Set.of("$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef").contains(name);
  }

  private int referred(String reference, String at) {
    if (!reference.startsWith("#/")) {
      wrong = new Wrong(at, "$ref: " + reference + " (expected: #/$defs/NAME in this file)");
      return 1;
    }
    String pointer = reference.substring(1);
    Integer known = sizes.get(pointer);
    if (known != null) {
      return known;
    }
    JsonNode target = root.at(pointer);
    if (target.isMissingNode()) {
      wrong = new Wrong(at, "$ref: " + reference + " (expected: a place in this file)");
      return 1;
    }
    if (!open.add(pointer)) {
      wrong = new Wrong(at, "$ref: " + reference + " leads back to itself");
      return 1;
    }
    int size = size(target, pointer);
    open.remove(pointer);
    sizes.put(pointer, size);
    return size;
  }

  private int sum(int size, int more, String at) {
    if (size + more > MOST && wrong == null) {
      wrong = new Wrong(at, "more than " + MOST + " parts when it is written out");
    }
    return Math.min(size + more, MOST + 1);
  }

  private void pattern(String expression, String at) {
    try {
      new BoundedRegex(expression);
    } catch (java.util.regex.PatternSyntaxException e) {
      wrong = new Wrong(at, "pattern: " + e.getDescription());
    }
  }
}
