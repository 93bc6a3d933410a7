package io.drover.catalog;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Of Simple only what reads the message is left. Its other functions call methods of whatever the
 * body happens to be, make objects of classes, or read the machine's environment.
 */
final class FunctionsRule implements Rule {
  private static final String KEYS = "(\\[[A-Za-z0-9_-]+])*(\\.size\\(\\))?";
  private static final Pattern READS =
      Pattern.compile(
          "body" + KEYS + "|(variable|exchangeProperty|header)\\.[A-Za-z_][A-Za-z0-9_-]*" + KEYS);
  private static final Pattern PLAIN =
      Pattern.compile("exception\\.(message|kind|step)|routeId|stepId|null");
  static final Pattern CHANGES_EACH_TIME =
      Pattern.compile(
          "date:now(:[A-Za-z0-9 _.:/'+-]*)?|random\\([0-9]{1,9}(,[0-9]{1,9})?\\)|uuid(\\([a-z]+\\))?");

  /** An HTTP trigger sees what its caller proves himself with. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)header\\.(.*(authorization|cookie|token|password|secret|signature|api-?_?key).*)");

  private static final Pattern BEAN = Pattern.compile("bean:.*", Pattern.DOTALL);
  private static final Pattern PROPERTY = Pattern.compile("properties:.*", Pattern.DOTALL);
  private static final String EXPECTED =
      "body, variable.NAME, header.NAME or exchangeProperty.NAME, each with [KEY] and .size(),"
          + " exception.message, .kind or .step, properties:KEY, or bean:NAME?method=METHOD of a bean"
          + " for routes";

  @Override
  public String name() {
    return "functions";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    Texts.each(
        file.root(),
        (name, text) -> {
          for (String function : Texts.functions(text.value())) {
            if (Texts.isOpen(function)) {
              findings.add(text, "${" + Texts.shown(function), "a } that closes it");
            } else if (!allowed(function)) {
              findings.add(text, "${" + function + "}", EXPECTED);
            } else if (SECRET.matcher(function).matches()) {
              findings.add(text, "${" + function + "}", "a header that holds no secret");
            }
          }
          for (String other : List.of("$simple{", "$init{", "#{")) {
            if (Texts.readings(text.value()).stream().anyMatch(each -> each.contains(other))) {
              findings.add(text, other, "${…} alone");
            }
          }
          if (name.equals("header") && SECRET.matcher("header." + text.value()).matches()) {
            findings.add(text, "header " + text.value(), "a header that holds no secret");
          }
        });
  }

  private static boolean allowed(String function) {
    return READS.matcher(function).matches()
        || PLAIN.matcher(function).matches()
        || CHANGES_EACH_TIME.matcher(function).matches()
        // Whose names these are, other rules say.
        || BEAN.matcher(function).matches()
        || PROPERTY.matcher(function).matches();
  }
}
