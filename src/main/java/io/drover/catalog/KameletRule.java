package io.drover.catalog;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Calls of blocks keep to the blocks' contracts. Camel itself takes an unknown parameter for a typo
 * of nobody's, and does not look at types.
 */
final class KameletRule implements Rule {

  @Override
  public String name() {
    return "kamelet";
  }

  @Override
  public boolean ofDoors() {
    return true;
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block block : file.blocks()) {
      Uri uri = block.uri();
      if (uri == null || block.is("from") || !uri.scheme().equals("kamelet")) {
        continue;
      }
      Kamelet kamelet = known.kamelets().get(uri.path());
      if (kamelet == null) {
        findings.add(
            uri.at(),
            "kamelet " + uri.path(),
            "a Kamelet of docs/kamelets.md",
            uri.path(),
            known.kamelets().keySet());
      } else {
        call(kamelet, uri, findings);
      }
    }
  }

  private static void call(Kamelet kamelet, Uri uri, Findings findings) {
    Set<String> given = new HashSet<>();
    for (Uri.Option option : uri.options()) {
      Kamelet.Parameter parameter = kamelet.parameters().get(option.name());
      if (parameter == null) {
        Set<String> valid = new TreeSet<>(kamelet.parameters().keySet());
        findings.add(
            option.at(),
            "parameter " + option.name() + " of " + kamelet.name(),
            valid.isEmpty() ? "no parameters" : "one of " + String.join(", ", valid),
            option.name(),
            valid);
      } else if (!given.add(option.name())) {
        findings.add(option.at(), "parameter " + option.name() + " a second time", "it once");
      } else if (option.value() != null) {
        value(parameter, option.value(), option.at(), findings);
      }
    }
    for (Kamelet.Parameter parameter : kamelet.parameters().values()) {
      if (parameter.required() && !given.contains(parameter.name())) {
        findings.add(
            uri.at(), kamelet.name() + " without " + parameter.name(), parameter.description());
      }
    }
  }

  private static void value(Kamelet.Parameter parameter, String value, Node at, Findings findings) {
    String shown = parameter.name() + ": " + value;
    if (value.contains("${")) {
      findings.add(
          at, shown, "a constant; what differs from run to run goes into the body or a variable");
      return;
    }
    String constant = constant(value);
    if (constant == null) {
      return;
    }
    if (!parameter.values().isEmpty() && !parameter.values().contains(constant)) {
      findings.add(
          at,
          shown,
          "one of " + String.join(", ", parameter.values()),
          constant,
          parameter.values());
    } else if (parameter.type().equals("integer") && !within(parameter, constant)) {
      findings.add(
          at, shown, "a whole number, " + parameter.minimum() + ".." + parameter.maximum());
    } else if (isDuration(parameter.defaultValue()) && !isDuration(constant)) {
      findings.add(at, shown, "an ISO 8601 duration of more than 0, like PT30M or P7D");
    }
  }

  /** The value, or a placeholder's default; null when only the settings know it. */
  static @Nullable String constant(String value) {
    if (!value.contains("{{")) {
      return value;
    }
    int colon = value.indexOf(':');
    boolean whole = value.startsWith("{{") && value.endsWith("}}") && value.indexOf("{{", 2) < 0;
    return whole && colon > 0 ? value.substring(colon + 1, value.length() - 2) : null;
  }

  private static boolean within(Kamelet.Parameter parameter, String value) {
    if (!value.matches("-?[0-9]{1,18}")) {
      return false;
    }
    long number = Long.parseLong(value);
    Long minimum = parameter.minimum();
    Long maximum = parameter.maximum();
    return (minimum == null || number >= minimum) && (maximum == null || number <= maximum);
  }

  static boolean isDuration(@Nullable String text) {
    if (text == null || !text.startsWith("P")) {
      return false;
    }
    try {
      Duration duration = Duration.parse(text);
      return !duration.isNegative() && !duration.isZero();
    } catch (DateTimeException e) {
      return false;
    }
  }
}
