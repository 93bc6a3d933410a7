package io.drover.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** What is written inside a text: Simple's functions and Camel's placeholders. */
final class Texts {
  /** No function is longer; without a bound, open brackets in a row take time by their square. */
  private static final int LONGEST = 1024;

  private Texts() {}

  /** Calls back with every text and the name of what it belongs to; keys count as texts, too. */
  static void each(Node node, BiConsumer<String, Node.Text> seen) {
    each("", node, seen);
  }

  private static void each(String name, Node node, BiConsumer<String, Node.Text> seen) {
    if (node instanceof Node.Text text) {
      seen.accept(name, text);
    } else if (node instanceof Node.Items items) {
      items.items().forEach(item -> each(name, item, seen));
    } else if (node instanceof Node.Fields fields) {
      for (Node.Field field : fields.fields()) {
        seen.accept("", field.key());
        each(field.name(), field.value(), seen);
      }
    }
  }

  /**
   * What stands inside each {@code ${…}}, also inside another one; one that is never closed counts
   * to the end of the text, and one longer than any that is allowed is cut off. What percent signs
   * hide is looked at as well.
   */
  static List<String> functions(String text) {
    List<String> found = new ArrayList<>();
    inside(text, "${", "}", found);
    String decoded = Uri.decoded(text);
    if (!decoded.equals(text)) {
      List<String> hidden = new ArrayList<>();
      inside(decoded, "${", "}", hidden);
      hidden.stream().filter(function -> !found.contains(function)).forEach(found::add);
    }
    return found;
  }

  /** What stands inside each {@code {{…}}}. */
  static List<String> placeholders(String text) {
    List<String> found = new ArrayList<>();
    inside(text, "{{", "}}", found);
    String decoded = Uri.decoded(text);
    if (!decoded.equals(text)) {
      inside(decoded, "{{", "}}", found);
    }
    return found;
  }

  private static void inside(String text, String open, String close, List<String> found) {
    int at = text.indexOf(open);
    while (at >= 0) {
      int end = closing(text, at + open.length(), open, close);
      found.add(text.substring(at + open.length(), end));
      at = text.indexOf(open, at + open.length());
    }
  }

  private static int closing(String text, int from, String open, String close) {
    int depth = 1;
    int end = Math.min(text.length(), from + LONGEST);
    for (int i = from; i < end; i++) {
      if (text.startsWith(open, i)) {
        depth++;
        i += open.length() - 1;
      } else if (text.startsWith(close, i)) {
        depth--;
        if (depth == 0) {
          return i;
        }
        i += close.length() - 1;
      }
    }
    return end;
  }
}
