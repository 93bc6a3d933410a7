package io.drover.inputs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.drover.execution.InvalidInput;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** A schema is an author's text like any other: it fetches nothing, and its check ends. */
class InputSchemaTest {

  private static String doubling() {
    StringBuilder text =
        new StringBuilder("{\"type\":\"object\",\n\"$ref\":\"#/$defs/a0\",\n\"$defs\":{");
    for (int i = 0; i < 40; i++) {
      String next = "{\"$ref\":\"#/$defs/a" + (i + 1) + "\"}";
      text.append("\"a" + i + "\":{\"allOf\":[" + next + "," + next + "]},\n");
    }
    return text + "\"a40\":{}}}";
  }

  @Test
  void whatIsNoneIsRefusedWhereItIsNot() {
    Map<String, Integer> lines = new LinkedHashMap<>();
    lines.put("", 1);
    lines.put("{\"type\":\"object\",\n\"x\":,}", 2);
    lines.put("{\n\"type\":\"string\"}", 2);
    lines.put("{\n\"$schema\":\"http://192.0.2.1/x\", \"type\":\"object\"}", 2);
    lines.put("{\"type\":\"object\",\"properties\":{\n\"a\":{\n\"type\":\"strin\"}}}", 3);
    lines.put("{\"type\":\"object\",\"properties\":{\n\"a\":{\n\"pattern\":\"(\"}}}", 3);
    lines.put("{\"type\":\"object\",\n\"$ref\":\"http://192.0.2.1/x.json\"}", 2);
    lines.put("{\"type\":\"object\",\n\"$ref\":\"file:/etc/passwd\"}", 2);
    lines.put("{\"type\":\"object\",\n\"$ref\":\"#\"}", 2);
    lines.put("{\"type\":\"object\",\n\"$ref\":\"#/$defs/none\"}", 2);
    lines.put(
        "{\"type\":\"object\",\"$defs\":{\"a\":{\"properties\":{\"b\":{\n"
            + "\"$ref\":\"#/$defs/a\",\"default\":{}}}}},\"$ref\":\"#/$defs/a\"}",
        2);
    lines.forEach(
        (text, line) ->
            Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> {
                  InputSchema.WrongSchema wrong =
                      catchThrowableOfType(
                          InputSchema.WrongSchema.class, () -> InputSchema.check(text));
                  assertThat(wrong).as(text).isNotNull();
                  assertThat(wrong.line()).as(text + wrong).isEqualTo(line);
                }));
    assertThatThrownBy(() -> InputSchema.check(doubling())).hasMessageContaining("written out");
  }

  @Test
  void aPatternThatTakesYearsGivesUp() {
    InputSchema schema =
        new InputSchema(
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"^(a+)+$\"}}}");
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () ->
            assertThatThrownBy(() -> schema.accept("{\"a\":\"" + "a".repeat(60) + "b\"}"))
                .isInstanceOf(InvalidInput.class));
    assertThat(schema.accept("{\"a\":\"aaa\"}")).contains("aaa");
  }
}
