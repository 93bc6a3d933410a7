package io.drover.catalog;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the line that stands in a wrong column. The parser notices that only where something else
 * does not fit to it; so lines before are tried in other columns, until the file can be read.
 */
final class Indents {
  private static final int LINES_BEFORE = 4;
  private static final int[] SHIFTS = {-2, 2, -1, 1};

  /** Of all trials: what is read once more is paid for once more. */
  private static final int MOST_BYTES = 192 * 1024;

  private Indents() {}

  /** Null when no line moved alone makes the text readable. */
  static @Nullable Place blamed(String[] lines, Place noticed, @Nullable Place context) {
    int size = String.join("\n", lines).length();
    int trials = Math.min(40, MOST_BYTES / Math.max(1, size));
    Place best = null;
    int fewest = Integer.MAX_VALUE;
    for (int line : candidates(lines, noticed, context)) {
      for (int shift : SHIFTS) {
        String moved = moved(lines[line - 1], shift);
        if (moved == null || trials-- <= 0) {
          continue;
        }
        int wrong = wrong(lines, line, moved);
        if (wrong < fewest) {
          fewest = wrong;
          best = new Place(line, indent(lines[line - 1]) + 1);
        }
      }
    }
    return best;
  }

  /**
   * The likeliest first: the line itself when it is further in than the one before, or when that
   * one stands as the one before it does. Few trials are left in a long file.
   */
  private static Set<Integer> candidates(String[] lines, Place noticed, @Nullable Place context) {
    Set<Integer> candidates = new LinkedHashSet<>();
    int last = Math.min(noticed.line(), lines.length);
    int previous = textBefore(lines, last);
    int before = textBefore(lines, previous);
    if (previous > 0
        && (indent(lines[last - 1]) > indent(lines[previous - 1])
            || (before > 0 && indent(lines[before - 1]) == indent(lines[previous - 1])))) {
      candidates.add(last);
    }
    for (int line = previous; line > 0 && candidates.size() < LINES_BEFORE; ) {
      candidates.add(line);
      candidates.add(last);
      line = textBefore(lines, line);
    }
    if (context != null && context.line() <= lines.length) {
      candidates.add(context.line());
    }
    for (int line = 1; line < last; line++) {
      if (isText(lines[line - 1])) {
        candidates.add(line);
        break;
      }
    }
    return candidates;
  }

  /** The next line above with more than a comment; 0 when there is none. */
  private static int textBefore(String[] lines, int line) {
    int before = line - 1;
    while (before > 0 && !isText(lines[before - 1])) {
      before--;
    }
    return Math.max(0, before);
  }

  static boolean isText(String line) {
    return !line.isBlank() && !line.stripLeading().startsWith("#");
  }

  private static @Nullable String moved(String line, int shift) {
    if (shift > 0) {
      return " ".repeat(shift) + line;
    }
    return indent(line) >= -shift ? line.substring(-shift) : null;
  }

  /** How much is wrong with the text when that line is another; very much when it is unreadable. */
  private static int wrong(String[] lines, int line, String becomes) {
    String before = lines[line - 1];
    lines[line - 1] = becomes;
    try {
      byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
      Node root = YamlText.readPlainly(text);
      Findings findings = new Findings("", Trust.SHIPPED, "shape");
      new ShapeRule().check(RouteFile.of("", "", root), NOTHING, findings);
      return findings.all().size();
    } catch (UnreadableText e) {
      return Integer.MAX_VALUE;
    } finally {
      lines[line - 1] = before;
    }
  }

  private static final Known NOTHING =
      new Known(
          java.util.Map.of(),
          java.util.Map.of(),
          java.util.Map.of(),
          Set.of(),
          Set.of(),
          Set.of(),
          new Known.Shipped(Set.of(), Set.of(), Set.of(), Set.of(), Set.of()));

  static int indent(String line) {
    int indent = 0;
    while (indent < line.length() && line.charAt(indent) == ' ') {
      indent++;
    }
    return indent;
  }
}
