package io.drover.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a YAML text that knows where it stands. */
sealed interface Node {

  Place from();

  /** Just behind its last character. */
  Place to();

  /** What a reader calls it. */
  String kind();

  /**
   * A scalar as it is written; Camel reads all of them as text.
   *
   * @param plain whether it stands without quotes
   */
  record Text(String value, boolean plain, Place from, Place to) implements Node {
    boolean isNothing() {
      return plain && (value.isEmpty() || value.equals("~") || value.equals("null"));
    }

    @Override
    public String kind() {
      return isNothing() ? "nothing" : "\"" + value + "\"";
    }
  }

  /** A list. */
  record Items(List<Node> items, Place from, Place to) implements Node {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /** An object; its keys are texts, each once. */
  record Fields(List<Field> fields, Place from, Place to) implements Node {
    @Nullable Field field(String name) {
      for (Field field : fields) {
        if (field.name().equals(name)) {
          return field;
        }
      }
      return null;
    }

    @Nullable Node value(String name) {
      Field field = field(name);
      return field == null ? null : field.value();
    }

    /** Null when there is no such field, or no text in it. */
    @Nullable Text text(String name) {
      return value(name) instanceof Text text && !text.isNothing() ? text : null;
    }

    @Override
    public String kind() {
      return "an object";
    }
  }

  /** One entry of an object. */
  record Field(Text key, Node value) {
    String name() {
      return key.value();
    }
  }
}
