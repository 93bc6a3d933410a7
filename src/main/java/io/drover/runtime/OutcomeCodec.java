package io.drover.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.camel.StreamCache;
import org.jspecify.annotations.Nullable;

/**
 * What a step may leave behind, and its form in the ledger: JSON values, text and bytes. Anything
 * else is refused by name, because it would come back as something else after a crash.
 */
final class OutcomeCodec {
  /** Larger results belong into the artifact store. */
  static final int BODY_LIMIT = 8 * 1024 * 1024;

  static final int VARIABLE_LIMIT = 64 * 1024;

  private static final String BYTES = "$bytes";
  private static final String ESCAPED = "$value";

  private final ObjectMapper mapper = JsonMapper.builder().build();

  /**
   * The stored form of a value.
   *
   * @param name what it is called in an error: {@code body} or {@code variable x}
   * @throws CallFailure of kind {@code unstorable} when it is not JSON, text or bytes, or is too
   *     large
   */
  String encode(String name, @Nullable Object value, int limit) {
    try {
      String text = mapper.writeValueAsString(plain(name, value));
      if (text.length() > limit) {
        throw unstorable(
            name,
            text.length()
                + " characters (expected: at most "
                + limit
                + "; put it into the artifact store)");
      }
      return text;
    } catch (JsonProcessingException e) {
      throw new CallFailure(
          CallFailure.Verdict.REFUSED,
          "unstorable",
          "The " + name + " cannot be written as JSON",
          e);
    }
  }

  /** The value of a stored form, as it will be after a resume. */
  @Nullable Object decode(String stored) {
    try {
      return fromJson(mapper.readTree(stored));
    } catch (IOException e) {
      throw new IllegalStateException("The ledger holds an unreadable value", e);
    }
  }

  ObjectNode newObject() {
    return mapper.createObjectNode();
  }

  /** A node holding an encoded value, for building a record around it. */
  JsonNode raw(String stored) {
    try {
      return mapper.readTree(stored);
    } catch (IOException e) {
      throw new IllegalStateException("Just encoded, must be readable", e);
    }
  }

  JsonNode read(String record) {
    return raw(record);
  }

  @Nullable Object fromJson(JsonNode node) {
    if (node.isObject() && node.size() == 1) {
      if (node.has(BYTES)) {
        return Base64.getDecoder().decode(node.get(BYTES).asText());
      }
      if (node.has(ESCAPED)) {
        return convert(node.get(ESCAPED));
      }
    }
    return convert(node);
  }

  private @Nullable Object convert(JsonNode node) {
    try {
      TokenBuffer buffer = new TokenBuffer(mapper, false);
      mapper.writeTree(buffer, node);
      return mapper.readValue(buffer.asParser(), Object.class);
    } catch (IOException e) {
      throw new IllegalStateException("A JSON tree is always readable", e);
    }
  }

  private @Nullable Object plain(String name, @Nullable Object value) {
    Object read = readOut(name, value);
    if (read instanceof byte[] bytes) {
      return Map.of(BYTES, Base64.getEncoder().encodeToString(bytes));
    }
    if (read instanceof Map<?, ?> map
        && map.size() == 1
        && (map.containsKey(BYTES) || map.containsKey(ESCAPED))) {
      check(name, read); // hostile text may look like our own markers
      return Map.of(ESCAPED, read);
    }
    check(name, read);
    return read;
  }

  /** Streams are read to their end; bytes that are text become text. */
  private static @Nullable Object readOut(String name, @Nullable Object value) {
    try {
      if (value instanceof StreamCache cache) {
        cache.reset();
      }
      if (value instanceof InputStream stream) {
        return textOrBytes(stream.readAllBytes());
      }
      if (value instanceof byte[] bytes) {
        return textOrBytes(bytes);
      }
      if (value instanceof StringBuilder builder) {
        return builder.toString();
      }
      return value;
    } catch (IOException e) {
      throw new CallFailure(
          CallFailure.Verdict.TRANSIENT,
          "stream-broken",
          "The " + name + " broke off while it was read",
          e);
    }
  }

  private static Object textOrBytes(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.indexOf('\0') >= 0 ? bytes : text;
    } catch (CharacterCodingException e) {
      return bytes;
    }
  }

  private static void check(String name, @Nullable Object value) {
    if (value == null
        || value instanceof String
        || value instanceof Boolean
        || value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Double
        || value instanceof Float
        || value instanceof BigInteger
        || value instanceof JsonNode) {
      return;
    }
    if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (!(entry.getKey() instanceof String key)) {
          throw unstorable(name, "a map whose keys are not text");
        }
        check(name + "." + key, entry.getValue());
      }
      return;
    }
    if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        check(name + "[" + i + "]", list.get(i));
      }
      return;
    }
    throw unstorable(name, "a " + value.getClass().getName());
  }

  private static CallFailure unstorable(String name, String found) {
    return new CallFailure(
        CallFailure.Verdict.REFUSED,
        "unstorable",
        "The " + name + " is " + found + " (expected: a JSON value, text or bytes)");
  }
}
