package io.drover.prism;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.drover.odata.PageWalk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An answer with a status that says yes. Everything but the status is optional. */
public final class PrismAnswer {
  private static final int LARGE = 16 * 1024;

  private final int status;
  private final Function<String, @Nullable String> headers;
  private final byte[] body;
  private @Nullable JsonNode tree;

  /**
   * @param headers finds one by its name, whatever its case
   */
  public PrismAnswer(int status, Function<String, @Nullable String> headers, byte[] body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  public int status() {
    return status;
  }

  public @Nullable String header(String name) {
    return headers.apply(name);
  }

  byte[] body() {
    return body;
  }

  /** The whole body; a missing node when it is not JSON. */
  JsonNode tree() {
    JsonNode known = tree;
    if (known == null) {
      JsonNode read = Json.tree(body);
      known = read == null ? MissingNode.getInstance() : read;
      tree = known;
    }
    return known;
  }

  /** What the envelope holds; a missing node when it holds nothing. */
  public JsonNode data() {
    JsonNode data = tree().path("data");
    return data.isNull() ? MissingNode.getInstance() : data;
  }

  /** Verbatim, for {@code If-Match}; null when the answer has none. */
  public @Nullable String entityTag() {
    String tag = header("ETag");
    return tag == null || tag.isBlank() ? null : tag.startsWith("W/") ? tag.substring(2) : tag;
  }

  /** The task that the system began; null when it began none. */
  public @Nullable String taskExtId() {
    JsonNode data = data();
    String type = Json.text(data, "$objectType");
    String extId = Json.text(data, "extId");
    return extId != null && (status == 202 || (type != null && type.endsWith(".TaskReference")))
        ? extId
        : null;
  }

  /** The object as a map of JSON values; empty when there is none. */
  public Map<String, Object> object() {
    JsonNode data = data();
    return data.isObject() ? Json.map(data) : Map.of();
  }

  /**
   * Whether the body is a JSON object from its first to its last byte. Of a large one only the ends
   * are looked at: it is a page, and reading it tells the rest ({@link #page}).
   */
  boolean isObject() {
    if (body.length > LARGE) {
      return body[0] == '{' && new String(body, body.length - 8, 8, UTF_8).strip().endsWith("}");
    }
    try (JsonParser parser = Json.MAPPER.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * One page of a list, read row by row: there is no tree of all of it. What is not an object is
   * not a row.
   *
   * @throws PrismProblem of kind {@code garbled-answer} where it is no JSON
   */
  public PageWalk.Page<Map<String, Object>> page() {
    List<Map<String, Object>> rows = new ArrayList<>();
    Long total = null;
    try (JsonParser parser = Json.MAPPER.createParser(body)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (field.equals("data") && value == JsonToken.START_ARRAY) {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
              rows.add(Json.map(parser));
            } else {
              parser.skipChildren();
            }
          }
        } else if (field.equals("metadata") && value == JsonToken.START_OBJECT) {
          JsonNode all = Json.MAPPER.<JsonNode>readTree(parser).path("totalAvailableResults");
          total = all.canConvertToLong() && all.isIntegralNumber() ? (Long) all.asLong() : null;
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      throw PrismProblem.of(
          PrismProblem.Verdict.TRANSIENT, "garbled-answer", "A page of a list is no JSON");
    }
    return new PageWalk.Page<>(rows, total);
  }

  /** The tasks of a list. */
  public List<PrismTask> tasks() {
    List<PrismTask> tasks = new ArrayList<>();
    JsonNode data = data();
    if (data.isObject()) {
      PrismTask task = PrismTask.of(data);
      return task == null ? List.of() : List.of(task);
    }
    for (JsonNode row : data) {
      PrismTask task = PrismTask.of(row);
      if (task != null) {
        tasks.add(task);
      }
    }
    return tasks;
  }
}
