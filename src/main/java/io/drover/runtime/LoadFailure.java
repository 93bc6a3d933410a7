package io.drover.runtime;

import io.drover.catalog.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * What Camel says of a file that it cannot load, at the line it is most likely about: the parser's
 * own; else where stands what the message quotes; else where the route begins.
 */
final class LoadFailure {
  /** Rule of findings by Camel itself. */
  static final String RULE = "loads";

  private static final Pattern WORD = Pattern.compile("[^\\s'\"\\[\\]<>(),;]{4,200}");
  private static final int MOST_WORDS = 200;

  private LoadFailure() {}

  static Finding of(String file, String text, Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    int line = line(text.split("\r\n|\r|\n", -1), error);
    return new Finding(
        file, line, 1, RULE, Failures.message(cause), "routes that Camel can build", null);
  }

  private static int line(String[] lines, Throwable error) {
    List<String> words = new ArrayList<>();
    int route = 0;
    for (Throwable at = error; at != null; at = at.getCause() == at ? null : at.getCause()) {
      if (at instanceof MarkedYamlEngineException marked) {
        Optional<Mark> mark = marked.getProblemMark();
        if (mark.isPresent()) {
          return Math.min(lines.length, mark.get().getLine() + 1);
        }
      }
      if (at instanceof FailedToCreateRouteException failed && failed.getRouteId() != null) {
        route = begins(lines, failed.getRouteId().replaceFirst("@.*", ""));
      }
      Matcher word = WORD.matcher(String.valueOf(at.getMessage()));
      while (word.find() && words.size() < MOST_WORDS) {
        words.add(word.group().replaceFirst("[.?!:]+$", ""));
      }
    }
    int end = end(lines, route);
    words.sort(Comparator.comparingInt(String::length).reversed());
    for (String word : words) {
      for (int i = route; i < end; i++) {
        if (lines[i].contains(word) && !lines[i].strip().startsWith("#")) {
          return i + 1;
        }
      }
    }
    return route + 1;
  }

  /** Index of the line with a route's id; 0 when there is none. */
  private static int begins(String[] lines, String id) {
    Pattern said = Pattern.compile(".*\\bid: *[\"']?" + Pattern.quote(id) + "[\"']?( .*|,.*)?");
    for (int i = 0; i < lines.length; i++) {
      if (said.matcher(lines[i]).matches()) {
        return i;
      }
    }
    return 0;
  }

  private static int end(String[] lines, int from) {
    for (int i = from + 1; from > 0 && i < lines.length; i++) {
      if (lines[i].startsWith("- ")) {
        return i;
      }
    }
    return lines.length;
  }
}
