package io.drover.runtime.servicenow;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.runtime.CallFailure;
import io.drover.runtime.CallFailure.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What came back. */
record ServiceNowAnswer(int status, Function<String, @Nullable String> header, byte[] body) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<List<Map<String, Object>>> ROWS = new TypeReference<>() {};
  private static final int TOLD = 300;

  boolean ok() {
    return status >= 200 && status < 300;
  }

  /** Neither done nor refused for good. */
  boolean busy() {
    return status == 429 || status == 408 || status >= 500;
  }

  /**
   * @throws CallFailure of kind {@code garbled-answer}; an instance that sleeps answers 200 with a
   *     page for people
   */
  JsonNode json() {
    try {
      JsonNode json = JSON.readTree(body);
      if (json != null && json.isObject()) {
        return json;
      }
    } catch (IOException e) {
      // said below
    }
    throw new CallFailure(
        Verdict.TRANSIENT,
        "garbled-answer",
        "ServiceNow answered " + status + " with something that is no JSON object; is it asleep?");
  }

  /** The older API says so where the newer one gives an empty list. */
  boolean nothingFound() {
    return status == 404 && why().startsWith("No Record");
  }

  /** Of a list. */
  List<Map<String, Object>> rows() {
    if (nothingFound()) {
      return List.of();
    }
    JsonNode result = json().path("result");
    if (!result.isArray()) {
      throw new CallFailure(
          Verdict.TRANSIENT, "garbled-answer", "ServiceNow answered a list without its result");
    }
    return JSON.convertValue(result, ROWS);
  }

  /** All rows that match, those too that may not be seen; null where it is not told. */
  @Nullable Integer total() {
    String count = header.apply("X-Total-Count");
    return count != null && count.matches("\\d{1,9}") ? Integer.valueOf(count) : null;
  }

  boolean hasNext() {
    String links = header.apply("Link");
    return links != null && links.contains("rel=\"next\"");
  }

  /** Null where it asks for none. */
  @Nullable Duration retryAfter(Instant now) {
    String after = header.apply("Retry-After");
    if (after == null) {
      return null;
    }
    if (after.matches("\\d{1,6}")) {
      return Duration.ofSeconds(Long.parseLong(after));
    }
    try {
      Instant then = ZonedDateTime.parse(after, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return then.isAfter(now) ? Duration.between(now, then) : Duration.ZERO;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** Why it was refused, in its own words, on one line; there may be none. */
  String why() {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (IOException e) {
      return "";
    }
    if (json == null) {
      return "";
    }
    JsonNode error = json.path("error");
    String text =
        error.isObject()
            ? error.path("message").asText("") + " " + error.path("detail").asText("")
            : error.isTextual() ? error.asText() : json.path("message").asText("");
    String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}\u2028\u2029]", " ").strip();
    return line.length() > TOLD ? line.substring(0, TOLD) + "…" : line;
  }
}
