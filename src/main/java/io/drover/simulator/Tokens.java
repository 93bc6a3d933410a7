package io.drover.simulator;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a shell script into words and operators; quotes stay marked so that a quoted operator is
 * no operator.
 */
final class Tokens {
  /**
   * Stands before a word that was quoted, so that it is never taken for a keyword or an operator.
   */
  private static final char QUOTED = '\u0001';

  private Tokens() {}

  static List<String> of(String script) {
    List<String> tokens = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < script.length(); i++) {
      char c = script.charAt(i);
      if (c == '\'' || c == '"') {
        int end = script.indexOf(c, i + 1);
        if (end < 0) {
          throw new IllegalArgumentException("sh: unterminated quoted string");
        }
        word.append(script, i + 1, end);
        quoted = true;
        i = end;
      } else if (c == '\\' && i + 1 < script.length()) {
        word.append(script.charAt(++i));
        quoted = true;
      } else if (c == '\n' || c == ';') {
        end(tokens, word, quoted);
        quoted = false;
        tokens.add(";");
      } else if (Character.isWhitespace(c)) {
        end(tokens, word, quoted);
        quoted = false;
      } else if (script.startsWith("2>&1", i) && word.isEmpty()) {
        tokens.add("2>&1");
        i += 3;
      } else if (script.startsWith("2>", i) && word.isEmpty()) {
        tokens.add("2>");
        i += 1;
      } else if (script.startsWith("&&", i)
          || script.startsWith("||", i)
          || script.startsWith(">>", i)) {
        end(tokens, word, quoted);
        quoted = false;
        tokens.add(script.substring(i, i + 2));
        i++;
      } else if (c == '|' || c == '>') {
        end(tokens, word, quoted);
        quoted = false;
        tokens.add(String.valueOf(c));
      } else {
        word.append(c);
      }
    }
    end(tokens, word, quoted);
    return tokens;
  }

  private static void end(List<String> tokens, StringBuilder word, boolean quoted) {
    if (!word.isEmpty() || quoted) {
      tokens.add((quoted ? String.valueOf(QUOTED) : "") + word);
      word.setLength(0);
    }
  }

  /** The word without its mark. */
  static String plain(String token) {
    return !token.isEmpty() && token.charAt(0) == QUOTED ? token.substring(1) : token;
  }
}
