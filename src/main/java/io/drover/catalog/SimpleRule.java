package io.drover.catalog;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A condition in Simple is values with an operator between them. Camel says of a wrong one neither
 * where it is nor what is meant, and loads a class for some.
 */
final class SimpleRule implements Rule {
  /** What holds a condition rather than a value. */
  private static final Set<String> CONDITIONS = Set.of("when", "filter");

  /** Of a quote: Camel ends one at a brace of its own. */
  private static final String INSIDE =
      "(?:[^Q{}$]++|\\$(?!\\{)|\\$\\{[^{}]*}|\\{\\{[^{}]*}}|\\{\\})*+";

  private static final String VALUE =
      "(?:\\$\\{[^{}]*}|\\{\\{[^{}]*}}|'"
          + INSIDE.replace("Q", "'")
          + "'|\""
          + INSIDE.replace("Q", "\"")
          + "\"|-?[0-9]{1,18}(?:\\.[0-9]{1,9})?|true|false|null)";
  private static final Pattern ONE =
      Pattern.compile("(" + VALUE + ")(?:\\s+(\\S+)\\s+(" + VALUE + "))?\\s*");
  private static final Pattern AND = Pattern.compile("(&&|\\|\\|)\\s+");
  private static final Set<String> OPERATORS =
      Set.of(
          "==",
          "!=",
          "=~",
          "!=~",
          ">",
          ">=",
          "<",
          "<=",
          "contains",
          "!contains",
          "~~",
          "!~~",
          "regex",
          "!regex",
          "in",
          "!in",
          "range",
          "!range",
          "startsWith",
          "!startsWith",
          "endsWith",
          "!endsWith");
  private static final String EXPECTED =
      "VALUE, or VALUE OPERATOR VALUE with spaces between, and && or || between these; a value is"
          + " ${…}, a number, true, false, null, or a text in quotes";

  @Override
  public String name() {
    return "simple";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block block : file.blocks()) {
      boolean polls = block.is("loop") && RouteFile.isTrue(block.text("doWhile"));
      if (polls || CONDITIONS.contains(block.name())) {
        condition(block.value(), findings);
      }
      for (String option : Set.of("onWhen", "retryWhile", "handled")) {
        if (block.option(option) instanceof Node.Fields held) {
          condition(held, findings);
        }
      }
    }
  }

  private static void condition(Node holder, Findings findings) {
    if (!(holder instanceof Node.Fields fields)) {
      return;
    }
    if (fields.value("expression") instanceof Node.Fields wrapped) {
      condition(wrapped, findings);
    }
    Node.Text constant = text(fields, "constant");
    if (constant != null && !constant.value().matches("true|false|\\{\\{.+}}")) {
      findings.add(constant, "constant " + constant.value(), "true or false");
    }
    Node.Text simple = text(fields, "simple");
    if (simple != null) {
      simple(simple, findings);
    }
  }

  static Node.@org.jspecify.annotations.Nullable Text text(Node.Fields fields, String language) {
    return fields.value(language) instanceof Node.Fields inner
        ? inner.text("expression")
        : fields.text(language);
  }

  private static void simple(Node.Text simple, Findings findings) {
    String text = simple.value().strip();
    int at = 0;
    while (true) {
      Matcher one = ONE.matcher(text).region(at, text.length());
      if (!one.lookingAt()) {
        findings.add(simple, text.substring(at), EXPECTED);
        return;
      }
      String operator = one.group(2);
      if (operator != null && !OPERATORS.contains(operator)) {
        findings.add(
            simple,
            "operator " + operator,
            "one of " + String.join(", ", OPERATORS.stream().sorted().toList()),
            operator,
            OPERATORS);
        return;
      }
      if (operator != null && operator.endsWith("regex")) {
        regex(simple, one.group(3), findings);
      }
      at = one.end();
      if (at == text.length()) {
        return;
      }
      Matcher and = AND.matcher(text).region(at, text.length());
      if (!and.lookingAt()) {
        findings.add(simple, text.substring(at), EXPECTED);
        return;
      }
      at = and.end();
    }
  }

  private static void regex(Node.Text at, String quoted, Findings findings) {
    String expression = quoted.replaceAll("^['\"]|['\"]$", "");
    String why = Regex.wrong(quoted.contains("{") ? "$" + quoted : expression);
    if (why != null) {
      findings.add(at, "regex " + quoted, why);
    }
  }
}
