package io.drover.catalog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** What is written inside a text: Simple's functions and Camel's placeholders. */
final class Texts {
  /** No function is longer; without a bound, open brackets in a row take time by their square. */
  private static final int LONGEST = 1024;

  /** Ends what is never closed, or is longer than any that is allowed: it is like nothing valid. */
  private static final String OPEN = "\uFFFF";

  /** What is hidden once may be hidden twice; nobody hides it more often. */
  private static final int MOST_READINGS = 12;

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
   * What stands inside each {@code ${…}}, also inside another one, in each reading of the text. One
   * that is never closed, or is longer than any that is allowed, is {@linkplain #isOpen open}.
   */
  static Collection<String> functions(String text) {
    Set<String> found = new LinkedHashSet<>();
    readings(text).forEach(reading -> inside(reading, "${", "}", found));
    return found;
  }

  /** What stands inside each {@code {{…}}}, in each reading of the text. */
  static Collection<String> placeholders(String text) {
    Set<String> found = new LinkedHashSet<>();
    readings(text).forEach(reading -> inside(reading, "{{", "}}", found));
    return found;
  }

  /** Whether a function or placeholder has no end where it must have one. */
  static boolean isOpen(String inside) {
    return inside.endsWith(OPEN);
  }

  /** One that is open, as it stands there. */
  static String shown(String inside) {
    return isOpen(inside) ? inside.substring(0, inside.length() - OPEN.length()) : inside;
  }

  /**
   * The text, and what Camel may read in its place: with what percent signs hide, and with the
   * defaults of placeholders. Two harmless halves may be put together by these.
   */
  static Collection<String> readings(String text) {
    if (text.indexOf('%') < 0 && !text.contains("{{")) {
      return List.of(text);
    }
    List<String> readings = new ArrayList<>(List.of(text));
    for (int i = 0; i < readings.size() && readings.size() < MOST_READINGS; i++) {
      for (String other : List.of(Uri.decoded(readings.get(i)), withDefaults(readings.get(i)))) {
        if (!readings.contains(other)) {
          readings.add(other);
        }
      }
    }
    return readings;
  }

  /** What a text is when no setting is made. */
  private static String withDefaults(String text) {
    if (!text.contains("{{")) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    Deque<Integer> begins = new ArrayDeque<>();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("{{", i)) {
        begins.push(out.length());
        i++;
      } else if (text.startsWith("}}", i) && !begins.isEmpty()) {
        int begin = begins.pop();
        int colon = out.indexOf(":", begin);
        out.delete(begin, colon < 0 ? out.length() : colon + 1);
        i++;
      } else {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }

  private static void inside(String text, String open, String close, Set<String> found) {
    int at = text.indexOf(open);
    while (at >= 0) {
      int from = at + open.length();
      int end = closing(text, from, open, close);
      found.add(
          end < 0
              ? text.substring(from, Math.min(text.length(), from + LONGEST)) + OPEN
              : text.substring(from, end));
      at = text.indexOf(open, from);
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
    return -1;
  }
}
