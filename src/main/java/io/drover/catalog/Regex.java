package io.drover.catalog;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Which regular expressions come to an end on any text: those that never have to try all ways. */
final class Regex {
  private static final int LONGEST = 200;
  private static final int MOST_REPEATS = 2;
  private static final Pattern ENDLESS = Pattern.compile("(?<!\\\\)(?:[*+]|\\{[0-9]+,})");
  private static final Pattern REPEATED_GROUP = Pattern.compile("(?<!\\\\)\\)(?:[*+{])");
  private static final Pattern BACK = Pattern.compile("\\\\(?:[1-9]|k<)");

  private Regex() {}

  /** What an expression should be instead; null when it is good. */
  static @Nullable String wrong(String expression) {
    if (expression.length() > LONGEST || expression.contains("${") || expression.contains("{{")) {
      return "a constant of at most " + LONGEST + " characters";
    }
    try {
      Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      return "a regular expression (" + e.getDescription() + ")";
    }
    if (REPEATED_GROUP.matcher(expression).find() || BACK.matcher(expression).find()) {
      return "no group that repeats, nor a reference back: some texts would take years";
    }
    String outside = expression.replaceAll("\\[(?:\\\\.|[^\\]])*]", "[]");
    Matcher endless = ENDLESS.matcher(outside);
    int repeats = 0;
    while (endless.find()) {
      repeats++;
    }
    return repeats > MOST_REPEATS ? "at most " + MOST_REPEATS + " times *, + or {N,}" : null;
  }
}
