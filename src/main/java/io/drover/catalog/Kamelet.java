package io.drover.catalog;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A block's contract, as its file states it.
 *
 * @param effect what it does to the world
 * @param undoneBy names of the Kamelets that take it back; empty when nothing does
 * @param parameters by name, in the file's order
 */
public record Kamelet(
    String name,
    String title,
    String description,
    Effect effect,
    List<String> undoneBy,
    Map<String, Parameter> parameters) {

  /** What a block does to the world; a file says it by the annotation {@code drover.io/effect}. */
  public enum Effect {
    /** Looks, and changes nothing. */
    READS,
    /** Hands something to the outbox, which decides no outcome. */
    TELLS,
    /** Takes a recovery point: the way back for what follows. */
    PROTECTS,
    /** Makes something beside what is there. */
    ADDS,
    /** Changes or removes what is there: must have a way back or an approval. */
    CHANGES
  }

  /**
   * A property of a Kamelet, set once for all calls from its place in a route.
   *
   * @param type of JSON Schema
   * @param values the only ones; empty means any
   */
  public record Parameter(
      String name,
      String title,
      String description,
      String type,
      boolean required,
      @Nullable String defaultValue,
      @Nullable String example,
      @Nullable Long minimum,
      @Nullable Long maximum,
      List<String> values) {}

  /**
   * Reads a Kamelet's file.
   *
   * @throws IllegalArgumentException when it lacks its name, its definition or its effect
   */
  static Kamelet of(String file, Node root) {
    Node.Fields metadata = object(file, root, "metadata");
    Node.Fields definition = object(file, object(file, root, "spec"), "definition");
    Node.Text name = metadata.text("name");
    Node.Text effect =
        metadata.value("annotations") instanceof Node.Fields annotations
            ? annotations.text("drover.io/effect")
            : null;
    if (name == null || effect == null) {
      throw new IllegalArgumentException(
          file + ": metadata (expected: a name and the annotation drover.io/effect)");
    }
    List<String> required = texts(definition.value("required"));
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    if (definition.value("properties") instanceof Node.Fields properties) {
      for (Node.Field property : properties.fields()) {
        if (property.value() instanceof Node.Fields about) {
          parameters.put(
              property.name(),
              parameter(property.name(), about, required.contains(property.name())));
        }
      }
    }
    return new Kamelet(
        name.value(),
        or(definition.text("title"), name.value()),
        or(definition.text("description"), ""),
        Effect.valueOf(effect.value().toUpperCase(java.util.Locale.ROOT)),
        undoneBy(metadata),
        java.util.Collections.unmodifiableMap(parameters));
  }

  private static List<String> undoneBy(Node.Fields metadata) {
    Node.Text names =
        metadata.value("annotations") instanceof Node.Fields annotations
            ? annotations.text("drover.io/undone-by")
            : null;
    return names == null ? List.of() : List.of(names.value().split("[, ]+"));
  }

  private static Parameter parameter(String name, Node.Fields about, boolean required) {
    return new Parameter(
        name,
        or(about.text("title"), name),
        or(about.text("description"), ""),
        or(about.text("type"), "string"),
        required,
        optional(about.text("default")),
        optional(about.text("example")),
        number(about.text("minimum")),
        number(about.text("maximum")),
        texts(about.value("enum")));
  }

  private static Node.Fields object(String file, Node parent, String name) {
    if (parent instanceof Node.Fields fields && fields.value(name) instanceof Node.Fields object) {
      return object;
    }
    throw new IllegalArgumentException(file + ": " + name + " (expected: an object)");
  }

  private static List<String> texts(@Nullable Node node) {
    List<String> texts = new ArrayList<>();
    if (node instanceof Node.Items items) {
      for (Node item : items.items()) {
        String text = YamlText.text(item);
        if (text != null) {
          texts.add(text);
        }
      }
    }
    return List.copyOf(texts);
  }

  private static String or(Node.@Nullable Text text, String otherwise) {
    return text == null ? otherwise : text.value();
  }

  private static @Nullable String optional(Node.@Nullable Text text) {
    return text == null ? null : text.value();
  }

  private static @Nullable Long number(Node.@Nullable Text text) {
    return text == null ? null : Long.valueOf(text.value());
  }
}
