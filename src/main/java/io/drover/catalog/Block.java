package io.drover.catalog;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node of a route: the route itself, a pattern such as {@code step} or {@code to}, or a branch of
 * one such as {@code when}. Made of what is there, so that every rule can look at a file that other
 * rules refuse.
 */
final class Block {
  private final String name;
  private final Node.Text key;
  private final Node value;
  private final @Nullable Block parent;
  private final List<Block> children = new ArrayList<>();
  private @Nullable Uri uri;
  private boolean parsed;

  private Block(String name, Node.Text key, Node value, @Nullable Block parent) {
    this.name = name;
    this.key = key;
    this.value = value;
    this.parent = parent;
    if (value instanceof Node.Fields fields) {
      fields.fields().forEach(this::descend);
    }
  }

  static Block root(Node.Field entry) {
    return new Block(entry.name(), entry.key(), entry.value(), null);
  }

  private void descend(Node.Field field) {
    switch (field.name()) {
      case "steps" -> entries(field.value());
      case "from", "otherwise", "doFinally" ->
          children.add(new Block(field.name(), field.key(), field.value(), this));
      case "when", "doCatch" -> branches(field);
      case "onException" -> {
        if (name.equals("routeConfiguration")) {
          entries(field.value());
        }
      }
      default -> {
        // an option
      }
    }
  }

  private void entries(Node list) {
    if (list instanceof Node.Items items) {
      for (Node item : items.items()) {
        if (item instanceof Node.Fields one) {
          one.fields()
              .forEach(
                  field -> children.add(new Block(field.name(), field.key(), field.value(), this)));
        }
      }
    }
  }

  private void branches(Node.Field field) {
    if (field.value() instanceof Node.Items items) {
      for (Node item : items.items()) {
        children.add(new Block(field.name(), field.key(), item, this));
      }
    } else {
      children.add(new Block(field.name(), field.key(), field.value(), this));
    }
  }

  String name() {
    return name;
  }

  Node.Text key() {
    return key;
  }

  Node value() {
    return value;
  }

  @Nullable Block parent() {
    return parent;
  }

  List<Block> children() {
    return children;
  }

  /** What one of its options says; null when there is no such text. */
  Node.@Nullable Text text(String option) {
    return value instanceof Node.Fields fields ? fields.text(option) : null;
  }

  @Nullable Node option(String option) {
    return value instanceof Node.Fields fields ? fields.value(option) : null;
  }

  boolean is(String... names) {
    for (String each : names) {
      if (each.equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** Itself and all inside it, in the order of the text. */
  List<Block> all() {
    List<Block> all = new ArrayList<>();
    collect(all);
    return all;
  }

  private void collect(List<Block> all) {
    all.add(this);
    children.forEach(child -> child.collect(all));
  }

  boolean inside(String... names) {
    return ancestor(names) != null;
  }

  /** The nearest one around it, not itself. */
  @Nullable Block ancestor(String... names) {
    for (Block at = parent; at != null; at = at.parent) {
      if (at.is(names)) {
        return at;
      }
    }
    return null;
  }

  Block top() {
    Block at = this;
    while (at.parent != null) {
      at = at.parent;
    }
    return at;
  }

  /** Where it comes from or goes to; null when it does neither. */
  @Nullable Uri uri() {
    if (!parsed) {
      uri = parse();
      parsed = true;
    }
    return uri;
  }

  private @Nullable Uri parse() {
    if (is("kamelet")) {
      Node.Text kamelet = value instanceof Node.Text text ? text : text("name");
      return kamelet == null
          ? null
          : Uri.of(
              new Node.Text(
                  "kamelet:" + kamelet.value(), kamelet.plain(), kamelet.from(), kamelet.to()),
              option("parameters"));
    }
    if (!is("from", "to", "toD", "wireTap", "enrich", "poll", "pollEnrich")) {
      return null;
    }
    Node.Text uri = value instanceof Node.Text text ? text : text("uri");
    return uri == null ? null : Uri.of(uri, option("parameters"));
  }

  boolean covers(Place place) {
    return key.from().compareTo(place) <= 0 && value.to().compareTo(place) >= 0;
  }
}
