package io.drover.prism;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reading of answers in which every field may be absent, null or of another type than promised. */
final class Json {
  static final ObjectMapper MAPPER = JsonMapper.builder().build();
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};
  private static final ObjectReader MAPS = MAPPER.readerFor(MAP);

  private Json() {}

  /** The tree of a body; null when it isn't JSON. */
  static @Nullable JsonNode tree(byte[] body) {
    if (body.length == 0) {
      return null;
    }
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      return null;
    }
  }

  /** A text or number field as text; null when absent, null or something else. */
  static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.get(field);
    return value == null || value.isNull() || value.isContainerNode() ? null : value.asText();
  }

  static @Nullable Instant time(JsonNode node, String field) {
    String text = text(node, field);
    if (text == null) {
      return null;
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** The object that begins here. */
  static Map<String, Object> map(JsonParser parser) throws IOException {
    return MAPS.readValue(parser);
  }

  static Map<String, Object> map(JsonNode node) {
    return MAPPER.convertValue(node, MAP);
  }
}
